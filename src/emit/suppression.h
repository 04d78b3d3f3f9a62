// Non-maximum suppression of boxes.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

struct SuppressionOperands {
  Value* boxes;            // [n, 4] f32
  Value* scores;           // [n] f32
  Value* max_output_size;  // i32 scalar
  Value* iou_threshold;    // f32 scalars
  Value* score_threshold;
  Value* soft_sigma = nullptr;  // null: hard suppression
};

struct Suppression {
  Value* indices;  // [max_output_size]; what stands behind `count` has no meaning
  Value* scores;   // the same; null without soft_sigma
  Value* count;    // i32 scalar
};

Suppression suppress(Emitter& e, const SuppressionOperands& operands);
// tf.image.combined_non_max_suppression, for each image of a batch and each class by itself.
struct CombinedOperands {
  Value* boxes;   // [B, n, 1 or C, 4] f32
  Value* scores;  // [B, n, C] f32
  std::int64_t per_class;
  std::int64_t total;  // of the result, which is filled up with zeros
  Value* iou_threshold;
  Value* score_threshold;
  bool clips;                   // boxes to [0, 1]
  bool pads_per_class = false;  // the result is no longer than `per_class` of each class
};
struct CombinedSuppression {
  Value* boxes;    // [B, total, 4]
  Value* scores;   // [B, total]
  Value* classes;  // [B, total]
  Value* counts;   // i32[B]
};
CombinedSuppression suppress_combined(Emitter& e, CombinedOperands operands);

// The first `count` elements.
Value* first_elements(Emitter& e, Value* x, Value* count);

}  // namespace litecast::emit
