// Blocks of spatial axes moved into the batch or the channels, and back.
#pragma once

#include "emit/emitter.h"
#include "emit/pad.h"

namespace litecast::emit {

// tf.space_to_batch on the axes after the batch, one block size and padding for each.
Value* space_to_batch(Emitter& e, Value* x, const std::vector<std::int64_t>& block,
                      const Pads& pads);
// tf.batch_to_space, its inverse; `crops` are cut off at the end.
Value* batch_to_space(Emitter& e, Value* x, const std::vector<std::int64_t>& block,
                      const Pads& crops);

// Of NHWC data.
Value* space_to_depth(Emitter& e, Value* x, std::int64_t block);
Value* depth_to_space(Emitter& e, Value* x, std::int64_t block);

}  // namespace litecast::emit
