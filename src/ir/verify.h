// The invariants that every pass must leave intact.
#pragma once

#include "ir/module.h"

namespace litecast::ir {

// Throws Error that names the graph, the node and what is wrong with it: an operand that is defined
// later or in another graph, a use list that disagrees, a violated limit of the kernel, result
// types that inference contradicts, a signature that points nowhere.
void verify(const Module& module);

}  // namespace litecast::ir
