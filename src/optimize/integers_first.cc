#include "optimize/integers_first.h"

#include <algorithm>
#include <unordered_set>

#include "ops/op_info.h"

namespace litecast::optimize {
namespace {

using ir::Node;
using ir::Value;

// A value that a delegate may compute.
bool is_real(const Value& value) {
  return ir::is_float(value.dtype()) || value.type().quantization != nullptr;
}

// The nodes that need nothing of what a delegate computes.
class Early {
 public:
  bool contains(const Value* value) const {
    return !value || value->is_constant() ||
           (!is_real(*value) && (!value->producer() || early_.contains(value->producer())));
  }
  void insert(const Node& node) { early_.insert(&node); }

 private:
  std::unordered_set<const Node*> early_;
};

bool is_free_to_move(const Node& node) {
  const ops::OpInfo* info = ops::find(node.op());
  return info && ops::effect_of(*info, node.spec()) == ops::Effect::pure && node.graphs().empty();
}

void integers_first(ir::Graph& graph) {
  Early early;
  Node* late = nullptr;  // the first node that stays
  for (Node *node = graph.first(), *next = nullptr; node; node = next) {
    next = node->next();
    const bool is_early =
        is_free_to_move(*node) &&
        std::ranges::all_of(node->operands(), [&](Value* v) { return early.contains(v); });
    if (is_early) early.insert(*node);
    if (!is_early && !late) late = node;
    if (is_early && late) graph.move_before(*node, late);
  }
}

}  // namespace

void integers_first(ir::Module& module) {
  for (const auto& graph : module.graphs()) integers_first(*graph);
}

}  // namespace litecast::optimize
