// Elementwise arithmetic that takes care of dtypes that the kernels lack and of broadcast ranks
// beyond their limits (adjacent axes are collapsed, or the smaller operand is broadcast first).
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// Broadcasting binary op (ADD, SUB, MUL, DIV, MAXIMUM, MINIMUM, POW, FLOOR_DIV, FLOOR_MOD,
// SQUARED_DIFFERENCE, comparisons, logical and bitwise ones). Takes exact detours through another
// dtype where the kernel lacks one.
Value* binary(Emitter& e, Op op, Value* a, Value* b);
Value* unary(Emitter& e, Op op, Value* x);

inline Value* add(Emitter& e, Value* a, Value* b) { return binary(e, Op::ADD, a, b); }
inline Value* sub(Emitter& e, Value* a, Value* b) { return binary(e, Op::SUB, a, b); }
inline Value* mul(Emitter& e, Value* a, Value* b) { return binary(e, Op::MUL, a, b); }
inline Value* div(Emitter& e, Value* a, Value* b) { return binary(e, Op::DIV, a, b); }
inline Value* max(Emitter& e, Value* a, Value* b) { return binary(e, Op::MAXIMUM, a, b); }
inline Value* min(Emitter& e, Value* a, Value* b) { return binary(e, Op::MINIMUM, a, b); }

// where(condition, a, b) with broadcasting.
Value* select(Emitter& e, Value* condition, Value* a, Value* b);

// SUM, MEAN, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD, REDUCE_ANY, REDUCE_ALL over axes.
Value* reduce(Emitter& e, Op op, Value* x, std::span<const int> axes, bool keep_dims);
// The same with axes in a tensor, which need not be known.
Value* reduce_by(Emitter& e, Op op, Value* x, Value* axes, bool keep_dims);

}  // namespace litecast::emit
