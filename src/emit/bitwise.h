// Bitwise ops beyond the runtime's BITWISE_XOR and RIGHT_SHIFT. All broadcast and take every
// integer type, both operands of one.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

Value* bitwise_and(Emitter& e, Value* a, Value* b);
Value* bitwise_or(Emitter& e, Value* a, Value* b);
Value* invert(Emitter& e, Value* x);
// Shifts by 0 to the number of bits − 1.
Value* left_shift(Emitter& e, Value* x, Value* bits);
Value* right_shift(Emitter& e, Value* x, Value* bits);
// BITWISE_XOR of 64-bit integers.
Value* wide_xor(Emitter& e, Value* a, Value* b);

}  // namespace litecast::emit
