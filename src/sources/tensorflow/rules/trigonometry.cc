// Circular and hyperbolic functions, put together from those that the runtime has.
#include "emit/complex_math.h"
#include "emit/exponential.h"
#include "emit/precision.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {

namespace {

Value* exp(RuleContext& c, Value* x) { return emit::unary(c.e, Op::EXP, x); }

// ATAN2 takes operands of one shape.
Value* atan2(Emitter& e, Value* y, Value* x) {
  const auto shape = ir::broadcast(y->shape(), x->shape());
  if (!shape) throw Unsupported("the operands' shapes contradict each other");
  return e.add(Op::ATAN2, {emit::broadcast_to(e, y, *shape), emit::broadcast_to(e, x, *shape)});
}

// √(1 − x²) without cancellation near 1.
Value* cathetus(Emitter& e, Value* x) {
  Value* one = e.scalar(x->dtype(), 1);
  return emit::unary(e, Op::SQRT, emit::mul(e, emit::sub(e, one, x), emit::add(e, one, x)));
}

void atan2_rule(RuleContext& c) { c.output(atan2(c.e, c.input(0), c.input(1))); }

Value* atan_of(Emitter& e, Value* x) { return atan2(e, x, e.scalar(x->dtype(), 1)); }
Value* asin_of(Emitter& e, Value* x) { return atan2(e, x, cathetus(e, x)); }
Value* acos_of(Emitter& e, Value* x) { return atan2(e, cathetus(e, x), x); }

void tan(RuleContext& c) {
  Value* x = c.input(0);
  c.output(emit::div(c.e, emit::unary(c.e, Op::SIN, x), emit::unary(c.e, Op::COS, x)));
}

// (eˣ + e⁻ˣ) / 2
Value* cosh_of(RuleContext& c, Value* x) {
  Value* both = emit::add(c.e, exp(c, x), exp(c, emit::unary(c.e, Op::NEG, x)));
  return emit::mul(c.e, both, c.number(0.5));
}

void cosh(RuleContext& c) { c.output(cosh_of(c, c.input(0))); }

// tanh(x) · cosh(x), because eˣ − e⁻ˣ would cancel near zero.
void sinh(RuleContext& c) {
  Value* x = c.input(0);
  c.output(emit::mul(c.e, emit::unary(c.e, Op::TANH, x), cosh_of(c, x)));
}

// sign(x) · log1p(|x| + |x| · |x| / (1 + √(x² + 1))); the last factor is 1 where x² is too large.
Value* asinh_of(Emitter& e, Value* x) {
  Value* magnitude = emit::unary(e, Op::ABS, x);
  Value* bounded = emit::min(e, magnitude, emit::f32(e, 1e18));
  Value* hypotenuse =
      emit::unary(e, Op::SQRT, emit::add(e, emit::unary(e, Op::SQUARE, bounded), emit::f32(e, 1)));
  Value* factor = emit::div(e, bounded, emit::add(e, hypotenuse, emit::f32(e, 1)));
  Value* excess = emit::add(e, magnitude, emit::mul(e, magnitude, factor));
  return emit::mul(e, emit::unary(e, Op::SIGN, x), emit::log1p(e, excess));
}

// log1p(y + √y · √(y + 2)) with y = x − 1
Value* acosh_of(Emitter& e, Value* x) {
  Value* y = emit::sub(e, x, emit::f32(e, 1));
  Value* product = emit::mul(e, emit::unary(e, Op::SQRT, y),
                             emit::unary(e, Op::SQRT, emit::add(e, x, emit::f32(e, 1))));
  return emit::log1p(e, emit::add(e, y, product));
}

// y = log((1 + x) / (1 − x)) / 2, to which a step of Newton's method on tanh(y) = x brings digits
// near zero.
Value* atanh_of(Emitter& e, Value* x) {
  Value* one = emit::f32(e, 1);
  Value* ratio = emit::div(e, emit::add(e, one, x), emit::sub(e, one, x));
  Value* y = emit::mul(e, emit::unary(e, Op::LOG, ratio), emit::f32(e, 0.5));
  Value* missing = emit::sub(e, x, emit::unary(e, Op::TANH, y));
  Value* magnitude = emit::unary(e, Op::ABS, x);
  Value* is_near_zero = emit::binary(e, Op::LESS, magnitude, emit::f32(e, 0.25));
  return emit::select(e, is_near_zero, emit::add(e, y, missing), y);
}

template <Value* (*of_real)(Emitter&, Value*), Value* (*of_complex)(Emitter&, Value*)>
void inverse_function(RuleContext& c) {
  Value* x = c.input(0);
  if (x->dtype() == DType::COMPLEX64) return c.output(of_complex(c.e, x));
  c.output(emit::in_f32(c.e, {x}, [&](auto in) { return of_real(c.e, in[0]); }));
}

constexpr Rule kTrigonometryRules[] = {
    {"Acos", inverse_function<acos_of, emit::complex_acos>},
    {"Acosh", inverse_function<acosh_of, emit::complex_acosh>},
    {"Asin", inverse_function<asin_of, emit::complex_asin>},
    {"Asinh", inverse_function<asinh_of, emit::complex_asinh>},
    {"Atan", inverse_function<atan_of, emit::complex_atan>},
    {"Atan2", atan2_rule},
    {"Atanh", inverse_function<atanh_of, emit::complex_atanh>},
    {"Cosh", cosh},
    {"Sinh", sinh},
    {"Tan", tan},
};

}  // namespace

std::span<const Rule> trigonometry() { return kTrigonometryRules; }

}  // namespace litecast::tensorflow::rules
