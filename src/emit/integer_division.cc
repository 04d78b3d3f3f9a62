#include "emit/integer_division.h"

#include "emit/arith.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

// n / b where b divides n. Each round divides what is left in float32, whose relative error of
// about 2^-23 leaves 2^63 → 2^41 → 2^19 → 0: the last quotient is small enough to be rounded
// exactly.
Value* exact_quotient(Emitter& e, Value* n, Value* b) {
  Value* divisor = cast(e, b, DType::FLOAT32);
  Value* quotient = nullptr;
  Value* rest = n;
  for (int round = 0; round < 3; ++round) {
    Value* part = div(e, cast(e, rest, DType::FLOAT32), divisor);
    part = cast(e, unary(e, Op::ROUND, part), DType::INT64);
    quotient = quotient ? add(e, quotient, part) : part;
    if (round < 2) rest = sub(e, rest, mul(e, part, b));
  }
  return quotient;
}

Value* zero(Emitter& e, const Value* like) { return e.scalar(like->dtype(), 0); }

// fmod of floats is computed on magnitudes: floor and truncation agree there.
Value* truncate_mod_of_floats(Emitter& e, Value* a, Value* b) {
  Value* magnitude = binary(e, Op::FLOOR_MOD, unary(e, Op::ABS, a), unary(e, Op::ABS, b));
  return mul(e, unary(e, Op::SIGN, a), magnitude);
}

}  // namespace

Value* floor_div(Emitter& e, Value* a, Value* b) {
  return exact_quotient(e, sub(e, a, binary(e, Op::FLOOR_MOD, a, b)), b);
}

Value* truncate_div(Emitter& e, Value* a, Value* b) {
  return exact_quotient(e, sub(e, a, truncate_mod(e, a, b)), b);
}

Value* truncate_mod(Emitter& e, Value* a, Value* b) {
  if (!ir::is_integer(a->dtype())) return truncate_mod_of_floats(e, a, b);
  // The remainder of a floor division has the sign of b.
  Value* remainder = binary(e, Op::FLOOR_MOD, a, b);
  Value* signs_differ = binary(e, Op::NOT_EQUAL, binary(e, Op::LESS, a, zero(e, a)),
                               binary(e, Op::LESS, b, zero(e, b)));
  Value* has_rest = binary(e, Op::NOT_EQUAL, remainder, zero(e, a));
  return select(e, binary(e, Op::LOGICAL_AND, signs_differ, has_rest), sub(e, remainder, b),
                remainder);
}

}  // namespace litecast::emit
