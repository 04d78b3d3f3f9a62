#include "emit/exponential.h"

#include "emit/arith.h"
#include "emit/precision.h"

namespace litecast::emit {

// tanh(x/2) = (eˣ − 1) / (eˣ + 1), and nothing cancels in the factor.
Value* expm1(Emitter& e, Value* x) {
  Value* ratio = unary(e, Op::TANH, mul(e, x, f32(e, 0.5)));
  return mul(e, ratio, add(e, unary(e, Op::EXP, x), f32(e, 1)));
}

// The logarithm of what is near 1 has no more right digits than its argument, in XNNPACK fewer. A
// step of Newton's method on tanh(y/2) = x / (x + 2) brings them. Elsewhere the logarithm stays:
// the kernel of ADD would make infinities finite.
Value* log1p(Emitter& e, Value* x) {
  Value* y = unary(e, Op::LOG, add(e, x, f32(e, 1)));
  Value* ratio = unary(e, Op::TANH, mul(e, y, f32(e, 0.5)));
  Value* missing = sub(e, x, mul(e, ratio, add(e, x, f32(e, 2))));
  Value* is_near_zero = binary(e, Op::LESS, unary(e, Op::ABS, x), f32(e, 0.5));
  return select(e, is_near_zero, add(e, y, missing), y);
}

}  // namespace litecast::emit
