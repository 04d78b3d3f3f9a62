// Ops that move or choose elements and never compute with them: an element type that the kernel
// lacks travels as another one.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// All results of `op`. Operand `data` tells the element type that is moved; other operands of that
// type are moved too (the fill value of PADV2, the parts of CONCATENATION).
Values move_all(Emitter& e, Op op, std::vector<Value*> operands, int data,
                const ir::Options& options = {});
// The single result.
Value* move(Emitter& e, Op op, std::vector<Value*> operands, int data,
            const ir::Options& options = {});

}  // namespace litecast::emit
