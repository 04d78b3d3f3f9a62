// Discrete Fourier transforms along a last axis of free size: products with matrices that the
// model computes from the size. Costs n² multiplications and numbers.
#pragma once

#include "emit/complex.h"

namespace litecast::emit {

// Parts[…, n] → the first `kept` frequencies, [..., kept].
ComplexParts free_fft(Emitter& e, ComplexParts x, Dim kept);
// The same of x[…, n] without imaginary part.
ComplexParts free_fft_of_real(Emitter& e, Value* x, Dim kept);
// The real signal of length n whose spectrum is x[…, n/2 + 1].
Value* free_irfft(Emitter& e, ComplexParts x, Dim n);

}  // namespace litecast::emit
