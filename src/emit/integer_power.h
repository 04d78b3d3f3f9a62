// Powers that are products: of any type, and of 64-bit integers, for which POW has no kernel.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// x to the n ≥ 0, by repeated squaring.
Value* integer_power(Emitter& e, Value* x, std::int64_t n);

// base to the exponent, which is not negative; broadcasting. Exact wherever the power fits 64 bits,
// and modulo 2^64 for exponents below 64.
Value* wide_power(Emitter& e, Value* base, Value* exponent);

}  // namespace litecast::emit
