#include "emit/free_fourier.h"

#include <numbers>

#include "emit/arith.h"
#include "emit/gather.h"
#include "emit/matmul.h"
#include "emit/precision.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

Value* as_column(Emitter& e, Value* vector) {
  const int last = -1;
  return expand_dims(e, vector, {&last, 1});
}

// The real and the imaginary part of the matrix e^(−2πi·row·column/n).
ComplexParts roots(Emitter& e, Dim rows, Dim columns, Dim n) {
  Value* product = mul(e, as_column(e, iota(e, rows)), iota(e, columns));
  Value* length = dim_value(e, n);
  // The remainder keeps the angle small and so exact.
  Value* turns = cast(e, binary(e, Op::FLOOR_MOD, product, length), DType::FLOAT32);
  Value* step = div(e, f32(e, -2 * std::numbers::pi), cast(e, length, DType::FLOAT32));
  Value* angle = mul(e, turns, step);
  return {unary(e, Op::COS, angle), unary(e, Op::SIN, angle)};
}

// A matrix product needs two axes.
Value* as_rows(Emitter& e, Value* x) {
  return x->shape().rank() > 1 ? x : reshape(e, x, Shape{1, x->shape()[0]});
}

Value* product(Emitter& e, Value* x, Value* matrix) {
  Value* y = matmul(e, as_rows(e, x), matrix, false, false);
  return x->shape().rank() > 1 ? y : reshape(e, y, Shape{matrix->shape()[1]});
}

// What each frequency of half a spectrum counts: twice where it has a mirror image, over n.
Value* weights(Emitter& e, Dim kept, Dim n) {
  Value* numbers = iota(e, kept);
  Value* length = dim_value(e, n);
  const auto is = [&](Value* a, Value* b) {
    return cast(e, binary(e, Op::EQUAL, a, b), DType::FLOAT32);
  };
  Value* first = is(numbers, e.scalar_i32(0));
  Value* middle = is(mul(e, numbers, e.scalar_i32(2)), length);
  Value* counts = sub(e, sub(e, f32(e, 2), first), middle);
  return div(e, counts, cast(e, length, DType::FLOAT32));
}

}  // namespace

ComplexParts free_fft(Emitter& e, ComplexParts x, Dim kept) {
  const Dim n = x.real->shape()[-1];
  return bilinear(e, x, roots(e, n, kept, n), [&](Value* a, Value* b) { return product(e, a, b); });
}

ComplexParts free_fft_of_real(Emitter& e, Value* x, Dim kept) {
  const Dim n = x->shape()[-1];
  const ComplexParts matrix = roots(e, n, kept, n);
  return {product(e, x, matrix.real), product(e, x, matrix.imag)};
}

Value* free_irfft(Emitter& e, ComplexParts x, Dim n) {
  const Dim kept = x.real->shape()[-1];
  Value* w = weights(e, kept, n);
  const ComplexParts matrix = roots(e, kept, n, n);
  return add(e, product(e, mul(e, x.real, w), matrix.real),
             product(e, mul(e, x.imag, w), matrix.imag));
}

}  // namespace litecast::emit
