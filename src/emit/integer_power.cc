#include "emit/integer_power.h"

#include "emit/arith.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

// An exponent of seven bits with the same power where that fits: of −1, 0 and 1 only whether the
// exponent is even, odd or zero counts, and an even base has wrapped around to zero.
Value* seven_bits(Emitter& e, Value* exponent) {
  Value* n = cast(e, exponent, DType::INT64);
  const auto number = [&](double value) { return e.scalar(DType::INT64, value); };
  Value* parity = binary(e, Op::FLOOR_MOD, n, number(2));
  Value* is_large = binary(e, Op::GREATER, n, number(63));
  return cast(e, select(e, is_large, add(e, parity, number(64)), n), DType::INT32);
}

}  // namespace

// A product of the squares x, x², x⁴, … that n's bits name.
Value* integer_power(Emitter& e, Value* x, std::int64_t n) {
  Value* result = nullptr;
  Value* square = x;
  for (; n > 0; n /= 2) {
    if (n % 2 != 0) result = result ? mul(e, result, square) : square;
    if (n > 1) square = mul(e, square, square);
  }
  return result ? result : fill(e, x->shape(), e.scalar(x->dtype(), 1));
}

Value* wide_power(Emitter& e, Value* base, Value* exponent) {
  const auto known = known_integers(exponent);
  const bool is_one = known && known->size() == 1 && exponent->shape().rank() == 0;
  if (is_one && known->front() >= 0) return integer_power(e, base, known->front());
  Value* one = e.scalar(base->dtype(), 1);
  Value* two = e.scalar_i32(2);
  Value* rest = seven_bits(e, exponent);
  Value* result = nullptr;
  for (int bit = 0; bit < 7; ++bit) {
    Value* is_set = binary(e, Op::EQUAL, binary(e, Op::FLOOR_MOD, rest, two), e.scalar_i32(1));
    Value* factor = select(e, is_set, base, one);
    result = result ? mul(e, result, factor) : factor;
    base = mul(e, base, base);
    rest = binary(e, Op::FLOOR_DIV, rest, two);
  }
  return result;
}

}  // namespace litecast::emit
