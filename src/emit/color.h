// Colour spaces of […, 3] f32 images.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

struct Channels {
  Value* first;
  Value* second;
  Value* third;
};

// The last axis taken apart, each part […, 1], and put together.
Channels split_channels(Emitter& e, Value* image);
Value* join_channels(Emitter& e, const Channels& channels);

// Hue, saturation and value, all in [0, 1].
Channels rgb_to_hsv(Emitter& e, const Channels& rgb);
Channels hsv_to_rgb(Emitter& e, const Channels& hsv);

}  // namespace litecast::emit
