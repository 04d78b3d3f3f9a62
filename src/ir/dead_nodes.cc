#include "ir/dead_nodes.h"

#include <algorithm>

#include "ops/op_info.h"

namespace litecast::ir {
namespace {

// Deeper nesting of bodies is taken to have an effect: the search must end.
constexpr int kMaxNesting = 64;

bool has_effect(const Graph& graph, int depth);

// Reading and drawing random numbers leaves no trace; an op without an entry might.
bool has_effect(const Node& node, int depth) {
  const ops::OpInfo* info = ops::find(node.op());
  if (!info || depth > kMaxNesting || info->effect == ops::Effect::write) return true;
  if (node.graphs().empty()) return ops::effect_of(*info, node.spec()) == ops::Effect::opaque;
  return std::ranges::any_of(node.graphs(),
                             [&](const Graph* g) { return has_effect(*g, depth + 1); });
}

bool has_effect(const Graph& graph, int depth) {
  for (const Node* n = graph.first(); n; n = n->next())
    if (has_effect(*n, depth)) return true;
  return false;
}

}  // namespace

bool has_effect(const Node& node) { return has_effect(node, 0); }
bool has_effect(const Graph& graph) { return has_effect(graph, 0); }

bool is_dead(const Node& node) {
  return std::ranges::all_of(node.results(), [](const Value* v) { return v->is_unused(); }) &&
         !has_effect(node);
}

std::size_t remove_dead_nodes(Graph& graph) {
  const std::size_t before = graph.node_count();
  // From the last to the first, so that one sweep is enough.
  for (Node* node = graph.last(); node != nullptr;) {
    Node* previous = node->previous();
    if (is_dead(*node)) graph.erase(*node);
    node = previous;
  }
  return before - graph.node_count();
}

}  // namespace litecast::ir
