// Discrete Fourier transforms along the last axis, on pairs of real tensors. Where the runtime has
// a kernel (real input, power of two) it is used, otherwise products with constant matrices, or
// with computed ones along an axis of free size.
#pragma once

#include "emit/complex.h"

namespace litecast::emit {

// x[…, n] (f32) → [..., n/2 + 1].
ComplexParts rfft(Emitter& e, Value* x);
// Parts[…, n] → parts of the same shape. `inverse` includes the division by n.
ComplexParts fft(Emitter& e, ComplexParts x, bool inverse);
// The real signal of length n whose spectrum is x[…, n/2 + 1].
Value* irfft(Emitter& e, ComplexParts x, Dim n);

// x cut or padded with zeros to `size` along the last axis.
Value* with_length(Emitter& e, Value* x, Dim size);

}  // namespace litecast::emit
