// The activation that some ops apply to their own result.
#pragma once

#include <cmath>
#include <optional>
#include <type_traits>

#include "ops/op_info.h"

namespace litecast::ops {

// The kernels clamp their results. Other activations the format can name, but the kernels that fuse
// one leave them out without a word.
std::optional<LimitViolation> check_activation(const OpView& node,
                                               tflite::ActivationFunctionType activation);

struct ActivationRange {
  std::optional<int> low;
  std::optional<int> high;
};
// The range into which RELU, RELU_N1_TO_1 and RELU6 clamp; unlimited for NONE.
ActivationRange activation_range(tflite::ActivationFunctionType activation);

// The activated value of a real number; other element types are left as they are.
template <class T>
T activate(tflite::ActivationFunctionType activation, T value) {
  using enum tflite::ActivationFunctionType;
  if constexpr (std::is_arithmetic_v<T>) {
    if (activation == NONE) return value;
    const ActivationRange range = activation_range(activation);
    // Written so that NaN stays NaN, and so that unsigned numbers are compared as such.
    if (range.low && std::is_signed_v<T> && value < static_cast<T>(*range.low))
      value = static_cast<T>(*range.low);
    if (range.high && value > static_cast<T>(*range.high)) value = static_cast<T>(*range.high);
  }
  return value;
}

// Applies it to every element of a tensor of real numbers in place.
void activate(tflite::ActivationFunctionType activation, HostTensor& tensor);

}  // namespace litecast::ops
