#include "emit/complex_math.h"

#include <numbers>

#include "emit/arith.h"
#include "emit/complex.h"
#include "emit/precision.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

Value* halved_real(Emitter& e, Value* x) { return mul(e, x, f32(e, 0.5)); }
Value* real_sin(Emitter& e, Value* x) { return unary(e, Op::SIN, x); }
Value* real_cos(Emitter& e, Value* x) { return unary(e, Op::COS, x); }
Value* minus(Emitter& e, Value* x) { return unary(e, Op::NEG, x); }
Value* real_cosh(Emitter& e, Value* x) {
  return halved_real(e, add(e, unary(e, Op::EXP, x), unary(e, Op::EXP, minus(e, x))));
}
Value* real_sinh(Emitter& e, Value* x) { return mul(e, unary(e, Op::TANH, x), real_cosh(e, x)); }

Value* squared_length_of(Emitter& e, ComplexParts z) {
  return add(e, mul(e, z.real, z.real), mul(e, z.imag, z.imag));
}
Value* length_of(Emitter& e, ComplexParts z) { return unary(e, Op::SQRT, squared_length_of(e, z)); }

ComplexParts exp_of(Emitter& e, ComplexParts z) {
  Value* growth = unary(e, Op::EXP, z.real);
  return {mul(e, growth, real_cos(e, z.imag)), mul(e, growth, real_sin(e, z.imag))};
}

ComplexParts log_of(Emitter& e, ComplexParts z) {
  return {unary(e, Op::LOG, length_of(e, z)), e.add(Op::ATAN2, {z.imag, z.real})};
}

// The larger part is √((|z| + |x|) / 2), the other one y divided by twice that.
ComplexParts sqrt_of(Emitter& e, ComplexParts z) {
  Value* sum = add(e, length_of(e, z), unary(e, Op::ABS, z.real));
  Value* large = unary(e, Op::SQRT, halved_real(e, sum));
  Value* divisor = max(e, add(e, large, large), f32(e, 1e-37));
  Value* small = div(e, unary(e, Op::ABS, z.imag), divisor);
  Value* is_right = binary(e, Op::GREATER_EQUAL, z.real, f32(e, 0));
  Value* imag = select(e, is_right, small, large);
  Value* is_above = binary(e, Op::GREATER_EQUAL, z.imag, f32(e, 0));
  return {select(e, is_right, large, small), select(e, is_above, imag, minus(e, imag))};
}

// a · conj(b) / |b|²
ComplexParts divide_of(Emitter& e, ComplexParts a, ComplexParts b) {
  Value* square = squared_length_of(e, b);
  const ComplexParts product = multiply(e, a, {b.real, minus(e, b.imag)});
  return {div(e, product.real, square), div(e, product.imag, square)};
}

ComplexParts reciprocal_of(Emitter& e, ComplexParts z) {
  Value* square = squared_length_of(e, z);
  return {div(e, z.real, square), minus(e, div(e, z.imag, square))};
}

ComplexParts sin_of(Emitter& e, ComplexParts z) {
  return {mul(e, real_sin(e, z.real), real_cosh(e, z.imag)),
          mul(e, real_cos(e, z.real), real_sinh(e, z.imag))};
}

ComplexParts cos_of(Emitter& e, ComplexParts z) {
  Value* product = mul(e, real_sin(e, z.real), real_sinh(e, z.imag));
  return {mul(e, real_cos(e, z.real), real_cosh(e, z.imag)), minus(e, product)};
}

// (sinh 2x + i sin 2y) / (cosh 2x + cos 2y)
ComplexParts tanh_of(Emitter& e, ComplexParts z) {
  Value* x = add(e, z.real, z.real);
  Value* y = add(e, z.imag, z.imag);
  Value* divisor = add(e, real_cosh(e, x), real_cos(e, y));
  return {div(e, real_sinh(e, x), divisor), div(e, real_sin(e, y), divisor)};
}

ComplexParts logistic_of(Emitter& e, ComplexParts z) {
  const ComplexParts decay = exp_of(e, {minus(e, z.real), minus(e, z.imag)});
  return reciprocal_of(e, {add(e, decay.real, f32(e, 1)), decay.imag});
}

// z / |z|, and zero of zero.
ComplexParts sign_of(Emitter& e, ComplexParts z) {
  Value* length = max(e, length_of(e, z), f32(e, 1e-37));
  return {div(e, z.real, length), div(e, z.imag, length)};
}

ComplexParts round_of(Emitter& e, ComplexParts z) {
  return {unary(e, Op::ROUND, z.real), unary(e, Op::ROUND, z.imag)};
}

struct Function {
  Op op;
  ComplexParts (*of)(Emitter&, ComplexParts);
};

ComplexParts rsqrt_of(Emitter& e, ComplexParts z) { return reciprocal_of(e, sqrt_of(e, z)); }

constexpr Function kFunctions[] = {
    {Op::COS, cos_of},     {Op::EXP, exp_of},     {Op::LOG, log_of},   {Op::LOGISTIC, logistic_of},
    {Op::ROUND, round_of}, {Op::RSQRT, rsqrt_of}, {Op::SIGN, sign_of}, {Op::SIN, sin_of},
    {Op::SQRT, sqrt_of},   {Op::TANH, tanh_of},
};

Value* pairs_of(Emitter& e, Value* x) { return bitcast(e, x, DType::FLOAT32); }

// Complex numbers are equal when both parts are.
Value* equality_of(Emitter& e, Op op, Value* a, Value* b) {
  const int last = -1;
  Value* parts = binary(e, op, pairs_of(e, a), pairs_of(e, b));
  return reduce(e, op == Op::EQUAL ? Op::REDUCE_ALL : Op::REDUCE_ANY, parts, {&last, 1}, false);
}

// exp(b · log(a)); of zero it is zero, or one where b is zero too.
Value* complex_power(Emitter& e, Value* a, Value* b) {
  Value* logarithm = complex_unary(e, Op::LOG, a);
  Value* result = complex_unary(e, Op::EXP, mul(e, b, logarithm));
  Value* zero = e.scalar(DType::COMPLEX64, 0);
  Value* of_zero =
      select(e, equality_of(e, Op::EQUAL, b, zero), e.scalar(DType::COMPLEX64, 1), zero);
  return select(e, equality_of(e, Op::EQUAL, a, zero), of_zero, result);
}

// −i · f(i · z): a hyperbolic function of a circle's coordinate.
Value* turned(Emitter& e, Value* z, Value* (*f)(Emitter&, Value*)) {
  const auto [real, imag] = complex_parts(e, z);
  const auto [x, y] = complex_parts(e, f(e, make_complex(e, {minus(e, imag), real})));
  return make_complex(e, {y, minus(e, x)});
}

}  // namespace

Value* complex_unary(Emitter& e, Op op, Value* x) {
  const auto* function = std::ranges::find(kFunctions, op, &Function::op);
  if (function == std::end(kFunctions)) return nullptr;
  return make_complex(e, function->of(e, complex_parts(e, x)));
}

Value* complex_binary(Emitter& e, Op op, Value* a, Value* b) {
  switch (op) {
    case Op::ADD:
    case Op::SUB:
      return bitcast(e, binary(e, op, pairs_of(e, a), pairs_of(e, b)), DType::COMPLEX64);
    case Op::DIV:
      return make_complex(e, divide_of(e, complex_parts(e, a), complex_parts(e, b)));
    case Op::POW:
      return complex_power(e, a, b);
    case Op::EQUAL:
    case Op::NOT_EQUAL:
      return equality_of(e, op, a, b);
    default:
      return nullptr;
  }
}

Value* complex_asinh(Emitter& e, Value* z) {
  Value* one = e.scalar(DType::COMPLEX64, 1);
  Value* hypotenuse = complex_unary(e, Op::SQRT, add(e, mul(e, z, z), one));
  return complex_unary(e, Op::LOG, add(e, z, hypotenuse));
}

Value* complex_acosh(Emitter& e, Value* z) {
  Value* one = e.scalar(DType::COMPLEX64, 1);
  Value* root = mul(e, complex_unary(e, Op::SQRT, add(e, z, one)),
                    complex_unary(e, Op::SQRT, sub(e, z, one)));
  return complex_unary(e, Op::LOG, add(e, z, root));
}

Value* complex_atanh(Emitter& e, Value* z) {
  Value* one = e.scalar(DType::COMPLEX64, 1);
  Value* difference =
      sub(e, complex_unary(e, Op::LOG, add(e, one, z)), complex_unary(e, Op::LOG, sub(e, one, z)));
  return mul(e, difference, e.scalar(DType::COMPLEX64, 0.5));
}

Value* complex_asin(Emitter& e, Value* z) { return turned(e, z, complex_asinh); }
Value* complex_atan(Emitter& e, Value* z) { return turned(e, z, complex_atanh); }
Value* complex_acos(Emitter& e, Value* z) {
  return sub(e, e.scalar(DType::COMPLEX64, std::numbers::pi / 2), complex_asin(e, z));
}

}  // namespace litecast::emit
