// All contractions of the sources meet here: MatMul, BatchMatMul, Einsum, dot_general, Dense.
#pragma once

#include <string_view>

#include "emit/emitter.h"

namespace litecast::emit {

// a[…, m, k] · b[…, k, n] → […, m, n] with batch broadcasting; `adj` swaps the last two axes first.
// A constant matrix b becomes FULLY_CONNECTED, the rest BATCH_MATMUL.
Value* matmul(Emitter& e, Value* a, Value* b, bool adj_a, bool adj_b);

// numpy.einsum for one or more operands: any equation that transposes, broadcasts, multiplications,
// reductions and one batched contraction per pair express ("…" allowed, repeated labels are
// diagonals).
Value* einsum(Emitter& e, std::string_view equation, const std::vector<Value*>& operands);

}  // namespace litecast::emit
