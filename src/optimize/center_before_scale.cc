// A normalisation whose mean is taken off after the scaling takes it off before:
//
//   ADD(MUL(x, s), ADD(MUL(NEG(m), s), b))   ─▶   ADD(MUL(SUB(x, m), s), b)
//
// where s and m are computed, as layer normalisation does; with constants everything folds anyway.
// It is two ops fewer, and exact where x·s and m·s are large and nearly cancel. A constant factor
// of s, the gain, comes last, where what follows can take it in:
//
//   MUL(SUB(x, m), MUL(r, g))                ─▶   MUL(MUL(SUB(x, m), r), g)
//
// but where rows are short: there XNNPACK takes longer for what is the same all along a row (r)
// than for one element by another (r·g).
#include "optimize/activation.h"
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

// What is added to x·s: b − m·s.
struct Offset {
  Value* mean = nullptr;
  Value* scale = nullptr;
  Value* constant = nullptr;  // b; null: zero
};

bool is_linear_op(const Node* node) { return node && is_linear(*node); }

Offset negated_product(const Value* value) {
  const Node* product = only_producer(value, Op::MUL);
  if (!is_linear_op(product)) return {};
  for (const int i : {0, 1})
    if (const Node* negated = producer(product->operand(i), Op::NEG))
      return {negated->operand(0), product->operand(1 - i)};
  return {};
}

Offset offset(const Value* value) {
  if (const Node* sum = only_producer(value, Op::ADD); is_linear_op(sum)) {
    const ConstantOperand operand = constant_operand(*sum);
    Offset o = negated_product(operand.other);
    o.constant = operand.constant;
    return o;
  }
  if (const Node* rest = only_producer(value, Op::SUB);
      is_linear_op(rest) && rest->operand(0)->is_constant()) {
    const Node* product = only_producer(rest->operand(1), Op::MUL);
    if (!is_linear_op(product)) return {};
    return {product->operand(0), product->operand(1), rest->operand(0)};
  }
  return negated_product(value);
}

// The factors of `product` as {x, s}, where o.scale is one of them; in a difference b − m·s it is
// not said which of the two is the scale.
std::pair<Value*, Value*> factors_by(const Node& product, Offset& o) {
  for (const int i : {0, 1}) {
    if (product.operand(1 - i) == o.mean) std::swap(o.mean, o.scale);
    if (product.operand(1 - i) == o.scale) return {product.operand(i), o.scale};
  }
  return {};
}

constexpr std::int64_t kShortRow = 16;

bool has_short_rows(const Value* value) {
  const ir::Shape& shape = value->shape();
  return shape.rank() > 0 && shape[-1].is_constant() && shape[-1].value() < kShortRow;
}

Value* times(Builder& builder, Value* a, Value* b) {
  return a ? try_add(builder, Op::MUL, {a, b}, tflite::MulOptionsT()) : nullptr;
}

// d · s, by its gain last where nothing but the two products uses s.
Value* scale_by(Builder& builder, Value* d, Value* s) {
  const Node* gained = producer(s, Op::MUL);
  const ConstantOperand gain = gained && s->uses().size() == 2 && is_linear(*gained)
                                   ? constant_operand(*gained)
                                   : ConstantOperand();
  if (!gain || has_short_rows(d)) return times(builder, d, s);
  return times(builder, times(builder, d, gain.other), gain.constant);
}

Value* center_before_scale(Node& node, Builder& builder) {
  if (!is_linear(node)) return nullptr;
  const ir::Type& type = node.result()->type();
  for (const int i : {0, 1}) {
    const Node* product = only_producer(node.operand(i), Op::MUL);
    if (!is_linear_op(product)) continue;
    Value* rest = node.operand(1 - i);
    Offset o = offset(rest);
    if (!o.mean) continue;
    const auto [x, s] = factors_by(*product, o);
    if (!x || s->is_constant() || o.mean->is_constant() || x->type() != type) continue;
    // A small b − m·s would be exchanged for one pass over all elements more.
    if (o.constant && rest->type() != type) continue;
    Value* centered = try_add(builder, Op::SUB, {x, o.mean}, tflite::SubOptionsT());
    Value* scaled = centered && centered->type() == type ? scale_by(builder, centered, s) : nullptr;
    if (!scaled || !o.constant) return scaled;
    return try_add(builder, Op::ADD, {scaled, o.constant}, node.options());
  }
  return nullptr;
}

}  // namespace

const Rewrite kCenterBeforeScale = {"center_before_scale", {Op::ADD}, center_before_scale};

}  // namespace litecast::optimize
