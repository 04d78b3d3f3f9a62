#include "emit/bitwise.h"

#include "emit/arith.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

// 64-bit integers as pairs of int32 along a new last axis; both halves of an operand broadcast
// alike.
Value* by_halves(Emitter& e, Value* a, Value* b, Value* (*op)(Emitter&, Value*, Value*)) {
  const DType dtype = a->dtype();
  return bitcast(e, op(e, bitcast(e, a, DType::INT32), bitcast(e, b, DType::INT32)), dtype);
}

Value* xor_of(Emitter& e, Value* a, Value* b) { return binary(e, Op::BITWISE_XOR, a, b); }

Value* halved(Emitter& e, Value* x) {
  return binary(e, Op::RIGHT_SHIFT, x, e.scalar(DType::INT32, 1));
}

// a + b = (a ⊕ b) + 2(a ∧ b). So that no sum overflows, the lowest bits are taken apart.
Value* and_of_int32(Emitter& e, Value* a, Value* b) {
  Value* high_a = halved(e, a);
  Value* high_b = halved(e, b);
  Value* twice_high = sub(e, add(e, high_a, high_b), xor_of(e, high_a, high_b));
  Value* low_a = sub(e, a, add(e, high_a, high_a));
  Value* low_b = sub(e, b, add(e, high_b, high_b));
  return add(e, twice_high, mul(e, low_a, low_b));
}

// The same for integers of at most 16 bits, whose sum fits.
Value* and_of_narrow(Emitter& e, Value* a, Value* b) {
  const DType dtype = a->dtype();
  a = cast(e, a, DType::INT32);
  b = cast(e, b, DType::INT32);
  return cast(e, halved(e, sub(e, add(e, a, b), xor_of(e, a, b))), dtype);
}

// 2^bits, modulo the type's size: looked up, because POW has no int64.
Value* powers_of_two(Emitter& e, Value* bits, DType dtype) {
  std::vector<std::int64_t> powers;
  for (int i = 0; i < ir::bit_width(dtype); ++i)
    powers.push_back(static_cast<std::int64_t>(std::uint64_t{1} << i));
  Value* table = cast(e,
                      e.constant(ir::Constant::of<std::int64_t>(
                          DType::INT64, {static_cast<std::int64_t>(powers.size())}, powers)),
                      dtype);
  return e.add(Op::GATHER, {table, cast(e, bits, DType::INT32)});
}

// ⌊x / 2^bits⌋. 2^63 is no int64: a shift by 63 is one by 62 and one by 1.
Value* arithmetic_shift(Emitter& e, Value* x, Value* bits) {
  const auto number = [&](std::int64_t value) {
    return e.scalar(DType::INT64, static_cast<double>(value));
  };
  Value* below = binary(e, Op::MINIMUM, bits, number(62));
  Value* quotient = binary(e, Op::FLOOR_DIV, x, powers_of_two(e, below, DType::INT64));
  Value* sign = binary(e, Op::MAXIMUM, binary(e, Op::MINIMUM, quotient, number(0)), number(-1));
  return select(e, binary(e, Op::GREATER, bits, number(62)), sign, quotient);
}

}  // namespace

Value* wide_xor(Emitter& e, Value* a, Value* b) { return by_halves(e, a, b, xor_of); }

Value* bitwise_and(Emitter& e, Value* a, Value* b) {
  const DType dtype = a->dtype();
  if (ir::bit_width(dtype) == 64) return by_halves(e, a, b, bitwise_and);
  if (dtype == DType::INT32) return and_of_int32(e, a, b);
  if (dtype == DType::UINT32)
    return bitcast(e, and_of_int32(e, bitcast(e, a, DType::INT32), bitcast(e, b, DType::INT32)),
                   dtype);
  return and_of_narrow(e, a, b);
}

Value* bitwise_or(Emitter& e, Value* a, Value* b) {
  return sub(e, add(e, a, b), bitwise_and(e, a, b));
}

Value* invert(Emitter& e, Value* x) {
  if (ir::bit_width(x->dtype()) == 64)
    return bitcast(e, sub(e, e.scalar(DType::INT64, -1), bitcast(e, x, DType::INT64)), x->dtype());
  return xor_of(e, x, cast(e, e.scalar(DType::INT32, -1), x->dtype()));
}

Value* left_shift(Emitter& e, Value* x, Value* bits) {
  const DType dtype = x->dtype();
  const DType wide = ir::bit_width(dtype) == 64 ? DType::INT64 : DType::INT32;
  return cast(e, mul(e, cast(e, x, wide), powers_of_two(e, bits, wide)), dtype);
}

Value* right_shift(Emitter& e, Value* x, Value* bits) {
  if (ir::bit_width(x->dtype()) < 64) return binary(e, Op::RIGHT_SHIFT, x, bits);
  if (x->dtype() == DType::UINT64)
    throw Unsupported("the runtime has no right shift of uint64", "use int64 or uint32");
  return arithmetic_shift(e, x, bits);
}

}  // namespace litecast::emit
