// Division of 64-bit integers, for which the runtime has no kernel.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// The quotient rounded towards minus infinity, exactly; broadcasting.
Value* floor_div(Emitter& e, Value* a, Value* b);
// The quotient rounded towards zero.
Value* truncate_div(Emitter& e, Value* a, Value* b);
// What is left of it: has the sign of a. Any integer type, and floats.
Value* truncate_mod(Emitter& e, Value* a, Value* b);

}  // namespace litecast::emit
