#pragma once

#include "ir/module.h"

namespace litecast::optimize {

// Lists that are the same number everywhere before anything is written to them, and what else a
// loop begins with, are made by FILL when the model runs. As constants the file would hold them in
// full.
void fill_lists(ir::Module& module);

}  // namespace litecast::optimize
