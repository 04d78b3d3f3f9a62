// Convolutions and pooling in the runtime's terms: NHWC data, OHWI filters. What the kernels lack
// (other paddings, 1-D, groups, dilation with stride …) is composed here.
#pragma once

#include <array>
#include <functional>

#include "emit/emitter.h"

namespace litecast::emit {

enum class Padding { same, valid, explicit_ };

// Of spatial axes only, outermost first.
struct Window {
  std::vector<std::int64_t> strides;
  std::vector<std::int64_t> dilations;
  Padding padding = Padding::valid;
  std::vector<std::array<std::int64_t, 2>> pads = {};  // before and after, for explicit_
};

// x[N, spatial…, C] ⋆ filter[spatial…, C/groups, O] (TensorFlow's order) → [N, spatial…, O]; 1 to 3
// spatial axes. `bias` may be null.
Value* conv(Emitter& e, Value* x, Value* filter, Value* bias, const Window& window);
// filter[kh, kw, C, M] → [N, h, w, C·M].
Value* depthwise_conv(Emitter& e, Value* x, Value* filter, Value* bias, const Window& window);
// Gradient of conv with respect to its input: filter[spatial…, O, C]; 1 to 3 spatial axes.
// `output_shape` is the wanted shape of the result, NHWC.
Value* transpose_conv(Emitter& e, Value* x, Value* filter, const Shape& output_shape,
                      const Window& window);

// The same where the size is data: an integer vector.
Value* transpose_conv_by(Emitter& e, Value* x, Value* filter, Value* output_size,
                         const Window& window);

enum class Pool { average, max };
// `average` ignores padding. 1 to 3 spatial axes.
Value* pool(Emitter& e, Pool kind, Value* x, const std::vector<std::int64_t>& window_size,
            const Window& window);

// [N, C, …] → [N, …, C]. Unsupported below rank 3.
Value* to_channels_last(Emitter& e, Value* x);
// [N, …, C] → [N, C, …].
Value* to_channels_first(Emitter& e, Value* x);
// Calls `body` with x brought to channels-last and returns its result in channels-first again; for
// NCHW ops.
Value* in_channels_last(Emitter& e, Value* x, const std::function<Value*(Value*)>& body);

// Equal parts along an axis.
std::vector<Value*> split(Emitter& e, Value* x, int axis, int count);

// tf.pad with constant `value` (null: zero).
Value* pad(Emitter& e, Value* x, const std::vector<std::array<std::int64_t, 2>>& pads,
           Value* value);

}  // namespace litecast::emit
