// Padding of tensors in memory.
#pragma once

#include "ops/move.h"

namespace litecast::ops {

// `x` in the midst of `out`, whose other elements become `value` (null: zero). `pads` are before
// and after for each axis; together with the sizes of x they give those of `out`.
bool pad(const HostTensor& x, const std::vector<std::int64_t>& pads, const HostTensor* value,
         HostTensor& out);

// The same with elements mirrored at the border, which is itself repeated unless `reflect`.
bool mirror_pad(const HostTensor& x, const std::vector<std::int64_t>& pads, bool reflect,
                HostTensor& out);

}  // namespace litecast::ops
