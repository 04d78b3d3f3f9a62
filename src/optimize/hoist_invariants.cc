#include "optimize/hoist_invariants.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "emit/shape.h"
#include "ir/builder.h"
#include "ops/op_info.h"
#include "optimize/activation.h"
#include "optimize/replace_node.h"
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
      if (!move(*node) && !take_row(*node) && !project(*node)) split(*node);
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

  // A row of what stays the same, cut out along whatever axis the counter walks: cheaper by GATHER,
  // where it need not be transposed for it.
  bool take_row(Node& node) {
    const auto axis = walked_axis(node);
    if (!axis || (*axis != 0 && !feeds_a_product(node))) return false;
    Value* all = node.operand(0);
    if (*axis != 0) {
      const int rank = all->shape().rank();
      std::vector<std::int64_t> order = {*axis};
      for (int i = 0; i < rank; ++i)
        if (i != *axis) order.push_back(i);
      builder_.set_provenance(node.provenance_ref());
      Value* turned =
          try_add(builder_, Op::TRANSPOSE, {outside(all), builder_.constant_i32(order)});
      if (!turned) return false;
      all = add_slot(turned);
      outside_.emplace(all, turned);
    }
    Builder inside(node);
    Value* row =
        try_add(inside, Op::GATHER, {all, producer(node.operand(1), Op::PACK)->operand(*axis)},
                tflite::GatherOptionsT());
    if (!row || row->shape() != node.result()->shape()) return false;
    body_.replace_all_uses(node.result(), row);
    return true;
  }

  // The axis of which a STRIDED_SLICE takes the counter's element, and all of the others.
  std::optional<int> walked_axis(const Node& node) {
    if (node.op() != Op::STRIDED_SLICE || !outside(node.operand(0)) ||
        !node.operand(0)->shape().is_ranked())
      return std::nullopt;
    const auto& options = node.options_as<tflite::StridedSliceOptionsT>();
    const Node* begin = producer(node.operand(1), Op::PACK);
    const auto strides = emit::known_integers(node.operand(3));
    if (!begin || options.ellipsis_mask || options.new_axis_mask || !strides ||
        std::ranges::any_of(*strides, [](std::int64_t stride) { return stride != 1; }))
      return std::nullopt;
    std::optional<int> axis;
    for (int i = 0; i < static_cast<int>(begin->operands().size()); ++i) {
      const int bit = 1 << i;
      if (options.shrink_axis_mask & bit) {
        if (axis || !counts_up(begin->operand(i))) return std::nullopt;
        axis = i;
      } else if (!(options.begin_mask & bit) || !(options.end_mask & bit)) {
        return std::nullopt;
      }
    }
    return axis;
  }

  // From zero or more: what counts from the end of an axis is no index of a GATHER.
  bool counts_up(const Value* value) const {
    const auto inputs = body_.inputs();
    const auto slot = std::ranges::find(inputs, value) - inputs.begin();
    if (slot == std::ssize(inputs)) return false;
    const auto known = [](const Value* v) {
      const auto numbers = emit::known_integers(v);
      return numbers && numbers->size() == 1 ? numbers->front() : -1;
    };
    const Node* add = producer(body_.outputs()[static_cast<std::size_t>(slot)], Op::ADD);
    const ConstantOperand parts = add ? constant_operand(*add) : ConstantOperand{};
    return value->dtype() == DType::INT32 && known(loop_.operand(static_cast<int>(slot))) >= 0 &&
           parts.other == value && known(parts.constant) > 0;
  }

  static bool feeds_a_product(const Node& node) {
    return std::ranges::any_of(node.result()->uses(), [](const ir::Use& use) {
      return use.node->op() == Op::FULLY_CONNECTED || use.node->op() == Op::CONCATENATION;
    });
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

  // The part of a product that is of a row alone is projected.
  bool split(Node& node) {
    const Node* concat = producer(node.operand(0), Op::CONCATENATION);
    if (node.op() != Op::FULLY_CONNECTED || !concat || !is_linear(node) ||
        concat->results().empty())
      return false;
    const Value* weights = node.operand(1);
    const auto& options = concat->options_as<tflite::ConcatenationOptionsT>();
    const ir::Shape& shape = node.operand(0)->shape();
    if (!shape.is_ranked() || shape.rank() != 2 || (options.axis != 1 && options.axis != -1) ||
        !weights->is_constant() || weights->dtype() != DType::FLOAT32 ||
        !weights->shape().is_ranked() || weights->shape().rank() != 2)
      return false;
    std::int64_t column = 0;
    for (std::size_t i = 0; i < concat->operands().size(); ++i) {
      Value* part = concat->operands()[i];
      const auto columns = part->shape()[-1].constant();
      if (!columns) return false;
      if (is_row(*part)) return split_at(node, *concat, i, column, *columns);
      column += *columns;
    }
    return false;
  }

  bool is_row(const Value& value) {
    const Node* gather = producer(&value, Op::GATHER);
    const Value* sequence = gather ? outside(gather->operand(0)) : nullptr;
    return sequence && sequence->shape().is_ranked() && sequence->shape().rank() == 3 &&
           value.shape().is_ranked() && value.shape().rank() == 2 &&
           gather->options_as<tflite::GatherOptionsT>().axis == 0;
  }

  bool split_at(Node& node, const Node& concat, std::size_t index, std::int64_t column,
                std::int64_t columns) {
    const ir::ConstantPtr& weights = node.operand(1)->constant();
    const std::int64_t all = weights->shape()[1];
    std::vector<Value*> rest(concat.operands().begin(), concat.operands().end());
    Value* row = rest[index];
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(index));
    // What stands beside the row must lie together in the weights, before it or after it.
    const bool is_first = column == 0, is_last = column + columns == all;
    if (rest.empty() || (!is_first && !is_last)) return false;
    const ir::ConstantPtr of_row = weights->sliced(1, column, columns);
    const ir::ConstantPtr of_rest =
        is_first ? weights->sliced(1, columns, all - columns) : weights->sliced(1, 0, column);
    if (!of_row || !of_rest) return false;
    Builder inside(node);
    const auto options = node.options_as<tflite::FullyConnectedOptionsT>();
    Value* others = rest.size() == 1 ? rest.front()
                                     : try_add(inside, Op::CONCATENATION, rest, concat.options());
    Value* first = others ? try_add(inside, Op::FULLY_CONNECTED,
                                    {row, inside.constant(of_row), node.operand(2)}, options)
                          : nullptr;
    Value* second = first ? try_add(inside, Op::FULLY_CONNECTED,
                                    {others, inside.constant(of_rest), nullptr}, options)
                          : nullptr;
    Value* sum =
        second ? try_add(inside, Op::ADD, {first, second}, tflite::AddOptionsT()) : nullptr;
    if (!sum || sum->shape() != node.result()->shape()) return false;
    body_.replace_all_uses(node.result(), sum);
    return project(*first->producer());
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
    std::vector<int> same(loop_.results().size());
    std::iota(same.begin(), same.end(), 0);
    replace_node(loop_, std::move(spec), std::move(types), same);
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
