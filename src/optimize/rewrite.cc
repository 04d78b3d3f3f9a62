#include "optimize/rewrite.h"

#include <deque>

#include "ir/dead_nodes.h"

namespace litecast::optimize {
namespace {

class Driver {
 public:
  Driver(ir::Graph& graph, std::span<const Rewrite* const> rewrites) : graph_(graph) {
    for (const Rewrite* r : rewrites)
      for (Op op : r->roots) rewrites_of(op).push_back(r);
  }

  bool run() {
    for (Node* n = graph_.first(); n; n = n->next()) queue(n);
    while (!queue_.empty()) {
      Node* n = queue_.front();
      queue_.pop_front();
      queued_[n->id()] = false;
      if (!n->is_erased()) visit(*n);
    }
    return changed_;
  }

 private:
  std::vector<const Rewrite*>& rewrites_of(Op op) {
    const auto index = static_cast<std::size_t>(op);
    if (index >= by_op_.size()) by_op_.resize(index + 1);
    return by_op_[index];
  }

  void queue(Node* n) {
    if (!n) return;
    if (n->id() >= queued_.size()) queued_.resize(n->id() + 1);
    if (queued_[n->id()]) return;
    queued_[n->id()] = true;
    queue_.push_back(n);
  }

  void visit(Node& node) {
    if (erase_if_dead(node)) return;
    if (node.results().empty()) return;
    for (const Rewrite* r : rewrites_of(node.op())) {
      Node* before = node.previous();
      Builder builder(node);
      Value* replacement = r->apply(node, builder);
      if (!replacement) {
        take_back(node, before);
        continue;
      }
      changed_ = true;
      replace(node, *replacement, before);
      return;
    }
  }

  // A rewrite that gave up half-way leaves nothing behind, and no reason to try again.
  void take_back(Node& node, const Node* before) {
    while (node.previous() != before && ir::is_dead(*node.previous()))
      graph_.erase(*node.previous());
  }

  void replace(Node& node, Value& with, Node* before) {
    // The pattern of a user may have become complete, and those of what was made.
    std::vector<Node*> made;
    for (Node* n = before ? before->next() : graph_.first(); n && n != &node; n = n->next()) {
      queue(n);
      made.push_back(n);
    }
    for (const ir::Use& use : node.result()->uses()) queue(use.node);
    for (Value* v : node.operands())
      if (v) queue(v->producer());
    queue(with.producer());
    graph_.replace_all_uses(node.result(), &with);
    erased_.clear();
    erase_if_dead(node);
    if (graph_.module().keeps_origins) note_origins(made);
  }

  // What was made comes from all that it replaces.
  void note_origins(std::span<Node* const> made) {
    std::ranges::sort(erased_, {}, [](const auto& place) { return place.first; });
    std::vector<const ir::Provenance*> places;
    for (const auto& [order, place] : erased_) places.push_back(place);
    for (Node* n : made)
      if (!n->is_erased()) n->set_provenance(graph_.module().merged(*n->provenance_ref(), places));
  }

  // Erases the node, and at once what only served it: a dead user of a filter, say, would keep
  // other rewrites from changing the filter.
  bool erase_if_dead(Node& node) {
    if (!ir::is_dead(node)) return false;
    std::vector<Node*> dead = {&node};
    while (!dead.empty()) {
      Node* n = dead.back();
      dead.pop_back();
      if (n->is_erased()) continue;
      const std::vector<Value*> operands(n->operands().begin(), n->operands().end());
      if (graph_.module().keeps_origins) erased_.emplace_back(n->order(), n->provenance_ref());
      graph_.erase(*n);
      for (const Value* v : operands) {
        if (!v) continue;
        if (v->producer() && ir::is_dead(*v->producer())) dead.push_back(v->producer());
        queue(v->producer());
        // One user less: patterns that need a single use may now fit.
        if (v->uses().size() == 1) queue(v->uses().front().node);
      }
    }
    changed_ = true;
    return true;
  }

  ir::Graph& graph_;
  std::vector<std::vector<const Rewrite*>> by_op_;
  std::deque<Node*> queue_;
  std::vector<bool> queued_;  // by id
  std::vector<std::pair<std::uint64_t, const ir::Provenance*>>
      erased_;  // of late, with their order
  bool changed_ = false;
};

}  // namespace

bool rewrite(ir::Graph& graph, std::span<const Rewrite* const> rewrites) {
  return Driver(graph, rewrites).run();
}

Value* try_add(Builder& builder, Op op, std::vector<Value*> operands, ir::Options options) {
  auto values = builder.add({op, std::move(operands), std::move(options)});
  return values && values->size() == 1 ? values->front() : nullptr;
}

ConstantOperand constant_operand(const Node& node) {
  Value* a = node.operand(0);
  Value* b = node.operand(1);
  if (b && b->is_constant()) return {a, b};
  if (a && a->is_constant()) return {b, a};
  return {};
}

std::optional<double> splat_value(const Value* value) {
  if (!value || !value->is_constant() || !ir::is_float(value->dtype())) return std::nullopt;
  const auto element = value->constant()->splat_element();
  if (!element) return std::nullopt;
  return ir::real_values(*ir::Constant::owned(value->dtype(), {}, *element)).front();
}

bool is_splat_of(const Value* value, double element) {
  const auto v = splat_value(value);
  return v && static_cast<float>(*v) == static_cast<float>(element);
}

}  // namespace litecast::optimize
