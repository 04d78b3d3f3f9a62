#include "ir/dead_nodes.h"

#include <algorithm>

#include "ops/op_info.h"

namespace litecast::ir {
namespace {

// Reading and drawing random numbers leaves no trace; an op without an entry might.
bool has_effect(const Node& node) {
  const ops::OpInfo* info = ops::find(node.op());
  if (!info || !node.graphs().empty()) return true;
  return info->effect == ops::Effect::write || info->effect == ops::Effect::opaque;
}

}  // namespace

std::size_t remove_dead_nodes(Graph& graph) {
  const std::size_t before = graph.node_count();
  for (Node* node = graph.last(); node != nullptr;) {
    Node* previous = node->previous();
    const bool is_unused = std::all_of(node->results().begin(), node->results().end(),
                                       [](const Value* result) { return result->is_unused(); });
    if (is_unused && !has_effect(*node)) graph.erase(*node);
    node = previous;
  }
  return before - graph.node_count();
}

}  // namespace litecast::ir
