#include "optimize/share_equal_nodes.h"

#include "ops/op_info.h"
#include "support/pointer_table.h"

namespace litecast::optimize {
namespace {

using ir::Node;
using ir::Value;

std::size_t hash_of(const Node& node) {
  std::size_t h = static_cast<std::size_t>(node.op());
  for (const Value* v : node.operands()) h = (h ^ (v ? v->id() + 1 : 0)) * 1099511628211u;
  return h;
}

bool is_shareable(const Node& node) {
  const ops::OpInfo* info = ops::find(node.op());
  if (!info || ops::effect_of(*info, node.spec()) != ops::Effect::pure || !node.graphs().empty())
    return false;
  // Each node with a state of its own is another.
  return std::ranges::none_of(info->operands,
                              [](const ops::OperandSpec& spec) { return spec.consumed_state; });
}

bool are_equal(const Node& a, const Node& b) {
  return a.op() == b.op() && std::ranges::equal(a.operands(), b.operands()) &&
         a.options() == b.options() && a.custom_name() == b.custom_name() &&
         std::ranges::equal(a.custom_bytes(), b.custom_bytes()) &&
         std::ranges::equal(a.results(), b.results(),
                            [](const Value* x, const Value* y) { return x->type() == y->type(); });
}

}  // namespace

bool share_equal_nodes(ir::Graph& graph) {
  bool changed = false;
  support::PointerTable<Node> seen;
  for (Node *n = graph.first(), *next; n; n = next) {
    next = n->next();
    if (!is_shareable(*n)) continue;
    const std::size_t hash = hash_of(*n);
    const Node* same = seen.find(hash, [&](const Node& node) { return are_equal(node, *n); });
    if (!same) {
      seen.insert(hash, n);
      continue;
    }
    for (std::size_t i = 0; i < n->results().size(); ++i)
      graph.replace_all_uses(n->results()[i], same->results()[i]);
    graph.erase(*n);
    changed = true;
  }
  return changed;
}

}  // namespace litecast::optimize
