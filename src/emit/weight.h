// Operands that are known when the model is made, quantized ones too.
#pragma once

#include <span>

#include "emit/emitter.h"

namespace litecast::emit {

// Whether x is a constant, maybe behind quantization.
bool is_weight(const Value* x);

// x with its axes permuted. Where x is a quantized constant made real by DEQUANTIZE, the constant
// is permuted and stays quantized.
Value* transpose_weight(Emitter& e, Value* x, std::span<const int> permutation);

}  // namespace litecast::emit
