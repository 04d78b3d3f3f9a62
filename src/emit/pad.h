// Padding by sizes that may only be known at run time.
#pragma once

#include <array>
#include <vector>

#include "emit/emitter.h"

namespace litecast::emit {

using Pads = std::vector<std::array<Dim, 2>>;  // before and after, for each axis

// tf.pad with constant `value` (null: zero).
Value* pad_by(Emitter& e, Value* x, const Pads& pads, Value* value);

// tf.pad that mirrors x at its borders; `paddings` [rank, 2] may be data. `reflect`: the border's
// own elements are not repeated.
Value* mirror_pad(Emitter& e, Value* x, Value* paddings, bool reflect);

// The lowest value of a numeric dtype, which no maximum chooses, or the highest.
Value* lowest(Emitter& e, DType dtype);
Value* highest(Emitter& e, DType dtype);

}  // namespace litecast::emit
