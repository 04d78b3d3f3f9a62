#include "optimize/prune_bodies.h"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "ir/dead_nodes.h"
#include "optimize/replace_node.h"
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

// The slots that something needs: each value of the body is looked at once.
class LiveSlots {
 public:
  explicit LiveSlots(const Node& loop) : body_(*loop.graphs()[1]), live_(loop.results().size()) {
    const Graph& condition = *loop.graphs()[0];
    for (std::size_t i = 0; i < live_.size(); ++i) slots_.emplace(body_.inputs()[i], i);
    for (std::size_t i = 0; i < live_.size(); ++i)
      if (is_needed(loop.result(static_cast<int>(i))) || is_needed(condition.inputs()[i])) take(i);
    for (const Node* node = body_.first(); node; node = node->next())
      if (ir::has_effect(*node)) need(*node);
    while (!open_.empty()) {
      const Value* value = open_.back();
      open_.pop_back();
      // A slot that a live one is made from is live in the next round.
      if (const auto slot = slots_.find(value); slot != slots_.end()) take(slot->second);
      if (value->producer()) need(*value->producer());
    }
  }

  const Kept& live() const { return live_; }

 private:
  void take(std::size_t slot) {
    if (live_[slot]) return;
    live_[slot] = true;
    need(body_.outputs()[slot]);
  }
  void need(const Value* value) {
    if (value && needed_.insert(value).second) open_.push_back(value);
  }
  void need(const Node& node) {
    for (const Value* operand : node.operands()) need(operand);
  }

  const Graph& body_;
  Kept live_;
  std::unordered_map<const Value*, std::size_t> slots_;  // by the body's input
  std::unordered_set<const Value*> needed_;
  std::vector<const Value*> open_;
};

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
  std::vector<int> places;
  for (std::size_t i = 0; i < results.size(); ++i) {
    places.push_back(results[i] ? static_cast<int>(types.size()) : -1);
    if (results[i]) types.push_back(node.result(static_cast<int>(i))->type());
  }
  replace_node(node, std::move(spec), std::move(types), places);
}

bool all(const Kept& kept) { return std::ranges::all_of(kept, std::identity()); }

bool prune_loop(Node& loop) {
  const Kept live = LiveSlots(loop).live();
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

class Pruning {
 public:
  explicit Pruning(ir::Module& module) {
    for (const auto& graph : module.graphs()) {
      queue(graph.get());
      for (const Node* node = graph->first(); node; node = node->next())
        for (const Graph* body : node->graphs()) users_[body].push_back(graph.get());
    }
  }

  // What is taken out of a body may free a slot outside of it, and the other way round.
  void run() {
    if (users_.empty()) return;
    while (!open_.empty()) {
      Graph* graph = open_.front();
      open_.pop_front();
      queued_.erase(graph);
      const bool is_pruned = prune(*graph);
      if (ir::remove_dead_nodes(*graph) == 0 && !is_pruned) continue;
      queue(graph);
      for (Graph* user : users_[graph]) queue(user);
    }
  }

 private:
  void queue(Graph* graph) {
    if (queued_.insert(graph).second) open_.push_back(graph);
  }

  // One that several nodes run is left as it is.
  bool is_alone(const Node& node) const {
    return std::ranges::all_of(node.graphs(),
                               [&](const Graph* body) { return users_.at(body).size() == 1; });
  }

  bool prune(Graph& graph) {
    bool has_changed = false;
    for (Node* node = graph.first(); node;) {
      Node* next = node->next();
      const std::vector<Graph*> bodies(node->graphs().begin(), node->graphs().end());
      const bool is_pruned = is_alone(*node) && ((node->op() == Op::WHILE && prune_loop(*node)) ||
                                                 (node->op() == Op::IF && prune_branches(*node)));
      if (is_pruned) std::ranges::for_each(bodies, [&](Graph* body) { queue(body); });
      has_changed |= is_pruned;
      node = next;
    }
    return has_changed;
  }

  std::unordered_map<const Graph*, std::vector<Graph*>> users_;  // the graphs of nodes that run it
  std::deque<Graph*> open_;
  std::unordered_set<const Graph*> queued_;
};

}  // namespace

void prune_bodies(ir::Module& module) { Pruning(module).run(); }

}  // namespace litecast::optimize
