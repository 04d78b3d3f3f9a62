#include "optimize/weighted.h"

#include "ir/fold.h"
#include "ops/op_info.h"
#include "optimize/activation.h"

namespace litecast::optimize {
namespace {

struct Shape {
  Op op;
  int input, filter, bias, output_axis, input_axis;
};

constexpr Shape kShapes[] = {
    {Op::CONV_2D, 0, 1, 2, 0, 3},         {Op::DEPTHWISE_CONV_2D, 0, 1, 2, 3, -1},
    {Op::FULLY_CONNECTED, 0, 1, 2, 0, 1}, {Op::TRANSPOSE_CONV, 2, 1, 3, 0, 3},
    {Op::CONV_3D, 0, 1, 2, 4, 3},
};

bool sees_padding(const Node& node) {
  switch (node.op()) {
    case Op::CONV_2D:
      return node.options_as<tflite::Conv2DOptionsT>().padding == tflite::Padding::SAME;
    case Op::DEPTHWISE_CONV_2D:
      return node.options_as<tflite::DepthwiseConv2DOptionsT>().padding == tflite::Padding::SAME;
    case Op::FULLY_CONNECTED:
      return false;
    default:
      return true;
  }
}

bool is_float_constant(const Value* v) {
  return v && v->is_constant() && v->dtype() == DType::FLOAT32 && v->shape().is_static();
}

}  // namespace

Weighted weighted(Node* node, bool must_be_linear) {
  if (!node) return {};
  for (const Shape& s : kShapes) {
    if (s.op != node->op()) continue;
    const Value* filter = node->operand(s.filter);
    const Value* bias = node->operand(s.bias);
    if (!filter || filter->dtype() != DType::FLOAT32 || !filter->shape().is_static() ||
        (bias && !is_float_constant(bias)))
      return {};
    if (must_be_linear && activation_of(*node).value_or(Activation::NONE) != Activation::NONE)
      return {};
    Weighted w{node, s.input, s.filter, s.bias, s.output_axis, s.input_axis, sees_padding(*node)};
    w.channels = filter->shape()[s.output_axis].value();
    const Value* x = node->operand(s.input);
    // A grouped filter has only its group's input channels.
    if (w.input_axis >= 0 && (!x->shape().is_ranked() || x->shape().rank() == 0 ||
                              x->shape()[-1] != filter->shape()[w.input_axis]))
      w.input_axis = -1;
    return w;
  }
  return {};
}

ir::ConstantPtr per_channel(const Value* value, std::int64_t channels) {
  if (!is_float_constant(value) || !value->constant()->is_small()) return nullptr;
  const ir::StaticShape& shape = value->constant()->shape();
  const std::int64_t elements = value->constant()->elements();
  if (elements == 1) return value->constant()->reshaped({1});
  if (elements != channels || shape.back() != channels) return nullptr;
  return value->constant()->reshaped({channels});
}

ir::ConstantPtr scaled(const ir::Constant& filter, int axis, const ir::ConstantPtr& scale) {
  ir::StaticShape shape(filter.shape().size(), 1);
  shape[static_cast<std::size_t>(axis)] = scale->elements();
  return filter.elementwise(Op::MUL, tflite::MulOptionsT(), scale->reshaped(std::move(shape)),
                            false, DType::FLOAT32);
}

ir::ConstantPtr combine(Op op, const ir::ConstantPtr& a, const ir::ConstantPtr& b) {
  ops::HostTensor out{DType::FLOAT32, {std::max(a->elements(), b->elements())}, {}};
  out.bytes.resize(static_cast<std::size_t>(out.elements()) * sizeof(float));
  const std::vector<ops::HostTensor> in = {ir::to_host(*a), ir::to_host(*b)};
  const ir::Options options;
  if (!ops::find(op)->fold(ops::OpView{op, options, {}}, in, {&out, 1})) return nullptr;
  return ir::to_constant(std::move(out));
}

Value* rebuild(Builder& builder, const Weighted& w, Value* filter, Value* bias,
               Activation activation) {
  const bool keeps_options = activation == Activation::NONE;
  if (!keeps_options && !activation_of(*w.node)) return nullptr;
  builder.set_provenance(w.node->provenance_ref());
  std::vector<Value*> operands(w.node->operands().begin(), w.node->operands().end());
  operands.resize(std::max<std::size_t>(operands.size(), static_cast<std::size_t>(w.bias) + 1));
  operands[static_cast<std::size_t>(w.filter)] = filter;
  operands[static_cast<std::size_t>(w.bias)] = bias;
  return try_add(builder, w.node->op(), std::move(operands),
                 keeps_options ? w.node->options() : with_activation(*w.node, activation));
}

}  // namespace litecast::optimize
