#include "optimize/prune_bodies.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "ir/dead_nodes.h"
#include "optimize/rewrite.h"

namespace litecast::optimize {
namespace {

using ir::Graph;

using Kept = std::vector<bool>;

template <class T>
std::vector<T> kept_of(std::span<const T> all, const Kept& kept) {
  std::vector<T> some;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (kept[i]) some.push_back(all[i]);
  return some;
}

bool is_needed(const Value* value) { return !value->is_unused(); }

// The inputs of `body` that the outputs `live`, or what has an effect, depend on.
Kept needed_inputs(const Graph& body, const Kept& live) {
  std::unordered_set<const Value*> needed;
  for (std::size_t i = 0; i < live.size(); ++i)
    if (live[i]) needed.insert(body.outputs()[i]);
  for (const Node* node = body.last(); node; node = node->previous()) {
    const bool is_live = std::ranges::any_of(
        node->results(), [&](const Value* result) { return needed.contains(result); });
    if (!is_live && !ir::has_effect(*node)) continue;
    needed.insert(node->operands().begin(), node->operands().end());
  }
  Kept inputs;
  for (const Value* input : body.inputs()) inputs.push_back(needed.contains(input));
  return inputs;
}

Kept live_slots(const Node& loop) {
  const Graph& condition = *loop.graphs()[0];
  const Graph& body = *loop.graphs()[1];
  const std::size_t count = loop.results().size();
  Kept live(count);
  for (std::size_t i = 0; i < count; ++i)
    live[i] = is_needed(loop.result(static_cast<int>(i))) || is_needed(condition.inputs()[i]);
  // A slot that a live one is made from is live in the next round.
  for (bool has_changed = true; has_changed;) {
    has_changed = false;
    const Kept needed = needed_inputs(body, live);
    for (std::size_t i = 0; i < count; ++i) {
      has_changed |= needed[i] && !live[i];
      live[i] = live[i] || needed[i];
    }
  }
  return live;
}

void keep_inputs(Graph& graph, const Kept& kept) {
  graph.set_inputs(kept_of<Value*>(graph.inputs(), kept));
}

void keep_outputs(Graph& graph, const Kept& kept) {
  graph.set_outputs(kept_of<Value*>(graph.outputs(), kept));
  ir::remove_dead_nodes(graph);
}

// The node again, with some of its operands and results.
void rebuild(Node& node, std::vector<Value*> operands, const Kept& results) {
  ir::NodeSpec spec = node.spec();
  spec.operands = std::move(operands);
  std::vector<ir::Type> types;
  for (std::size_t i = 0; i < results.size(); ++i)
    if (results[i]) types.push_back(node.result(static_cast<int>(i))->type());
  Node* smaller =
      node.graph().insert(std::move(spec), std::move(types), node.provenance_ref(), &node);
  int index = 0;
  for (std::size_t i = 0; i < results.size(); ++i)
    if (results[i])
      node.graph().replace_all_uses(node.result(static_cast<int>(i)), smaller->result(index++));
  node.graph().erase(node);
}

bool all(const Kept& kept) { return std::ranges::all_of(kept, std::identity()); }

bool prune_loop(Node& loop) {
  const Kept live = live_slots(loop);
  if (all(live)) return false;
  keep_outputs(*loop.graphs()[1], live);
  for (Graph* graph : loop.graphs()) keep_inputs(*graph, live);
  rebuild(loop, kept_of<Value*>(loop.operands(), live), live);
  return true;
}

bool prune_branches(Node& node) {
  Kept results;
  for (const Value* result : node.results()) results.push_back(is_needed(result));
  if (!all(results))
    for (Graph* branch : node.graphs()) keep_outputs(*branch, results);
  Kept operands;
  for (std::size_t i = 0; i + 1 < node.operands().size(); ++i)
    operands.push_back(std::ranges::any_of(
        node.graphs(), [&](const Graph* branch) { return is_needed(branch->inputs()[i]); }));
  if (all(results) && all(operands)) return false;
  for (Graph* branch : node.graphs()) keep_inputs(*branch, operands);
  std::vector<Value*> kept = {node.operand(0)};
  for (Value* operand : kept_of<Value*>(node.operands().subspan(1), operands))
    kept.push_back(operand);
  rebuild(node, std::move(kept), results);
  return true;
}

// How many nodes run each graph: one that several run is left as it is.
std::unordered_map<const Graph*, int> users_of_graphs(const ir::Module& module) {
  std::unordered_map<const Graph*, int> users;
  for (const auto& graph : module.graphs())
    for (const Node* node = graph->first(); node; node = node->next())
      for (const Graph* body : node->graphs()) ++users[body];
  return users;
}

bool prune(Graph& graph, const std::unordered_map<const Graph*, int>& users) {
  bool has_changed = false;
  for (Node* node = graph.first(); node;) {
    Node* next = node->next();
    const bool is_alone =
        std::ranges::all_of(node->graphs(), [&](const Graph* body) { return users.at(body) == 1; });
    if (node->op() == Op::WHILE && is_alone) has_changed |= prune_loop(*node);
    if (node->op() == Op::IF && is_alone) has_changed |= prune_branches(*node);
    node = next;
  }
  return has_changed;
}

}  // namespace

void prune_bodies(ir::Module& module) {
  const auto users = users_of_graphs(module);
  if (users.empty()) return;
  // What is taken out of a body may free a slot outside of it, and the other way round.
  for (bool has_changed = true; has_changed;) {
    has_changed = false;
    for (const auto& graph : module.graphs()) {
      has_changed |= prune(*graph, users);
      ir::remove_dead_nodes(*graph);
    }
  }
}

}  // namespace litecast::optimize
