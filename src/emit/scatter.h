// Putting elements and slices where indices say.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// Zeros of `shape` (an i32 tensor) with `updates` added at `indices`[…, depth].
Value* scatter_nd(Emitter& e, Value* indices, Value* updates, Value* shape);
// x with what stands at `indices` replaced. Of several updates for one place the last counts where
// the indices are constant; otherwise they must differ, or floats and integers are summed.
Value* scatter_update(Emitter& e, Value* x, Value* indices, Value* updates);

// UNSORTED_SEGMENT_MAX or UNSORTED_SEGMENT_MIN of the updates for each place, and x itself.
Value* scatter_extreme(Emitter& e, Op segment_op, Value* x, Value* indices, Value* updates);

// Rows of `updates` in place of rows `rows` of x, both flattened to rank 2 by the caller; a later
// one wins. Exact for every type.
Value* replace_rows(Emitter& e, Value* x, const std::vector<std::int64_t>& rows, Value* updates);

// x with `rows` in place of as many of its own from `begin` on, a scalar.
Value* set_rows(Emitter& e, Value* x, Value* begin, Value* rows);
// x with `item` in place of its row `index`, a scalar.
Value* set_row(Emitter& e, Value* x, Value* index, Value* item);

}  // namespace litecast::emit
