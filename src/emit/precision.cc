#include "emit/precision.h"

#include "emit/arith.h"
#include "emit/shape.h"

namespace litecast::emit {

Value* in_f32(Emitter& e, const std::vector<Value*>& operands,
              const std::function<Value*(std::span<Value* const>)>& body) {
  DType dtype = operands.front()->dtype();
  if (dtype == DType::FLOAT32) return body(operands);
  if (dtype == DType::FLOAT64 || dtype == DType::COMPLEX128)
    throw Unsupported("the kernels compute in float32, which is not exact here",
                      "compute in float32 (tf.cast)");
  if (dtype == DType::COMPLEX64)
    throw Unsupported("the kernels compute it of real numbers only",
                      "compute with the real and the imaginary part");
  std::vector<Value*> converted;
  for (Value* operand : operands)
    converted.push_back(operand ? cast(e, operand, DType::FLOAT32) : nullptr);
  return cast(e, body(converted), dtype);
}

namespace {

// Casts there and back would not stay. A factor of 2^n + 1 pushes the lowest n bits of a float32
// out of its 24 (T. J. Dekker, "A floating-point technique for extending the available precision").
Value* rounded_to(Emitter& e, Value* x, DType dtype) {
  if (!ir::is_half(dtype)) return x;
  const int dropped = dtype == DType::BFLOAT16 ? 16 : 13;
  Value* shifted = mul(e, x, f32(e, (1 << dropped) + 1));
  Value* rounded = sub(e, shifted, sub(e, shifted, x));
  Value* is_infinite = binary(e, Op::EQUAL, shifted, x);  // or zero
  return select(e, is_infinite, x, rounded);
}

}  // namespace

Value* rounded_quotient(Emitter& e, Value* a, Value* b) {
  return in_f32(e, {a, b},
                [&](auto in) { return rounded_to(e, div(e, in[0], in[1]), a->dtype()); });
}

}  // namespace litecast::emit
