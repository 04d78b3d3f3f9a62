#include "optimize/hoist_invariants.h"

#include <algorithm>
#include <unordered_map>

#include "ir/builder.h"
#include "ops/op_info.h"
#include "optimize/rewrite.h"

namespace litecast::optimize {
namespace {

using ir::Graph;

// Ops that cannot fail, so that they may run even where the loop does not.
bool may_move(const Node& node) {
  constexpr Op kMovable[] = {Op::FULLY_CONNECTED,
                             Op::BATCH_MATMUL,
                             Op::CONV_2D,
                             Op::TRANSPOSE,
                             Op::RESHAPE,
                             Op::SHAPE,
                             Op::PACK,
                             Op::CONCATENATION,
                             Op::STRIDED_SLICE,
                             Op::FILL,
                             Op::CAST,
                             Op::MEAN,
                             Op::SUM,
                             Op::EXPAND_DIMS,
                             Op::SQUEEZE};
  const ops::OpInfo* info = ops::find(node.op());
  if (!info || ops::effect_of(*info, node.spec()) != ops::Effect::pure || !node.graphs().empty())
    return false;
  return info->elementwise || std::ranges::find(kMovable, node.op()) != std::end(kMovable);
}

class Hoist {
 public:
  explicit Hoist(Node& loop) : loop_(loop), builder_(loop), body_(*loop.graphs()[1]) {
    for (std::size_t i = 0; i < loop.operands().size(); ++i)
      if (body_.outputs()[i] == body_.inputs()[i])
        outside_.emplace(body_.inputs()[i], loop.operands()[i]);
  }

  void run() {
    Node* const last = body_.last();
    for (Node* node = body_.first(); node; node = node == last ? nullptr : node->next()) {
      if (!move(*node)) project(*node);
    }
    carry_moved();
    if (!slots_.empty()) add_slots();
  }

 private:
  // What a value of the body is outside; null where it changes.
  Value* outside(Value* value) {
    if (value->is_constant()) return builder_.constant(value->constant());
    const auto found = outside_.find(value);
    return found == outside_.end() ? nullptr : found->second;
  }

  bool move(Node& node) {
    if (!may_move(node)) return false;
    ir::NodeSpec spec = node.spec();
    bool is_constant = true;
    for (Value*& operand : spec.operands) {
      if (!operand) continue;
      is_constant &= operand->is_constant();
      operand = outside(operand);
      if (!operand) return false;
    }
    if (is_constant) return false;
    builder_.set_provenance(node.provenance_ref());
    const auto made = builder_.add(std::move(spec));
    if (!made) return false;
    for (std::size_t i = 0; i < made->size(); ++i) {
      Value* result = node.result(static_cast<int>(i));
      outside_.emplace(result, (*made)[i]);
      moved_.push_back(result);
    }
    return true;
  }

  bool project(Node& node) {
    const Node* gather = producer(node.operand(0), Op::GATHER);
    if (node.op() != Op::FULLY_CONNECTED || !gather) return false;
    const auto& taken = gather->options_as<tflite::GatherOptionsT>();
    Value* sequence = outside(gather->operand(0));
    Value* weights = outside(node.operand(1));
    Value* bias = node.operand(2) ? outside(node.operand(2)) : nullptr;
    Value* step = gather->operand(1);
    if (!sequence || !weights || (node.operand(2) && !bias) || taken.axis != 0 ||
        taken.batch_dims != 0 || !sequence->shape().is_ranked() || !step->shape().is_ranked() ||
        step->shape().rank() != 0 || !node.result()->shape().is_ranked() ||
        node.result()->shape().rank() + 1 != sequence->shape().rank())
      return false;
    auto options = node.options_as<tflite::FullyConnectedOptionsT>();
    options.keep_num_dims = true;
    builder_.set_provenance(node.provenance_ref());
    Value* all = try_add(builder_, Op::FULLY_CONNECTED, {sequence, weights, bias}, options);
    if (!all) return false;
    Builder inside(node);
    Value* row = try_add(inside, Op::GATHER, {add_slot(all), step}, taken);
    body_.replace_all_uses(node.result(), row);
    return true;
  }

  // Values of the body that are now computed outside and still have users within.
  void carry_moved() {
    for (Value* value : moved_) {
      const bool is_needed = std::ranges::any_of(value->uses(), [&](const ir::Use& use) {
        return !outside_.contains(use.node->results().empty() ? nullptr : use.node->result());
      });
      if (is_needed || value->output_uses() > 0)
        body_.replace_all_uses(value, add_slot(outside_.at(value)));
    }
  }

  // The value of outside as an input of the body.
  Value* add_slot(Value* operand) {
    slots_.push_back(operand);
    inputs_.push_back(body_.add_input(operand->type()));
    return inputs_.back();
  }

  // The loop again, with what it takes from outside in slots of their own.
  void add_slots() {
    ir::NodeSpec spec = loop_.spec();
    std::vector<Value*> outputs(body_.outputs().begin(), body_.outputs().end());
    std::vector<ir::Type> types;
    for (const Value* result : loop_.results()) types.push_back(result->type());
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      spec.operands.push_back(slots_[i]);
      outputs.push_back(inputs_[i]);
      types.push_back(slots_[i]->type());
      loop_.graphs()[0]->add_input(slots_[i]->type());
    }
    body_.set_outputs(std::move(outputs));
    Graph& graph = loop_.graph();
    Node* larger = graph.insert(std::move(spec), std::move(types), loop_.provenance_ref(), &loop_);
    for (std::size_t i = 0; i < loop_.results().size(); ++i)
      graph.replace_all_uses(loop_.results()[i], larger->results()[i]);
    graph.erase(loop_);
  }

  Node& loop_;
  Builder builder_;
  Graph& body_;
  std::unordered_map<const Value*, Value*> outside_;
  std::vector<Value*> moved_;
  std::vector<Value*> slots_, inputs_;
};

}  // namespace

void hoist_invariants(ir::Module& module) {
  // From the inside to the outside, so that what leaves an inner loop may leave the outer one too.
  const auto& graphs = module.graphs();
  for (std::size_t i = graphs.size(); i-- > 0;)
    for (Node *node = graphs[i]->first(), *next; node; node = next) {
      next = node->next();
      if (node->op() == Op::WHILE) Hoist(*node).run();
    }
}

}  // namespace litecast::optimize
