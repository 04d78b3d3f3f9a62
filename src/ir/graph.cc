#include "ir/graph.h"

#include "ir/module.h"

namespace litecast::ir {
namespace {

// Distance of order numbers of appended nodes: leaves room for insertions between them.
constexpr std::uint64_t kOrderStep = std::uint64_t{1} << 32;

}  // namespace

void Value::set_contents(std::vector<Dim> contents) {
  contents_ = std::make_unique<std::vector<Dim>>(std::move(contents));
}

Graph::Graph(Module& module, std::string name) : module_(&module), name_(std::move(name)) {}
Graph::~Graph() = default;

Value* Graph::new_value(Type type) {
  Value& v = values_.emplace_back();
  v.type_ = std::move(type);
  v.graph_ = this;
  v.id_ = static_cast<std::uint32_t>(values_.size() - 1);
  return &v;
}

Value* Graph::add_input(Type type, std::string name) {
  Value* v = new_value(std::move(type));
  v->name_ = std::move(name);
  inputs_.push_back(v);
  return v;
}

Value* Graph::add_variable(Type type, std::string name) {
  Value* v = new_value(std::move(type));
  v->name_ = std::move(name);
  v->is_variable_ = true;
  return v;
}

void Graph::set_outputs(std::vector<Value*> outputs) {
  for (Value* v : outputs_) --v->output_uses_;
  outputs_ = std::move(outputs);
  for (Value* v : outputs_) ++v->output_uses_;
}

void Graph::set_output(int index, Value* value) {
  Value*& slot = outputs_[static_cast<std::size_t>(index)];
  --slot->output_uses_;
  slot = value;
  ++slot->output_uses_;
}

Value* Graph::constant(ConstantPtr constant) {
  const std::size_t hash = constant->identity_hash();
  auto [first, last] = constants_.equal_range(hash);
  for (; first != last; ++first)
    if (first->second->constant_->identical(*constant)) return first->second;
  Value* v = new_value(constant->type());
  v->constant_ = std::move(constant);
  constants_.emplace(hash, v);
  return v;
}

std::uint32_t& Graph::position_of(Use use) {
  return use.node->use_positions_[static_cast<std::size_t>(use.operand)];
}

void Graph::add_use(Value* value, Use use) {
  if (!value) return;
  position_of(use) = static_cast<std::uint32_t>(value->uses_.size());
  value->uses_.push_back(use);
}

void Graph::remove_use(Value* value, Use use) {
  if (!value) return;
  auto& uses = value->uses_;
  const std::uint32_t position = position_of(use);
  uses[position] = uses.back();
  position_of(uses[position]) = position;
  uses.pop_back();
}

Node* Graph::insert(NodeSpec spec, std::vector<Type> results, const Provenance* provenance,
                    Node* before) {
  Node& n = nodes_.emplace_back();
  n.spec_ = std::move(spec);
  n.graph_ = this;
  n.id_ = static_cast<std::uint32_t>(nodes_.size() - 1);
  n.provenance_ = provenance;
  for (std::size_t i = 0; i < results.size(); ++i) {
    Value* v = new_value(std::move(results[i]));
    v->producer_ = &n;
    v->result_index_ = static_cast<int>(i);
    n.results_.push_back(v);
  }
  n.use_positions_.resize(n.spec_.operands.size());
  for (std::size_t i = 0; i < n.spec_.operands.size(); ++i)
    add_use(n.spec_.operands[i], {&n, static_cast<int>(i)});
  link(n, before);
  ++node_count_;
  return &n;
}

void Graph::link(Node& node, Node* before) {
  Node* previous = before ? before->previous_ : last_;
  node.previous_ = previous;
  node.next_ = before;
  (previous ? previous->next_ : first_) = &node;
  (before ? before->previous_ : last_) = &node;
  const std::uint64_t low = previous ? previous->order_ : 0;
  if (!before) {
    node.order_ = low + kOrderStep;
  } else if (before->order_ - low >= 2) {
    node.order_ = low + (before->order_ - low) / 2;
  } else {
    renumber();
  }
}

void Graph::unlink(Node& node) {
  (node.previous_ ? node.previous_->next_ : first_) = node.next_;
  (node.next_ ? node.next_->previous_ : last_) = node.previous_;
  node.previous_ = node.next_ = nullptr;
}

void Graph::renumber() {
  std::uint64_t order = 0;
  for (Node* n = first_; n; n = n->next_) n->order_ = order += kOrderStep;
}

void Graph::replace_all_uses(Value* from, Value* to) {
  if (from == to) return;
  for (const Use& use : from->uses_) {
    use.node->spec_.operands[static_cast<std::size_t>(use.operand)] = to;
    add_use(to, use);
  }
  from->uses_.clear();
  if (from->output_uses_ == 0) return;
  // Of two outputs that become one, the first gives the name.
  const auto named = std::ranges::find_if(
      outputs_, [&](const Value* v) { return (v == from || v == to) && !v->name_.empty(); });
  if (to->producer_ && named != outputs_.end()) to->name_ = (*named)->name_;
  for (Value*& v : outputs_)
    if (v == from) v = to;
  to->output_uses_ += std::exchange(from->output_uses_, 0);
  if (to->name_.empty()) to->name_ = from->name_;
}

void Graph::set_operand(Node& node, int index, Value* value) {
  Value*& slot = node.spec_.operands[static_cast<std::size_t>(index)];
  if (slot == value) return;
  remove_use(slot, {&node, index});
  slot = value;
  add_use(slot, {&node, index});
}

void Graph::erase(Node& node) {
  for (std::size_t i = 0; i < node.spec_.operands.size(); ++i)
    remove_use(node.spec_.operands[i], {&node, static_cast<int>(i)});
  node.spec_ = {node.spec_.op};
  node.use_positions_ = {};
  node.erased_ = true;
  unlink(node);
  --node_count_;
}

void Graph::move_before(Node& node, Node* before) {
  unlink(node);
  link(node, before);
}

}  // namespace litecast::ir
