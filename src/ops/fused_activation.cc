#include "ops/fused_activation.h"

#include <fmt/format.h>

#include "ops/kernel.h"

namespace litecast::ops {

using tflite::ActivationFunctionType;

std::optional<LimitViolation> check_activation(const OpView& node,
                                               ActivationFunctionType activation) {
  if (activation == ActivationFunctionType::NONE || activation_range(activation).high ||
      activation_range(activation).low)
    return std::nullopt;
  return LimitViolation{
      LimitViolation::Kind::option, -1,
      fmt::format("{} fuses RELU, RELU_N1_TO_1 and RELU6 alone, not {}", ir::name(node.op),
                  tflite::EnumNameActivationFunctionType(activation))};
}

ActivationRange activation_range(ActivationFunctionType activation) {
  switch (activation) {
    case ActivationFunctionType::RELU:
      return {.low = 0};
    case ActivationFunctionType::RELU_N1_TO_1:
      return {.low = -1, .high = 1};
    case ActivationFunctionType::RELU6:
      return {.low = 0, .high = 6};
    default:
      return {};
  }
}

void activate(ActivationFunctionType activation, HostTensor& tensor) {
  if (activation == ActivationFunctionType::NONE) return;
  with_number(tensor.dtype, [&]<class T>(Element<T>) {
    for (T& value : tensor.data<T>())
      value = static_cast<T>(activate(activation, static_cast<Wide<T>>(value)));
    return true;
  });
}

}  // namespace litecast::ops
