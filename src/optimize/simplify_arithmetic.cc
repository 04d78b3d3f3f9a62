// Arithmetic with constants in one form, so that other rewrites need to know that form alone:
//
//   DIV(x, c)            ─▶  MUL(x, 1 / c)          float; not where a rounding follows
//   SUB(x, c)            ─▶  ADD(x, −c)             float
//   MUL(MUL(x, c), d)    ─▶  MUL(x, c · d)          float; the inner MUL has no other user
//   ADD(ADD(x, c), d)    ─▶  ADD(x, c + d)
//   MUL(ADD(x, c), d)    is left alone: x·d + c·d may fuse better or worse, depending on x.
//   x · 1, x + 0, x − 0  ─▶  x                      where broadcasting does not change the shape
//   x · 0                ─▶  0                      integers: no NaN to be kept
//   LOGISTIC(x) · 0      ─▶  0                      a gate before a state that begins with zero; it
//                                                   is finite, and a NaN reaches the cell otherwise
//   POW(x, 1 | 2 | ½ | −½)  ─▶  x | SQUARE | SQRT | RSQRT
//   x AND x, x OR x      ─▶  x
//   DIV(1, SQRT(x))      ─▶  RSQRT(x);   DIV(y, SQRT(x)) stays: it is as many ops.
#include "optimize/activation.h"
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

// c1 op c2 as a constant, when the Builder folds it at once.
Value* folded(Builder& builder, Op op, Value* a, Value* b) {
  Value* v = try_add(builder, op, {a, b});
  return v && v->is_constant() ? v : nullptr;
}

bool is_small_float_constant(const Value* v) {
  return v->is_constant() && v->dtype() == DType::FLOAT32 && v->constant()->is_small();
}

bool is_power_of_two(double d) {
  int exponent;
  return std::abs(std::frexp(d, &exponent)) == 0.5;
}

// Whether the value's fraction is cut off: x · (1 / c) may lie just below a whole number x / c.
bool is_rounded(const Value* value) {
  std::vector<const Value*> magnitudes = {value};  // the value, and those of it that ABS gives
  while (!magnitudes.empty()) {
    const Value* x = magnitudes.back();
    magnitudes.pop_back();
    for (const ir::Use& use : x->uses()) {
      const Node& n = *use.node;
      if (n.op() == Op::FLOOR || n.op() == Op::CEIL || n.op() == Op::ROUND) return true;
      if (n.op() == Op::CAST && ir::is_integer(n.result()->dtype())) return true;
      if (n.op() == Op::ABS) magnitudes.push_back(n.result());
    }
  }
  return false;
}

Value* divide_by_constant(Node& node, Builder& builder) {
  Value* c = node.operand(1);
  if (!is_small_float_constant(c)) return nullptr;
  // A vector saves no time, and it may hold the scales of what is rounded later.
  if (node.result()->shape().is_ranked() && node.result()->shape().rank() < 2) return nullptr;
  // 1 / 0 and subnormal reciprocals would change what comes out.
  const std::vector<double> divisors = ir::real_values(*c->constant());
  for (double d : divisors)
    if (!std::isfinite(d) || std::abs(d) < 1e-30 || std::abs(d) > 1e30) return nullptr;
  if (is_rounded(node.result()) && !std::ranges::all_of(divisors, is_power_of_two)) return nullptr;
  Value* reciprocal = folded(builder, Op::DIV, builder.scalar(DType::FLOAT32, 1), c);
  if (!reciprocal) return nullptr;
  tflite::MulOptionsT options;
  options.fused_activation_function = *activation_of(node);
  return try_add(builder, Op::MUL, {node.operand(0), reciprocal}, std::move(options));
}

Value* subtract_constant(Node& node, Builder& builder) {
  Value* c = node.operand(1);
  if (!is_small_float_constant(c)) return nullptr;
  Value* negated = try_add(builder, Op::NEG, {c});
  if (!negated || !negated->is_constant()) return nullptr;
  tflite::AddOptionsT options;
  options.fused_activation_function = *activation_of(node);
  return try_add(builder, Op::ADD, {node.operand(0), negated}, std::move(options));
}

// The result has the shape of `x`: what is left out did not broadcast it.
bool keeps_type(const Node& node, const Value* x) { return node.result()->type() == x->type(); }

// Of floats and integers alike.
bool every_element_is(const Value* constant, int number) {
  if (!ir::is_integer(constant->dtype())) return is_splat_of(constant, number);
  const auto element = constant->constant()->splat_element();
  return element &&
         ir::integer_values(*ir::Constant::owned(constant->dtype(), {}, *element))[0] == number;
}

Value* drop_neutral(Node& node, int neutral) {
  const ConstantOperand operand = constant_operand(node);
  if (!operand || !is_linear(node) || !keeps_type(node, operand.other)) return nullptr;
  return every_element_is(operand.constant, neutral) ? operand.other : nullptr;
}

Value* merge_constants(Node& node, Builder& builder) {
  const ConstantOperand outer = constant_operand(node);
  if (!outer || !is_small_float_constant(outer.constant)) return nullptr;
  Node* inner_node = only_producer(outer.other, node.op());
  if (!inner_node || !is_linear(*inner_node)) return nullptr;
  const ConstantOperand inner = constant_operand(*inner_node);
  if (!inner || !is_small_float_constant(inner.constant)) return nullptr;
  Value* merged = folded(builder, node.op(), inner.constant, outer.constant);
  if (!merged || !merged->constant()->is_small()) return nullptr;
  return try_add(builder, node.op(), {inner.other, merged}, node.options());
}

// Whether the value is part of what a gate gives, which is finite.
bool is_gate(const Value* value) {
  const Node* node = value->producer();
  while (node && (node->op() == Op::SPLIT || node->op() == Op::SLICE ||
                  node->op() == Op::STRIDED_SLICE || node->op() == Op::RESHAPE))
    node = node->operand(node->op() == Op::SPLIT ? 1 : 0)->producer();
  return node && (node->op() == Op::LOGISTIC || node->op() == Op::TANH);
}

Value* zero_product(Node& node, Builder& builder) {
  const ConstantOperand operand = constant_operand(node);
  const ir::Type& type = node.result()->type();
  if (!operand || !type.shape.is_static()) return nullptr;
  if (!ir::is_integer(type.dtype) && !(is_linear(node) && is_gate(operand.other))) return nullptr;
  const auto element = operand.constant->constant()->splat_element();
  if (!element || std::ranges::any_of(*element, [](std::byte b) { return b != std::byte{0}; }))
    return nullptr;
  return builder.constant(ir::Constant::splat(type.dtype, type.shape.static_dims(), *element));
}

Value* multiply(Node& node, Builder& builder) {
  if (Value* v = zero_product(node, builder)) return v;
  if (Value* v = drop_neutral(node, 1)) return v;
  return merge_constants(node, builder);
}
Value* add(Node& node, Builder& builder) {
  if (Value* v = drop_neutral(node, 0)) return v;
  return merge_constants(node, builder);
}
Value* subtract(Node& node, Builder& builder) { return subtract_constant(node, builder); }

Value* divide(Node& node, Builder& builder) {
  if (Node* root = only_producer(node.operand(1), Op::SQRT);
      root && is_splat_of(node.operand(0), 1) && is_linear(node) &&
      node.result()->type() == root->result()->type())
    return try_add(builder, Op::RSQRT, {root->operand(0)});
  return divide_by_constant(node, builder);
}

Value* power(Node& node, Builder& builder) {
  Value* x = node.operand(0);
  const auto exponent = splat_value(node.operand(1));
  if (!exponent || !keeps_type(node, x)) return nullptr;
  if (*exponent == 1) return x;
  if (*exponent == 2) return try_add(builder, Op::SQUARE, {x});
  if (*exponent == 0.5) return try_add(builder, Op::SQRT, {x});
  if (*exponent == -0.5) return try_add(builder, Op::RSQRT, {x});
  return nullptr;
}

Value* drop_repeated(Node& node, Builder&) {
  return node.operand(0) == node.operand(1) ? node.operand(0) : nullptr;
}

}  // namespace

const Rewrite kSimplifyLogic = {"simplify_logic", {Op::LOGICAL_AND, Op::LOGICAL_OR}, drop_repeated};
const Rewrite kSimplifyMul = {"simplify_mul", {Op::MUL}, multiply};
const Rewrite kSimplifyAdd = {"simplify_add", {Op::ADD}, add};
const Rewrite kSimplifySub = {"simplify_sub", {Op::SUB}, subtract};
const Rewrite kSimplifyDiv = {"simplify_div", {Op::DIV}, divide};
const Rewrite kSimplifyPow = {"simplify_pow", {Op::POW}, power};

}  // namespace litecast::optimize
