#pragma once

#include "ir/module.h"

namespace litecast::optimize {

// Results of loops and branches that the runtime would lose become copies. It copies those of a
// loop's body into its inputs one after the other: one that is another slot's input would already
// be overwritten. It gives those of a branch away one after the other: one that was made there and
// stands twice among them is gone the second time.
void copy_results(ir::Module& module);

}  // namespace litecast::optimize
