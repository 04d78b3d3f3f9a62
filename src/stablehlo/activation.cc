// Activations, those that other ops have fused among them.
#include "stablehlo/lowerings.h"

#include <cmath>

#include "ops/fused_activation.h"

namespace litecast::stablehlo {
namespace {

using enum tflite::StablehloComparisonDirection;
using tflite::ActivationFunctionType;

template <ActivationFunctionType activation>
Values clamped(Lowerer& l, const Node& node) {
  return {activated(l, activation, node.operand(0))};
}

Values relu_0_to_1(Lowerer& l, const Node& node) { return {l.clamp(node.operand(0), 0, 1)}; }

Value* scaled_below_zero(Lowerer& l, Value* x, Value* factor) {
  Value* scaled = l.binary(Op::STABLEHLO_MULTIPLY, x, l.broadcast(factor, x->shape()));
  return l.select(l.compare(STABLEHLO_COMPARISON_DIRECTION_GE, x, l.like(x, 0)), x, scaled);
}

Values leaky_relu(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  const float alpha = node.options_as<tflite::LeakyReluOptionsT>().alpha;
  return {scaled_below_zero(l, x, l.scalar(x->dtype(), alpha))};
}

Values prelu(Lowerer& l, const Node& node) {
  const Shape shape = node.result()->shape();
  return {scaled_below_zero(l, l.broadcast(node.operand(0), shape), node.operand(1))};
}

// e^x − 1 as tanh(x/2)·(e^x + 1), which loses nothing where x is small.
Value* exp_minus_one(Lowerer& l, Value* x) {
  Value* half = l.binary(Op::STABLEHLO_MULTIPLY, x, l.like(x, 0.5));
  Value* sum = l.binary(Op::STABLEHLO_ADD, l.unary(Op::STABLEHLO_EXPONENTIAL, x), l.like(x, 1));
  return l.binary(Op::STABLEHLO_MULTIPLY, l.unary(Op::STABLEHLO_TANH, half), sum);
}

Values elu(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  Value* zero = l.like(x, 0);
  // Of the part below zero alone: beyond it the exponential could become infinite.
  Value* below = exp_minus_one(l, l.binary(Op::STABLEHLO_MINIMUM, x, zero));
  return {l.select(l.compare(STABLEHLO_COMPARISON_DIRECTION_GT, x, zero), x, below)};
}

Values hard_swish(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  Value* gate = l.clamp(l.binary(Op::STABLEHLO_ADD, x, l.like(x, 3)), 0, 6);
  Value* product = l.binary(Op::STABLEHLO_MULTIPLY, x, gate);
  return {l.binary(Op::STABLEHLO_MULTIPLY, product, l.like(x, 1.0 / 6))};
}

// 1 − erf(x), as t·exp(p(t) − x²) with t = 1 / (1 + x/2) where x is positive. The polynomial is the
// Chebyshev interpolation of log(erfc(x)/t) + x²; what it lacks, 6e-8, float32 does not hold.
Value* erfc(Lowerer& l, Value* x) {
  constexpr double kPolynomial[] = {-1.26549132,  0.999546506, 0.378535426,  0.0744124688,
                                    -0.118510318, 0.149587026, -0.978760843, 1.37195531,
                                    -0.77336979,  0.1620956};
  const auto times = [&](Value* a, Value* b) { return l.binary(Op::STABLEHLO_MULTIPLY, a, b); };
  const auto plus = [&](Value* a, Value* b) { return l.binary(Op::STABLEHLO_ADD, a, b); };
  Value* size = l.unary(Op::STABLEHLO_ABS, x);
  Value* one = l.like(x, 1);
  Value* t = l.binary(Op::STABLEHLO_DIVIDE, one, plus(one, times(size, l.like(x, 0.5))));
  Value* sum = l.like(x, *std::rbegin(kPolynomial));
  for (std::size_t i = std::size(kPolynomial) - 1; i-- > 0;)
    sum = plus(times(sum, t), l.like(x, kPolynomial[i]));
  Value* exponent = l.binary(Op::STABLEHLO_SUBTRACT, sum, times(size, size));
  Value* tail = times(t, l.unary(Op::STABLEHLO_EXPONENTIAL, exponent));
  Value* rest = l.binary(Op::STABLEHLO_SUBTRACT, l.like(x, 2), tail);
  return l.select(l.compare(STABLEHLO_COMPARISON_DIRECTION_LT, x, l.like(x, 0)), rest, tail);
}

Values gelu(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  const auto times = [&](Value* a, Value* b) { return l.binary(Op::STABLEHLO_MULTIPLY, a, b); };
  if (!node.options_as<tflite::GeluOptionsT>().approximate) {
    Value* share = erfc(l, times(x, l.like(x, -std::sqrt(0.5))));
    return {times(times(x, l.like(x, 0.5)), share)};
  }
  Value* cube = times(times(x, x), x);
  Value* inner = l.binary(Op::STABLEHLO_ADD, x, times(cube, l.like(x, 0.044715)));
  Value* bent = l.unary(Op::STABLEHLO_TANH, times(inner, l.like(x, std::sqrt(2 / M_PI))));
  Value* gate = l.binary(Op::STABLEHLO_ADD, bent, l.like(x, 1));
  return {times(times(x, l.like(x, 0.5)), gate)};
}

}  // namespace

Value* activated(Lowerer& l, ActivationFunctionType activation, Value* x) {
  const auto [low, high] = ops::activation_range(activation);
  if (low && high) return l.clamp(x, *low, *high);
  if (low) return l.binary(Op::STABLEHLO_MAXIMUM, x, l.like(x, *low));
  return x;
}

std::span<const Lowering> activation_lowerings() {
  static constexpr Lowering kTable[] = {
      {Op::ELU, elu},
      {Op::GELU, gelu},
      {Op::HARD_SWISH, hard_swish},
      {Op::LEAKY_RELU, leaky_relu},
      {Op::LOGISTIC, unary<Op::STABLEHLO_LOGISTIC>},
      {Op::PRELU, prelu},
      {Op::RELU, clamped<ActivationFunctionType::RELU>},
      {Op::RELU6, clamped<ActivationFunctionType::RELU6>},
      {Op::RELU_0_TO_1, relu_0_to_1},
      {Op::RELU_N1_TO_1, clamped<ActivationFunctionType::RELU_N1_TO_1>},
      {Op::TANH, unary<Op::STABLEHLO_TANH>},
  };
  return kTable;
}

}  // namespace litecast::stablehlo
