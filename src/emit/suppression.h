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
// The first `count` elements.
Value* first_elements(Emitter& e, Value* x, Value* count);

}  // namespace litecast::emit
