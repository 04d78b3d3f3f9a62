// The padding of a sliding window as StableHLO has it: so many elements before and behind.
#pragma once

#include "stablehlo/lowerer.h"

namespace litecast::stablehlo {

struct Window {
  std::int64_t size;  // of the data along the axis
  std::int64_t extent;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
};
struct EdgePads {
  std::int64_t low = 0, high = 0;
};
EdgePads edge_pads(tflite::Padding padding, const Window& window);

}  // namespace litecast::stablehlo
