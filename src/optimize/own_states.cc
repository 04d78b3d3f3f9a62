#include "optimize/own_states.h"

#include <algorithm>

#include "emit/shape.h"
#include "emit/strided_slice.h"
#include "ops/op_info.h"
#include "optimize/rewrite.h"

namespace litecast::optimize {
namespace {

class States {
 public:
  explicit States(ir::Graph& graph) : graph_(graph), builder_(graph), e_(builder_) {}

  void own(Node& node) {
    const ops::OpInfo* info = ops::find(node.op());
    if (!info) return;
    const std::size_t count = std::min(info->operands.size(), node.operands().size());
    for (std::size_t i = 0; i < count; ++i) {
      const int index = static_cast<int>(i);
      Value* state = node.operand(index);
      if (!state || !info->operands[i].consumed_state || is_own(*state)) continue;
      builder_.insert_before(&node);
      builder_.set_provenance(node.provenance_ref());
      graph_.set_operand(node, index, copy(*state, *node.operand(0)));
    }
  }

 private:
  // Variables of files that others made are as they want them.
  static bool is_own(const Value& state) {
    if (state.is_variable()) return true;
    const Node* maker = state.producer();
    const bool computes = maker && (maker->op() == Op::FULLY_CONNECTED ||
                                    (maker->op() == Op::FILL && !maker->operand(0)->is_constant()));
    return computes && state.has_one_use();
  }

  Value* copy(Value& state, Value& data) {
    const Node* fill = producer(&state, Op::FILL);
    if (fill && is_splat_of(fill->operand(1), 0))
      return insert({Op::FILL, {fill->operand(0), fill->operand(1)}, tflite::FillOptionsT()},
                    state);
    if (!state.is_constant()) return rows_of(state);
    Value* zero = zero_from(data);
    if (is_splat_of(&state, 0))
      return insert({Op::FILL, {e_.i32(state.shape().static_dims()), zero}, tflite::FillOptionsT()},
                    state);
    return rows_of(*e_.add(Op::ADD, {&state, zero}, tflite::AddOptionsT()));
  }

  // Measured: a state that is the result of an ADD crashes the runtime, one of a SLICE does not.
  Value* rows_of(Value& state) {
    const auto rank = static_cast<std::size_t>(state.shape().rank());
    return insert({Op::SLICE,
                   {&state, e_.i32(std::vector<std::int64_t>(rank, 0)),
                    e_.i32(std::vector<std::int64_t>(rank, -1))},
                   tflite::SliceOptionsT()},
                  state);
  }

  // Not by the builder, which would take an equal node that exists.
  Value* insert(ir::NodeSpec spec, const Value& like) {
    Node* node = graph_.insert(std::move(spec), {like.type()}, builder_.provenance(),
                               builder_.insertion_point());
    return node->result();
  }

  // A zero that is computed in each run, also where the data is infinite or no number.
  Value* zero_from(Value& data) {
    if (zero_) return zero_;
    const int rank = data.shape().rank();
    Value* any = nullptr;
    if (data.shape().is_static()) {
      const emit::AxisRange first{.begin = Dim(0), .end = Dim(1), .shrink = true};
      any = emit::strided_slice(e_, &data, std::vector(static_cast<std::size_t>(rank), first));
    } else {
      std::vector<std::int64_t> axes;
      for (int axis = 0; axis < rank; ++axis) axes.push_back(axis);
      any = e_.add(Op::SUM, {&data, e_.i32(axes)}, tflite::ReducerOptionsT());
    }
    Value* never = e_.add(Op::LESS, {any, any}, tflite::LessOptionsT());
    return zero_ = emit::cast(e_, never, DType::FLOAT32);
  }

  ir::Graph& graph_;
  Builder builder_;
  emit::Emitter e_;
  Value* zero_ = nullptr;
};

}  // namespace

void own_states(ir::Module& module) {
  for (const auto& graph : module.graphs()) {
    States states(*graph);
    for (Node* node = graph->first(); node; node = node->next()) states.own(*node);
  }
}

}  // namespace litecast::optimize
