// What a STRIDED_SLICE takes of its operand.
#pragma once

#include "ops/infer.h"

namespace litecast::ops {

// The begin, end or strides operand: a known size or place for each entry, or nothing.
using SliceOperand = std::optional<std::vector<ir::Dim>>;

// One axis of the result, or one that was dropped.
struct SlicedAxis {
  int axis = -1;         // of the operand; -1: a new one of size 1
  bool dropped = false;  // shrunk to one element
  ir::Dim begin = 0;     // where it is known, as `size`
  std::int64_t stride = 1;
  ir::Dim size = 1;
};

// The masks of the node's options applied to an operand of shape `x`. Unknown sizes are fresh.
Expected<std::vector<SlicedAxis>> sliced_axes(const OpView& node, const ir::Shape& x,
                                              const SliceOperand& begin, const SliceOperand& end,
                                              const SliceOperand& strides, std::size_t entries,
                                              ir::DimContext& dims);

}  // namespace litecast::ops
