#include "stablehlo/padding.h"

namespace litecast::stablehlo {

EdgePads edge_pads(tflite::Padding padding, const Window& window) {
  if (padding == tflite::Padding::VALID) return {};
  const std::int64_t reach = (window.extent - 1) * window.dilation + 1;
  const std::int64_t steps = (window.size + window.stride - 1) / window.stride;
  const std::int64_t total =
      std::max<std::int64_t>((steps - 1) * window.stride + reach - window.size, 0);
  return {total / 2, total - total / 2};
}

}  // namespace litecast::stablehlo
