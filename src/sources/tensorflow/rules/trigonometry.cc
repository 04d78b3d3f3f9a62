// Circular and hyperbolic functions, put together from those that the runtime has.
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {

namespace {

Value* root(RuleContext& c, Value* x) { return emit::unary(c.e, Op::SQRT, x); }
Value* log(RuleContext& c, Value* x) { return emit::unary(c.e, Op::LOG, x); }
Value* exp(RuleContext& c, Value* x) { return emit::unary(c.e, Op::EXP, x); }

// ATAN2 takes operands of one shape.
Value* atan2(RuleContext& c, Value* y, Value* x) {
  const auto shape = ir::broadcast(y->shape(), x->shape());
  if (!shape) throw Unsupported("the operands' shapes contradict each other");
  return c.e.add(Op::ATAN2,
                 {emit::broadcast_to(c.e, y, *shape), emit::broadcast_to(c.e, x, *shape)});
}

// √(1 − x²) without cancellation near 1.
Value* cathetus(RuleContext& c, Value* x) {
  Value* one = c.number(1);
  return root(c, emit::mul(c.e, emit::sub(c.e, one, x), emit::add(c.e, one, x)));
}

void atan2_rule(RuleContext& c) { c.output(atan2(c, c.input(0), c.input(1))); }

void atan(RuleContext& c) { c.output(atan2(c, c.input(0), c.number(1))); }

void asin(RuleContext& c) { c.output(atan2(c, c.input(0), cathetus(c, c.input(0)))); }

void acos(RuleContext& c) { c.output(atan2(c, cathetus(c, c.input(0)), c.input(0))); }

void tan(RuleContext& c) {
  Value* x = c.input(0);
  c.output(emit::div(c.e, emit::unary(c.e, Op::SIN, x), emit::unary(c.e, Op::COS, x)));
}

// (eˣ ∓ e⁻ˣ) / 2
template <Op op>
void hyperbolic(RuleContext& c) {
  Value* x = c.input(0);
  Value* both = emit::binary(c.e, op, exp(c, x), exp(c, emit::unary(c.e, Op::NEG, x)));
  c.output(emit::mul(c.e, both, c.number(0.5)));
}

// sign(x) · log(|x| + √(x² + 1))
void asinh(RuleContext& c) {
  Value* x = c.input(0);
  Value* magnitude = emit::unary(c.e, Op::ABS, x);
  Value* hypotenuse = root(c, emit::add(c.e, emit::unary(c.e, Op::SQUARE, x), c.number(1)));
  Value* result = log(c, emit::add(c.e, magnitude, hypotenuse));
  c.output(emit::mul(c.e, emit::unary(c.e, Op::SIGN, x), result));
}

// log(x + √((x − 1)(x + 1)))
void acosh(RuleContext& c) {
  Value* x = c.input(0);
  Value* one = c.number(1);
  Value* product = emit::mul(c.e, emit::sub(c.e, x, one), emit::add(c.e, x, one));
  c.output(log(c, emit::add(c.e, x, root(c, product))));
}

// log((1 + x) / (1 − x)) / 2
void atanh(RuleContext& c) {
  Value* x = c.input(0);
  Value* one = c.number(1);
  Value* ratio = emit::div(c.e, emit::add(c.e, one, x), emit::sub(c.e, one, x));
  c.output(emit::mul(c.e, log(c, ratio), c.number(0.5)));
}

constexpr Rule kTrigonometryRules[] = {
    {"Acos", acos},
    {"Acosh", acosh},
    {"Asin", asin},
    {"Asinh", asinh},
    {"Atan", atan},
    {"Atan2", atan2_rule},
    {"Atanh", atanh},
    {"Cosh", hyperbolic<Op::ADD>},
    {"Sinh", hyperbolic<Op::SUB>},
    {"Tan", tan},
};

}  // namespace

std::span<const Rule> trigonometry() { return kTrigonometryRules; }

}  // namespace litecast::tensorflow::rules
