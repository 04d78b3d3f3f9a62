// Choosing elements and rows by index.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// tf.gather: rows of `params` along `axis`; the first `batch_dims` axes of both are matched.
Value* gather(Emitter& e, Value* params, Value* indices, int axis, int batch_dims = 0);
// tf.gather_nd without batch dimensions.
Value* gather_nd(Emitter& e, Value* params, Value* indices);
// 0, 1, …, size − 1 as i32.
Value* iota(Emitter& e, Dim size);

}  // namespace litecast::emit
