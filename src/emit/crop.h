// Boxes cut out of images and resized, where the boxes are data.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

struct CropResize {
  std::int64_t height;
  std::int64_t width;
  bool nearest = false;
  float extrapolation_value = 0;
};

// tf.image.crop_and_resize: image[N, H, W, C] f32, boxes[M, 4] in parts of the image,
// box_indices[M] into the batch → [M, height, width, C].
Value* crop_and_resize(Emitter& e, Value* image, Value* boxes, Value* box_indices,
                       const CropResize& options);

}  // namespace litecast::emit
