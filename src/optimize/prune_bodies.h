#pragma once

#include "ir/module.h"

namespace litecast::optimize {

// Takes out what nobody needs of IFs and WHILEs: results, operands, and slots that a loop carries
// only for themselves, such as TensorFlow's loop counters.
void prune_bodies(ir::Module& module);

}  // namespace litecast::optimize
