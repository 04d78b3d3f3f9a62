// Arithmetic, comparison, logic and choice, element by element: what the runtime broadcasts by
// itself is broadcast before.
#include "stablehlo/lowerings.h"

namespace litecast::stablehlo {
namespace {

using enum tflite::StablehloComparisonDirection;

struct Pair {
  Value *a, *b;
};

Pair operands(Lowerer& l, const Node& node) {
  const Shape shape = *ir::broadcast(node.operand(0)->shape(), node.operand(1)->shape());
  return {l.broadcast(node.operand(0), shape), l.broadcast(node.operand(1), shape)};
}

template <Op op>
Values binary(Lowerer& l, const Node& node) {
  const auto [a, b] = operands(l, node);
  return {l.binary(op, a, b)};
}

// With the activation that the node has fused.
template <Op op, class Options>
Values arithmetic(Lowerer& l, const Node& node) {
  const auto [a, b] = operands(l, node);
  return {activated(l, node.options_as<Options>().fused_activation_function, l.binary(op, a, b))};
}

template <Direction direction>
Values comparison(Lowerer& l, const Node& node) {
  const auto [a, b] = operands(l, node);
  return {l.compare(direction, a, b)};
}

Values add_n(Lowerer& l, const Node& node) {
  Value* sum = node.operand(0);
  for (Value* x : node.operands().subspan(1)) sum = l.binary(Op::STABLEHLO_ADD, sum, x);
  return {sum};
}

Values squared_difference(Lowerer& l, const Node& node) {
  const auto [a, b] = operands(l, node);
  Value* difference = l.binary(Op::STABLEHLO_SUBTRACT, a, b);
  return {l.binary(Op::STABLEHLO_MULTIPLY, difference, difference)};
}

Values square(Lowerer& l, const Node& node) {
  return {l.binary(Op::STABLEHLO_MULTIPLY, node.operand(0), node.operand(0))};
}

// Where a division of whole numbers leaves a rest and the signs differ.
Value* is_rounded_up(Lowerer& l, Value* rest, Value* divisor) {
  Value* zero = l.like(rest, 0);
  Value* has_rest = l.compare(STABLEHLO_COMPARISON_DIRECTION_NE, rest, zero);
  Value* differ = l.compare(STABLEHLO_COMPARISON_DIRECTION_NE,
                            l.compare(STABLEHLO_COMPARISON_DIRECTION_LT, rest, zero),
                            l.compare(STABLEHLO_COMPARISON_DIRECTION_LT, divisor, zero));
  return l.binary(Op::STABLEHLO_AND, has_rest, differ);
}

Values floor_mod(Lowerer& l, const Node& node) {
  const auto [a, b] = operands(l, node);
  Value* rest = l.binary(Op::STABLEHLO_REMAINDER, a, b);
  Value* shifted = l.binary(Op::STABLEHLO_ADD, rest, b);
  return {l.select(is_rounded_up(l, rest, b), shifted, rest)};
}

Values floor_div(Lowerer& l, const Node& node) {
  const auto [a, b] = operands(l, node);
  Value* quotient = l.binary(Op::STABLEHLO_DIVIDE, a, b);
  if (ir::is_float(a->dtype())) return {l.unary(Op::STABLEHLO_FLOOR, quotient)};
  Value* rest = l.binary(Op::STABLEHLO_REMAINDER, a, b);
  Value* lower = l.binary(Op::STABLEHLO_SUBTRACT, quotient, l.like(quotient, 1));
  return {l.select(is_rounded_up(l, rest, b), lower, quotient)};
}

// The format has no SQRT of StableHLO.
Values sqrt(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  return {l.binary(Op::STABLEHLO_POWER, x, l.like(x, 0.5))};
}

Values ceil(Lowerer& l, const Node& node) {
  Value* floor = l.unary(Op::STABLEHLO_FLOOR, l.unary(Op::STABLEHLO_NEGATE, node.operand(0)));
  return {l.unary(Op::STABLEHLO_NEGATE, floor)};
}

// To the nearest whole number; halves to the even one.
Values round(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  Value* floor = l.unary(Op::STABLEHLO_FLOOR, x);
  Value* rest = l.binary(Op::STABLEHLO_SUBTRACT, x, floor);
  Value* half = l.like(x, 0.5);
  Value* halved = l.binary(Op::STABLEHLO_MULTIPLY, floor, half);
  Value* is_odd =
      l.compare(STABLEHLO_COMPARISON_DIRECTION_NE, halved, l.unary(Op::STABLEHLO_FLOOR, halved));
  Value* is_half = l.compare(STABLEHLO_COMPARISON_DIRECTION_EQ, rest, half);
  Value* goes_up =
      l.binary(Op::STABLEHLO_OR, l.compare(STABLEHLO_COMPARISON_DIRECTION_GT, rest, half),
               l.binary(Op::STABLEHLO_AND, is_half, is_odd));
  Value* up = l.binary(Op::STABLEHLO_ADD, floor, l.like(x, 1));
  return {l.select(goes_up, up, floor)};
}

Values sign(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  Value* zero = l.like(x, 0);
  // NaN and zeros are their own sign.
  Value* negative =
      l.select(l.compare(STABLEHLO_COMPARISON_DIRECTION_LT, x, zero), l.like(x, -1), x);
  return {l.select(l.compare(STABLEHLO_COMPARISON_DIRECTION_GT, x, zero), l.like(x, 1), negative)};
}

Values logical_not(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  return {l.compare(STABLEHLO_COMPARISON_DIRECTION_EQ, x, l.like(x, 0))};
}

// The bits of one that are not the other's too.
Values bitwise_xor(Lowerer& l, const Node& node) {
  const auto [a, b] = operands(l, node);
  if (a->dtype() == DType::BOOL) return {l.compare(STABLEHLO_COMPARISON_DIRECTION_NE, a, b)};
  return {l.binary(Op::STABLEHLO_SUBTRACT, l.binary(Op::STABLEHLO_OR, a, b),
                   l.binary(Op::STABLEHLO_AND, a, b))};
}

Values cast(Lowerer& l, const Node& node) {
  const auto is_complex = [](const Value* x) {
    return x->dtype() == DType::COMPLEX64 || x->dtype() == DType::COMPLEX128;
  };
  Value* x = node.operand(0);
  if (is_complex(x) != is_complex(node.result()))
    throw Unsupported("StableHLO does not convert between complex and real numbers");
  return {l.convert(x, node.result()->dtype())};
}

Values select(Lowerer& l, const Node& node) {
  const Shape& shape = node.result()->shape();
  Value* condition = node.operand(0);
  // SELECT takes a condition for each row.
  const bool is_by_row = node.op() == Op::SELECT && rank_of(condition) == 1 && shape.rank() > 1;
  condition = is_by_row ? l.broadcast_along(condition, shape.static_dims(), {0})
                        : l.broadcast(condition, shape);
  return {l.select(condition, l.broadcast(node.operand(1), shape),
                   l.broadcast(node.operand(2), shape))};
}

Values zeros_like(Lowerer& l, const Node& node) { return {l.like(node.result(), 0)}; }

}  // namespace

std::span<const Lowering> elementwise_lowerings() {
  static constexpr Lowering kTable[] = {
      {Op::ABS, unary<Op::STABLEHLO_ABS>},
      {Op::ADD, arithmetic<Op::STABLEHLO_ADD, tflite::AddOptionsT>},
      {Op::ADD_N, add_n},
      {Op::BITWISE_XOR, bitwise_xor},
      {Op::CAST, cast},
      {Op::CEIL, ceil},
      {Op::COS, unary<Op::STABLEHLO_COSINE>},
      {Op::DIV, arithmetic<Op::STABLEHLO_DIVIDE, tflite::DivOptionsT>},
      {Op::EQUAL, comparison<STABLEHLO_COMPARISON_DIRECTION_EQ>},
      {Op::EXP, unary<Op::STABLEHLO_EXPONENTIAL>},
      {Op::FLOOR, unary<Op::STABLEHLO_FLOOR>},
      {Op::FLOOR_DIV, floor_div},
      {Op::FLOOR_MOD, floor_mod},
      {Op::GREATER, comparison<STABLEHLO_COMPARISON_DIRECTION_GT>},
      {Op::GREATER_EQUAL, comparison<STABLEHLO_COMPARISON_DIRECTION_GE>},
      {Op::LESS, comparison<STABLEHLO_COMPARISON_DIRECTION_LT>},
      {Op::LESS_EQUAL, comparison<STABLEHLO_COMPARISON_DIRECTION_LE>},
      {Op::LOG, unary<Op::STABLEHLO_LOG>},
      {Op::LOGICAL_AND, binary<Op::STABLEHLO_AND>},
      {Op::LOGICAL_NOT, logical_not},
      {Op::LOGICAL_OR, binary<Op::STABLEHLO_OR>},
      {Op::MAXIMUM, binary<Op::STABLEHLO_MAXIMUM>},
      {Op::MINIMUM, binary<Op::STABLEHLO_MINIMUM>},
      {Op::MUL, arithmetic<Op::STABLEHLO_MULTIPLY, tflite::MulOptionsT>},
      {Op::NEG, unary<Op::STABLEHLO_NEGATE>},
      {Op::NOT_EQUAL, comparison<STABLEHLO_COMPARISON_DIRECTION_NE>},
      {Op::POW, binary<Op::STABLEHLO_POWER>},
      {Op::ROUND, round},
      {Op::RSQRT, unary<Op::STABLEHLO_RSQRT>},
      {Op::SELECT, select},
      {Op::SELECT_V2, select},
      {Op::SIGN, sign},
      {Op::SQRT, sqrt},
      {Op::SQUARE, square},
      {Op::SQUARED_DIFFERENCE, squared_difference},
      {Op::SUB, arithmetic<Op::STABLEHLO_SUBTRACT, tflite::SubOptionsT>},
      {Op::ZEROS_LIKE, zeros_like},
  };
  return kTable;
}

}  // namespace litecast::stablehlo
