// Images seen through a projective map: rotated, sheared, tilted.
#pragma once

#include <string_view>

#include "emit/emitter.h"

namespace litecast::emit {

struct Projection {
  std::int64_t height;  // of the result
  std::int64_t width;
  std::string_view interpolation;  // NEAREST or BILINEAR
  std::string_view fill_mode;      // CONSTANT, REFLECT, WRAP or NEAREST
};

// tf.raw_ops.ImageProjectiveTransformV3: images[N, H, W, C] of known height and width, transforms[N
// or 1, 8] (f32) that map the result's places to the images', `fill` a scalar (f32) for places
// outside. Throws Unsupported for an unknown interpolation or mode.
Value* project(Emitter& e, Value* images, Value* transforms, Value* fill,
               const Projection& projection);

}  // namespace litecast::emit
