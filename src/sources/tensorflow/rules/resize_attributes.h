// The attributes and operands that ways of resizing share with their gradients.
#pragma once

#include <array>

#include "emit/resample.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {

// By the attributes align_corners and half_pixel_centers.
emit::Sampling sampling_of(const RuleContext& context);

// Of ScaleAndTranslate: factors and offsets of rows and columns, from inputs 2 and 3.
struct SpanAttributes {
  std::array<double, 2> scale;
  std::array<double, 2> shift;
  emit::SpanKernel kernel;
  bool antialias;
};
SpanAttributes span_attributes(RuleContext& context);

}  // namespace litecast::tensorflow::rules
