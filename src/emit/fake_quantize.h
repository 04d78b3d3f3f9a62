// Rounding to a grid of integers and back, as models that were trained for quantization have it.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// The grid's integers, both included.
struct QuantizedRange {
  std::int64_t lowest;
  std::int64_t highest;
};

// The range of fake_quant: [0, 2^bits − 1], or from 1 when narrow.
QuantizedRange fake_quant_range(std::int64_t bits, bool narrow);
// The range of quantize_and_dequantize, around zero when signed.
QuantizedRange symmetric_range(std::int64_t bits, bool is_signed, bool narrow);

// tf.quantization.fake_quant_with_min_max_vars: x (f32) on the grid that spans [min, max], moved so
// that zero is on it. min and max are scalars, or have an entry for each index of the last axis.
// Constant ranges of 8 bits become QUANTIZE and DEQUANTIZE.
Value* fake_quantize(Emitter& e, Value* x, Value* min, Value* max, QuantizedRange range);

// The real numbers that the grid of fake_quantize spans.
struct RealRange {
  Value* lowest;
  Value* highest;
};
RealRange nudged_range(Emitter& e, Value* min, Value* max, QuantizedRange range);

// Whether min and max are both 0: fake_quantize gives 0 for all x then.
Value* is_empty_range(Emitter& e, Value* min, Value* max);

enum class Rounding { half_to_even, half_up };

// tf.quantization.quantize_and_dequantize: x (f32) on the widest grid with its zero at zero that
// [min, max] calls for. `axis` −1: min and max are scalars; otherwise they have an entry for each
// of its indices. Without `clamps`, which is for ranges taken from x itself, values beyond the
// range go to the grid continued.
Value* quantize_and_dequantize(Emitter& e, Value* x, Value* min, Value* max, QuantizedRange range,
                               Rounding rounding, int axis, bool clamps);

}  // namespace litecast::emit
