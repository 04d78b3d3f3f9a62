// Reductions of the rows that share a segment number.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// UNSORTED_SEGMENT_{SUM,PROD,MAX,MIN}: data[ids' shape…, rest…] → [count, rest…]. Rows with a
// negative number belong nowhere; a segment without rows holds zero, one, the lowest or the highest
// number of the type.
Value* unsorted_segment(Emitter& e, Op op, Value* data, Value* ids, Value* count);

}  // namespace litecast::emit
