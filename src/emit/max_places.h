// Where in its window a maximum stands.
#pragma once

#include "emit/window.h"

namespace litecast::emit {

// The number of each element of x[N, spatial…, C], of which N alone may be free: within the tensor,
// or within its image (then there is one image of numbers); i32.
Value* element_numbers(Emitter& e, const Value* x, bool counts_batch);

// For each window of x[N, H, W, C] the number of the first of its largest elements: within the
// tensor, or within its image; i32, shaped as the pooled tensor.
Value* max_places(Emitter& e, Value* x, const Sizes& window_size, const Window& window,
                  bool counts_batch);

}  // namespace litecast::emit
