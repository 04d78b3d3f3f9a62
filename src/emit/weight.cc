#include "emit/weight.h"

#include "emit/shape.h"

namespace litecast::emit {
namespace {

// The quantized constant of which x is the real form, or null.
Value* quantized_constant(const Value* x) {
  const ir::Node* node = x->producer();
  if (!node || node->op() != Op::DEQUANTIZE || !node->operand(0)->is_constant()) return nullptr;
  return node->operand(0)->type().quantization ? node->operand(0) : nullptr;
}

const ir::Quantization* permuted(Emitter& e, ir::Quantization quantization,
                                 std::span<const int> permutation) {
  auto at = std::find(permutation.begin(), permutation.end(), quantization.axis);
  if (quantization.scales.size() > 1)
    quantization.axis = static_cast<int>(at - permutation.begin());
  return e.builder().module().quantization(std::move(quantization));
}

}  // namespace

bool is_weight(const Value* x) { return x->is_constant() || quantized_constant(x) != nullptr; }

Value* transpose_weight(Emitter& e, Value* x, std::span<const int> permutation) {
  Value* quantized = quantized_constant(x);
  if (!quantized) return transpose(e, x, permutation);
  const ir::ConstantPtr& constant = quantized->constant();
  ir::ConstantPtr moved = constant->transposed(permutation);
  if (!moved) return transpose(e, x, permutation);
  Value* with_axis =
      e.constant(ir::Constant::owned(moved->dtype(), moved->shape(), moved->bytes(),
                                     permuted(e, *quantized->type().quantization, permutation)));
  return e.add(Op::DEQUANTIZE, {with_axis}, tflite::DequantizeOptionsT{});
}

}  // namespace litecast::emit
