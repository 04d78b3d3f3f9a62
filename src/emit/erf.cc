#include "emit/erf.h"

#include <cmath>

#include "emit/arith.h"
#include "emit/precision.h"

namespace litecast::emit {
namespace {

// Small beside every number that matters, large enough that products with it do not vanish.
constexpr double kNearZero = 1e-30;

// erf is ±1 and erfc is 0 or 2 in f32 from well below it. A power of two, so that scaling by it is
// exact.
constexpr double kSaturated = 16;

// The normal distribution's share below factor·x, doubled. An infinite x would give ∞ / ∞.
Value* twice_phi(Emitter& e, Value* x, double factor) {
  Value* bounded = e.add(Op::RELU_N1_TO_1, {mul(e, x, f32(e, 1 / kSaturated))});
  Value* u = add(e, mul(e, bounded, f32(e, factor * kSaturated)), f32(e, kNearZero));
  Value* share = div(e, e.add(Op::GELU, {u}, tflite::GeluOptionsT{}), u);
  return mul(e, share, f32(e, 2));
}

}  // namespace

Value* erf(Emitter& e, Value* x) {
  return in_f32(e, {x},
                [&](auto in) { return sub(e, twice_phi(e, in[0], std::sqrt(2.0)), f32(e, 1)); });
}

Value* erfc(Emitter& e, Value* x) {
  return in_f32(e, {x}, [&](auto in) { return twice_phi(e, in[0], -std::sqrt(2.0)); });
}

}  // namespace litecast::emit
