#include "ops/fused_activation.h"

#include "ops/kernel.h"

namespace litecast::ops {

using tflite::ActivationFunctionType;

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
