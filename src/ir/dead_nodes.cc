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

std::unordered_set<const Graph*> reached_graphs(const Module& module) {
  std::vector<const Graph*> pending;
  if (!module.graphs().empty()) pending.push_back(module.graphs().front().get());
  for (const Signature& signature : module.signatures) pending.push_back(signature.graph);
  std::unordered_set<const Graph*> reached;
  while (!pending.empty()) {
    const Graph* graph = pending.back();
    pending.pop_back();
    if (!reached.insert(graph).second) continue;
    for (const Node* node = graph->first(); node; node = node->next())
      pending.insert(pending.end(), node->graphs().begin(), node->graphs().end());
  }
  return reached;
}

void remove_unreached_graphs(Module& module) {
  const auto reached = reached_graphs(module);
  module.keep_graphs([&](const Graph& graph) { return reached.contains(&graph); });
}

}  // namespace litecast::ir
