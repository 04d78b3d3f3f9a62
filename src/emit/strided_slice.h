// Python's x[begin:end:stride] along several axes.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

struct AxisRange {
  // Counted from the end when a negative constant; none: as far as the axis goes.
  std::optional<Dim> begin;
  std::optional<Dim> end;
  std::int64_t stride = 1;
  bool shrink = false;  // takes the element at `begin` and drops the axis
};

// One range for each axis of x. Sizes that are free do not need to be computed where a bound is a
// fixed distance from either end. Any rank.
Value* strided_slice(Emitter& e, Value* x, std::vector<AxisRange> ranges);

}  // namespace litecast::emit
