// A quantized constant that is an output of the graph, which XNNPACK cannot dequantize:
//
//   DEQUANTIZE(constant) ─▶ output     becomes     constant ─▶ output
//
// Where an op takes the result it is left alone: the file keeps the small form of the weight.
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

// Of one entry, or one for each channel, to broadcast along that axis of x.
template <class T>
Value* parameters(Builder& builder, const std::vector<T>& values, const Value* x, int axis) {
  const std::vector<float> reals(values.begin(), values.end());
  ir::StaticShape shape;
  if (reals.size() > 1) {
    shape.assign(static_cast<std::size_t>(x->shape().rank()), 1);
    shape[static_cast<std::size_t>(axis)] = static_cast<std::int64_t>(reals.size());
  }
  return builder.constant(
      ir::Constant::of<float>(DType::FLOAT32, shape, std::span<const float>(reals)));
}

Value* fold_dequantize(Node& node, Builder& builder) {
  Value* x = node.operand(0);
  const ir::Quantization* quantization = x->type().quantization;
  const bool is_output = node.result()->output_uses() > 0;
  if (!is_output || !x->is_constant() || !x->constant()->is_small() || !quantization)
    return nullptr;
  Value* integers = builder.constant(
      ir::Constant::owned(x->dtype(), x->constant()->shape(), x->constant()->bytes()));
  const tflite::CastOptionsT cast{.in_data_type = x->dtype(), .out_data_type = DType::FLOAT32};
  Value* reals = try_add(builder, Op::CAST, {integers}, cast);
  if (!reals) return nullptr;
  Value* zero = parameters(builder, quantization->zero_points, x, quantization->axis);
  Value* scale = parameters(builder, quantization->scales, x, quantization->axis);
  Value* steps = try_add(builder, Op::SUB, {reals, zero});
  Value* result = steps ? try_add(builder, Op::MUL, {steps, scale}) : nullptr;
  return result && result->is_constant() ? result : nullptr;
}

}  // namespace

const Rewrite kFoldDequantize = {"fold_dequantize", {Op::DEQUANTIZE}, fold_dequantize};

}  // namespace litecast::optimize
