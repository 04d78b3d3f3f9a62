// Choosing elements and rows by index.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// tf.gather: rows of `params` along `axis`; the first `batch_dims` axes of both are matched.
Value* gather(Emitter& e, Value* params, Value* indices, int axis, int batch_dims = 0);
// tf.gather_nd without batch dimensions.
Value* gather_nd(Emitter& e, Value* params, Value* indices);
// The coordinates of elements that are numbered in row-major order through a tensor of those sizes
// (scalars of the numbers' type), one after the other along a new axis.
Value* coordinates(Emitter& e, Value* numbers, std::span<Value* const> sizes, int new_axis);
// 0, 1, …, size − 1 as i32.
Value* iota(Emitter& e, Dim size);

}  // namespace litecast::emit
