// Shapes as operands: reshaping, transposing and sizes that are only known at run time.
#pragma once

#include <span>

#include "emit/emitter.h"

namespace litecast::emit {

// The elements of an integer tensor where they are known before the model runs: of a small
// constant, or known contents; row-major.
std::optional<std::vector<Dim>> known_dims(const Value* value);
// The same where all are plain numbers.
std::optional<std::vector<std::int64_t>> known_integers(const Value* value);

// An i32 scalar that has the value of `dim` at run time: a constant, or taken from the shape of a
// value of the graph that has such an axis, with arithmetic for composed expressions. Throws
// Unsupported when no value of the graph has the symbol.
Value* dim_value(Emitter& e, Dim dim);
// A rank-1 i32 tensor of sizes; constant where all are.
Value* shape_value(Emitter& e, std::span<const Dim> dims);

// `x` with the given sizes; the number of elements must be equal (unproved equalities are trusted).
// Nothing is emitted when x has that shape. Uses -1 for one free size, which may be composed.
Value* reshape(Emitter& e, Value* x, const Shape& shape);
// tf.reshape: the shape is a tensor, maybe with a -1.
Value* reshape_by(Emitter& e, Value* x, Value* shape);
// Sizes 1 put in before the given axes of the result, or taken out.
Value* expand_dims(Emitter& e, Value* x, std::span<const int> result_axes);
Value* squeeze(Emitter& e, Value* x, std::span<const int> axes);

// Identity permutations vanish, those that only move axes of size 1 become RESHAPE, ranks beyond
// the kernel's limit are collapsed.
Value* transpose(Emitter& e, Value* x, std::span<const int> permutation);
// The permutation that transposes matrices in the last two of `rank` axes.
std::vector<int> last_axes_swapped(int rank);

// Converts the element type; nothing when equal. Fractions are cut off, integers wrap around.
Value* cast(Emitter& e, Value* x, DType dtype);
// tf.bitcast: the same bits under another type. A wider element is made of the last axis, a
// narrower one makes a new last axis.
Value* bitcast(Emitter& e, Value* x, DType dtype);
// tf.broadcast_to; nothing when the shape is proved equal.
Value* broadcast_to(Emitter& e, Value* x, const Shape& shape);
// A tensor of `shape` filled with a scalar.
Value* fill(Emitter& e, const Shape& shape, Value* scalar);
// tf.strided_slice semantics for plain starts and sizes: x[begin : begin+size] per axis, -1 = rest.
Value* slice(Emitter& e, Value* x, std::span<const std::int64_t> begin, std::span<const Dim> size);
Value* concat(Emitter& e, const std::vector<Value*>& parts, int axis);

// Normalises a negative axis; Unsupported when out of range.
int axis_of(std::int64_t axis, int rank);
std::vector<std::int64_t> static_dims_or_throw(const Value* x, const char* what);

}  // namespace litecast::emit
