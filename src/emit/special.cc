#include "emit/special.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "emit/arith.h"
#include "emit/precision.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kPi = std::numbers::pi;

Value* square(Emitter& e, Value* x) { return mul(e, x, x); }

// x(x + 1)…(x + 5) = u(u + 4)(u + 6) with u = x² + 5x.
struct Rise {
  Value* u;
  Value* product;
};

Rise rise(Emitter& e, Value* x) {
  Value* u = mul(e, x, add(e, x, f32(e, 5)));
  Value* product = mul(e, mul(e, u, add(e, u, f32(e, 4))), add(e, u, f32(e, 6)));
  return {u, product};
}

// A positive argument as Stirling's series wants it: at least 6.
struct Raised {
  Value* is_small;
  Value* y;
};

Raised raised(Emitter& e, Value* x) {
  Value* is_small = binary(e, Op::LESS, x, f32(e, 6));
  return {is_small, select(e, is_small, add(e, x, f32(e, 6)), x)};
}

Value* log_gamma_of_positive(Emitter& e, Value* x) {
  constexpr double kSeries[] = {1.0 / 1260, -1.0 / 360, 1.0 / 12};
  const auto [is_small, y] = raised(e, x);
  Value* inverse = div(e, f32(e, 1), y);
  Value* correction = mul(e, inverse, polynomial(e, square(e, inverse), kSeries));
  Value* main = sub(e, mul(e, sub(e, y, f32(e, 0.5)), unary(e, Op::LOG, y)), y);
  Value* stirling = add(e, main, add(e, correction, f32(e, 0.5 * std::log(2 * kPi))));
  Value* factor = select(e, is_small, rise(e, x).product, f32(e, 1));
  return sub(e, stirling, unary(e, Op::LOG, factor));
}

// Σ 1/(x + i) for i < 6: the derivative of the product's logarithm.
Value* sum_of_inverses(Emitter& e, Value* x) {
  constexpr double kDerivative[] = {3, 20, 24};
  const auto [u, product] = rise(e, x);
  Value* inner = add(e, add(e, x, x), f32(e, 5));
  return div(e, mul(e, inner, polynomial(e, u, kDerivative)), product);
}

Value* digamma_of_positive(Emitter& e, Value* x) {
  constexpr double kSeries[] = {1.0 / 252, -1.0 / 120, 1.0 / 12};
  const auto [is_small, y] = raised(e, x);
  Value* inverse = div(e, f32(e, 1), y);
  Value* squared = square(e, inverse);
  Value* correction =
      add(e, mul(e, inverse, f32(e, 0.5)), mul(e, squared, polynomial(e, squared, kSeries)));
  Value* asymptotic = sub(e, unary(e, Op::LOG, y), correction);
  return sub(e, asymptotic, select(e, is_small, sum_of_inverses(e, x), f32(e, 0)));
}

// The argument of which both sides of a reflection formula are made: 1 − x below one half.
struct Reflection {
  Value* is_reflected;
  Value* argument;
};

Reflection reflection(Emitter& e, Value* x) {
  Value* is_reflected = binary(e, Op::LESS, x, f32(e, 0.5));
  return {is_reflected, select(e, is_reflected, sub(e, f32(e, 1), x), x)};
}

// ndtri(p)/(2p − 1) as a function of s = √−log 4p(1 − p), for p down to the smallest float32.
constexpr double kQuantileAbove[] = {0.0029169606, -0.000916378196, -0.00253517639, 0.0859575187,
                                     -0.166660879, 0.586394804,     -0.614187905,   1.25331329};
constexpr double kQuantileBelow[] = {
    0.00207319616, -0.00101485502, 0.00739925286, -0.00729500925, 0.206648361, -0.490099048, 1.0};
constexpr double kLargestLog = 88;

// `centered` is 2p − 1, `rest` 4p(1 − p), each as exact as it can be had.
Value* quantile(Emitter& e, Value* centered, Value* rest) {
  Value* log = unary(e, Op::NEG, unary(e, Op::LOG, rest));
  // The first lies a hair below zero where the rest is rounded above one.
  Value* bounded = min(e, max(e, log, f32(e, 0)), f32(e, kLargestLog));
  Value* s = unary(e, Op::SQRT, bounded);
  Value* ratio = div(e, polynomial(e, s, kQuantileAbove), polynomial(e, s, kQuantileBelow));
  return mul(e, centered, ratio);
}

Value* with_ends(Emitter& e, Value* y, Value* x, double low, double high) {
  y = select(e, binary(e, Op::EQUAL, x, f32(e, high)), f32(e, kInfinity), y);
  return select(e, binary(e, Op::EQUAL, x, f32(e, low)), f32(e, -kInfinity), y);
}

// Up to 5 a polynomial in x², beyond one in 5/x.
constexpr double kNear = 5;
struct BesselSeries {
  double near[7];
  double far[6];
};
constexpr BesselSeries kI0 = {
    {6.97341463e-10, 6.06659957e-08, 6.88674827e-06, 0.000433279513, 0.0156273688, 0.249997435,
     1.0000004},
    {0.000111930137, 4.61334678e-05, 0.000192618941, 0.00114695998, 0.00996981295, 0.398942364}};
constexpr BesselSeries kI1 = {
    {4.80927453e-11, 5.17542885e-09, 6.85566441e-07, 5.41967302e-05, 0.00260436493, 0.0624997546,
     0.500000046},
    {-0.00014341179, -3.75739421e-05, -0.000297352323, -0.00189404196, -0.0299167574, 0.398942187}};

// Of magnitudes; `odd`: with one more factor x in the near series.
Value* bessel(Emitter& e, Value* magnitude, const BesselSeries& series, bool odd, bool scaled) {
  Value* near = polynomial(e, square(e, magnitude), series.near);
  if (odd) near = mul(e, near, magnitude);
  Value* far = div(e, polynomial(e, div(e, f32(e, kNear), magnitude), series.far),
                   unary(e, Op::SQRT, magnitude));
  Value* growth = unary(e, Op::EXP, scaled ? unary(e, Op::NEG, magnitude) : magnitude);
  (scaled ? near : far) = mul(e, scaled ? near : far, growth);
  return select(e, binary(e, Op::LESS, magnitude, f32(e, kNear)), near, far);
}

}  // namespace

Value* polynomial(Emitter& e, Value* x, std::span<const double> coefficients) {
  Value* result = f32(e, coefficients.front());
  for (double coefficient : coefficients.subspan(1))
    result = add(e, mul(e, result, x), f32(e, coefficient));
  return result;
}

Value* log_gamma(Emitter& e, Value* x) {
  const auto [is_reflected, argument] = reflection(e, x);
  Value* positive = log_gamma_of_positive(e, argument);
  // sin πx has the period 1 but for its sign: far from zero only the fraction counts.
  Value* magnitude = unary(e, Op::ABS, x);
  Value* fraction = sub(e, magnitude, unary(e, Op::FLOOR, magnitude));
  fraction = min(e, fraction, sub(e, f32(e, 1), fraction));
  Value* sine = unary(e, Op::SIN, mul(e, fraction, f32(e, kPi)));
  Value* reflected = sub(e, f32(e, std::log(kPi)), add(e, unary(e, Op::LOG, sine), positive));
  Value* has_value = binary(e, Op::GREATER, fraction, f32(e, 0));
  reflected = select(e, has_value, reflected, f32(e, kInfinity));
  return select(e, is_reflected, reflected, positive);
}

Value* digamma(Emitter& e, Value* x) {
  const auto [is_reflected, argument] = reflection(e, x);
  Value* positive = digamma_of_positive(e, argument);
  Value* angle = mul(e, sub(e, x, unary(e, Op::ROUND, x)), f32(e, kPi));
  Value* cotangent = div(e, unary(e, Op::COS, angle), unary(e, Op::SIN, angle));
  Value* reflected = sub(e, positive, mul(e, cotangent, f32(e, kPi)));
  return select(e, is_reflected, reflected, positive);
}

// Euler's and Maclaurin's formula: the first terms, the integral over the others, and what
// Bernoulli's numbers correct.
Value* zeta(Emitter& e, Value* x, Value* q) {
  constexpr std::int64_t kTerms = 9;
  // B₂ₖ / (2k)!
  constexpr double kBernoulli[] = {1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600,
                                   1.0 / 47900160};
  std::vector<float> steps;
  for (std::int64_t i = 0; i < kTerms; ++i) steps.push_back(static_cast<float>(i));
  Value* offsets = f32_tensor(e, {kTerms}, steps);
  Value* exponent = unary(e, Op::NEG, x);
  const int last = -1;
  const auto column = [&](Value* v) { return expand_dims(e, v, {&last, 1}); };
  Value* terms = binary(e, Op::POW, add(e, column(q), offsets), column(exponent));
  Value* sum = reduce(e, Op::SUM, terms, {&last, 1}, false);
  Value* rest = add(e, q, f32(e, kTerms));
  Value* power = binary(e, Op::POW, rest, exponent);
  Value* tail = mul(e, power, add(e, div(e, rest, sub(e, x, f32(e, 1))), f32(e, 0.5)));
  sum = add(e, sum, tail);
  Value* factor = div(e, mul(e, power, x), rest);
  for (int k = 0; k < 5; ++k) {
    sum = add(e, sum, mul(e, factor, f32(e, kBernoulli[k])));
    if (k == 4) break;
    Value* next = mul(e, add(e, x, f32(e, 2 * k + 1)), add(e, x, f32(e, 2 * k + 2)));
    factor = div(e, mul(e, factor, next), square(e, rest));
  }
  return sum;
}

Value* inverse_erf(Emitter& e, Value* x) {
  Value* one = f32(e, 1);
  Value* y = quantile(e, x, mul(e, sub(e, one, x), add(e, one, x)));
  return with_ends(e, mul(e, y, f32(e, std::numbers::sqrt2 / 2)), x, -1, 1);
}

Value* normal_quantile(Emitter& e, Value* p) {
  Value* rest = mul(e, mul(e, p, f32(e, 4)), sub(e, f32(e, 1), p));
  return with_ends(e, quantile(e, sub(e, add(e, p, p), f32(e, 1)), rest), p, 0, 1);
}

Value* bessel_i0(Emitter& e, Value* x, bool scaled) {
  return bessel(e, unary(e, Op::ABS, x), kI0, false, scaled);
}

Value* bessel_i1(Emitter& e, Value* x, bool scaled) {
  Value* magnitude = bessel(e, unary(e, Op::ABS, x), kI1, true, scaled);
  return mul(e, unary(e, Op::SIGN, x), magnitude);
}

// Neighbours have bits whose numbers differ by one, and grow away from zero.
Value* next_after(Emitter& e, Value* x, Value* y) {
  const auto i32 = [&](std::int64_t value) { return e.scalar_i32(value); };
  Value* upwards = binary(e, Op::LESS, x, y);
  Value* away = binary(e, Op::EQUAL, upwards, binary(e, Op::GREATER, x, f32(e, 0)));
  Value* moved = add(e, bitcast(e, x, DType::INT32), select(e, away, i32(1), i32(-1)));
  Value* smallest =
      select(e, upwards, i32(1), i32(std::numeric_limits<std::int32_t>::min() + std::int64_t{1}));
  moved = select(e, binary(e, Op::EQUAL, x, f32(e, 0)), smallest, moved);
  Value* result = select(e, binary(e, Op::EQUAL, x, y), y, bitcast(e, moved, DType::FLOAT32));
  // A sum with a NaN is one.
  Value* is_ordered =
      binary(e, Op::LOGICAL_AND, binary(e, Op::EQUAL, x, x), binary(e, Op::EQUAL, y, y));
  return select(e, is_ordered, result, add(e, x, y));
}

}  // namespace litecast::emit
