// Windows that slide over the spatial axes of x[N, spatial…, C]: their padding made explicit, and
// the data seen through single places of the window.
#pragma once

#include "emit/conv.h"
#include "emit/pad.h"

namespace litecast::emit {

using Sizes = std::vector<std::int64_t>;  // of spatial axes, outermost first

// Checks that strides and dilations are positive and as many as the spatial axes of x, and explicit
// pads not negative; fills what is empty with ones. Throws Unsupported.
Window checked(Window window, const Value* x, int spatial);

// Pads for all axes of x; zero for the batch and the channels.
Pads window_pads(const Value* x, const Sizes& window_size, const Window& window);

// What the kernels know: SAME or VALID. Other paddings are emitted as PAD with `value` (null:
// zero), then VALID.
struct Prepared {
  Value* x;
  tflite::Padding padding;
};
Prepared prepare(Emitter& e, Value* x, const Sizes& window_size, const Window& window,
                 Value* value = nullptr);
// The same, but never SAME.
Value* pad_for_window(Emitter& e, Value* x, const Sizes& window_size, const Window& window,
                      Value* value);

// The tensor of the elements at `offset` of each window: [N, out…, C]. x is already padded.
Value* window_tap(Emitter& e, Value* x, const Sizes& window_size, const Window& window,
                  const Sizes& offset);
// All offsets of a window, row-major.
std::vector<Sizes> window_offsets(const Sizes& window_size);

// Windows laid out along the channels, place by place: [N, out…, places·C].
Value* patches(Emitter& e, Value* x, const Sizes& window_size, const Window& window);

// An option of a kernel as its field holds it. Throws Unsupported when it does not fit.
int option_int(std::int64_t value, const char* what);

}  // namespace litecast::emit
