#include "emit/integer_division.h"

#include <limits>

#include "emit/arith.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

// (a − remainder) / b, which is whole. Each round divides what is left in float32, whose relative
// error of about 2^-23 leaves 2^63 → 2^41 → 2^19 → 0: the last quotient is small enough to be
// rounded exactly. a − remainder may be beyond 64 bits, but what is left after a round is not, and
// sums and products that wrap around lead there.
Value* exact_quotient(Emitter& e, Value* a, Value* remainder, Value* b) {
  Value* divisor = cast(e, b, DType::FLOAT32);
  const auto part_of = [&](Value* rest) {
    Value* part = div(e, cast(e, rest, DType::FLOAT32), divisor);
    return cast(e, unary(e, Op::ROUND, part), DType::INT64);
  };
  Value* quotient = part_of(a);
  Value* rest = sub(e, a, remainder);
  Value* part = quotient;
  for (int round = 0; round < 2; ++round) {
    rest = sub(e, rest, mul(e, part, b));
    part = part_of(rest);
    quotient = add(e, quotient, part);
  }
  return quotient;
}

bool is_never_lowest(const Value* b) {
  const auto known = known_integers(b);
  return known && std::ranges::count(*known, std::numeric_limits<std::int64_t>::min()) == 0;
}

Value* zero(Emitter& e, const Value* like) { return e.scalar(like->dtype(), 0); }

// fmod of floats is computed on magnitudes: floor and truncation agree there.
Value* truncate_mod_of_floats(Emitter& e, Value* a, Value* b) {
  Value* magnitude = binary(e, Op::FLOOR_MOD, unary(e, Op::ABS, a), unary(e, Op::ABS, b));
  return mul(e, unary(e, Op::SIGN, a), magnitude);
}

}  // namespace

Value* floor_div(Emitter& e, Value* a, Value* b) {
  Value* remainder = binary(e, Op::FLOOR_MOD, a, b);
  if (is_never_lowest(b)) return exact_quotient(e, a, remainder, b);
  // The difference may be −b, which the lowest number has not.
  Value* rest = truncate_mod(e, a, b);
  Value* is_rounded_up = cast(e, binary(e, Op::NOT_EQUAL, remainder, rest), DType::INT64);
  return sub(e, exact_quotient(e, a, rest, b), is_rounded_up);
}

Value* truncate_div(Emitter& e, Value* a, Value* b) {
  return exact_quotient(e, a, truncate_mod(e, a, b), b);
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
