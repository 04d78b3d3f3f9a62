// The error function, for which the runtime has no kernel: GELU, which it has, is made of it.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// erf(x) = 2·gelu(u)/u − 1 with u = √2·x, moved off zero by less than any float near it.
Value* erf(Emitter& e, Value* x);
// 1 − erf(x), exact in its tail too.
Value* erfc(Emitter& e, Value* x);

}  // namespace litecast::emit
