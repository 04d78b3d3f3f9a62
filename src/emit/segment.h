// Reductions of the rows that share a segment number.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// UNSORTED_SEGMENT_{SUM,PROD,MAX,MIN}: data[ids' shape…, rest…] → [count, rest…]. Rows with a
// negative number belong nowhere; a segment without rows holds zero, one, the lowest or the highest
// number of the type.
Value* unsorted_segment(Emitter& e, Op op, Value* data, Value* ids, Value* count);
// How many rows each segment has, as `dtype`; shaped to broadcast over rows of a tensor of `rank`.
Value* segment_sizes(Emitter& e, Value* ids, Value* count, DType dtype, int rank = 1);
// Sums of a vector's elements up to each one, which is left out where `exclusive`.
Value* running_sum(Emitter& e, Value* x, bool exclusive);

}  // namespace litecast::emit
