#pragma once

#include "ir/module.h"

namespace litecast::optimize {

// Rewrites all graphs of the module for fewer and cheaper ops, without changing what they compute.
void optimize(ir::Module& module);

}  // namespace litecast::optimize
