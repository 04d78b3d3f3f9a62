// Exponentials and logarithms that keep their digits near zero, where eˣ − 1 and log(1 + x) written
// out lose them. Operands and results are f32.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// eˣ − 1
Value* expm1(Emitter& e, Value* x);
// log(1 + x)
Value* log1p(Emitter& e, Value* x);

}  // namespace litecast::emit
