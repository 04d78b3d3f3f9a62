// Functions of complex64 numbers, put together from those of their parts.
#pragma once

#include "emit/shape.h"

namespace litecast::emit {

// EXP, LOG, SQRT, RSQRT, SIN, COS, TANH, LOGISTIC, SIGN, ROUND; null for any other op.
Value* complex_unary(Emitter& e, Op op, Value* x);
// ADD, SUB, DIV, POW, EQUAL, NOT_EQUAL; null for any other op. Broadcasting.
Value* complex_binary(Emitter& e, Op op, Value* a, Value* b);

// Main branches, as C++ has them.
Value* complex_asin(Emitter& e, Value* z);
Value* complex_acos(Emitter& e, Value* z);
Value* complex_atan(Emitter& e, Value* z);
Value* complex_asinh(Emitter& e, Value* z);
Value* complex_acosh(Emitter& e, Value* z);
Value* complex_atanh(Emitter& e, Value* z);

// Calls `body`, which treats both parts alike, with x as pairs of f32 along a new last axis, and
// makes complex numbers of its result.
template <class Body>
Value* as_pairs(Emitter& e, Value* x, Body body) {
  return bitcast(e, body(bitcast(e, x, DType::FLOAT32)), DType::COMPLEX64);
}

}  // namespace litecast::emit
