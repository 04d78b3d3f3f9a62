// Special functions of f32 tensors, for which the runtime has no kernels: put together from
// logarithms, exponentials and rational functions whose error lies below a few units of the last
// place.
#pragma once

#include <span>

#include "emit/emitter.h"

namespace litecast::emit {

// A polynomial of x, the coefficient of the highest power first.
Value* polynomial(Emitter& e, Value* x, std::span<const double> coefficients);

// log |Γ(x)|
Value* log_gamma(Emitter& e, Value* x);
// Its derivative.
Value* digamma(Emitter& e, Value* x);
// Hurwitz' ζ(x, q) = Σ (q + k)⁻ˣ for x > 1, q > 0.
Value* zeta(Emitter& e, Value* x, Value* q);

// The inverse of the error function.
Value* inverse_erf(Emitter& e, Value* x);
// The inverse of the normal distribution function.
Value* normal_quantile(Emitter& e, Value* p);

// The modified Bessel functions I₀ and I₁; `scaled`: times e^−|x|.
Value* bessel_i0(Emitter& e, Value* x, bool scaled);
Value* bessel_i1(Emitter& e, Value* x, bool scaled);

// The number next to x in the direction of y.
Value* next_after(Emitter& e, Value* x, Value* y);

}  // namespace litecast::emit
