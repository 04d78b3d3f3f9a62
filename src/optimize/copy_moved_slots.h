#pragma once

#include "ir/module.h"

namespace litecast::optimize {

// The runtime copies the results of a loop's body into its inputs one after the other. A result
// that is another slot's input would then already be overwritten: it becomes a copy.
void copy_moved_slots(ir::Module& module);

}  // namespace litecast::optimize
