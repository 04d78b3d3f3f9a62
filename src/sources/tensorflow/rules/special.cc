// Special functions.
#include "emit/special.h"

#include <bit>
#include <cmath>
#include <numbers>

#include "emit/gather.h"
#include "emit/precision.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

template <Value* (*function)(Emitter&, Value*)>
void of_one(RuleContext& c) {
  c.output(emit::in_f32(c.e, {c.input(0)}, [&](auto in) { return function(c.e, in[0]); }));
}

template <Value* (*function)(Emitter&, Value*, Value*)>
void of_two(RuleContext& c) {
  const auto shape = ir::broadcast(c.input(0)->shape(), c.input(1)->shape());
  if (!shape) throw Unsupported("the operands' shapes contradict each other");
  c.output(emit::in_f32(c.e, {c.input(0), c.input(1)}, [&](auto in) {
    return function(c.e, emit::broadcast_to(c.e, in[0], *shape),
                    emit::broadcast_to(c.e, in[1], *shape));
  }));
}

template <Value* (*function)(Emitter&, Value*, bool), bool scaled>
void bessel(RuleContext& c) {
  c.output(emit::in_f32(c.e, {c.input(0)}, [&](auto in) { return function(c.e, in[0], scaled); }));
}

// The n-th derivative of digamma: (−1)ⁿ⁺¹ · n! · ζ(n + 1, x).
Value* polygamma(Emitter& e, Value* n, Value* x) {
  Value* next = emit::add(e, n, emit::f32(e, 1));
  Value* factorial = emit::unary(e, Op::EXP, emit::log_gamma(e, next));
  Value* half_turns = emit::mul(e, next, emit::f32(e, std::numbers::pi));
  Value* sign = emit::unary(e, Op::ROUND, emit::unary(e, Op::COS, half_turns));
  Value* derivative = emit::mul(e, emit::mul(e, sign, factorial), emit::zeta(e, next, x));
  Value* is_digamma = emit::binary(e, Op::EQUAL, n, emit::f32(e, 0));
  return emit::select(e, is_digamma, emit::digamma(e, x), derivative);
}

// Looked up byte by byte.
void population_count(RuleContext& c) {
  Value* x = c.input(0);
  const bool several = ir::byte_width(x->dtype()) > 1;
  Value* bytes = emit::bitcast(c.e, x, DType::UINT8);
  std::vector<std::int64_t> counts;
  for (unsigned byte = 0; byte < 256; ++byte) counts.push_back(std::popcount(byte));
  Value* found = emit::gather(c.e, c.e.i32(counts), emit::cast(c.e, bytes, DType::INT32), 0);
  const int last = -1;
  if (several) found = emit::reduce(c.e, Op::SUM, found, {&last, 1}, false);
  c.output(emit::cast(c.e, found, DType::UINT8));
}

constexpr Rule kSpecialRules[] = {
    {"BesselI0", bessel<emit::bessel_i0, false>}, {"BesselI0e", bessel<emit::bessel_i0, true>},
    {"BesselI1", bessel<emit::bessel_i1, false>}, {"BesselI1e", bessel<emit::bessel_i1, true>},
    {"Digamma", of_one<emit::digamma>},           {"Erfinv", of_one<emit::inverse_erf>},
    {"Lgamma", of_one<emit::log_gamma>},          {"Ndtri", of_one<emit::normal_quantile>},
    {"NextAfter", of_two<emit::next_after>},      {"Polygamma", of_two<polygamma>},
    {"PopulationCount", population_count},        {"Zeta", of_two<emit::zeta>},
};

}  // namespace

std::span<const Rule> special() { return kSpecialRules; }

}  // namespace litecast::tensorflow::rules
