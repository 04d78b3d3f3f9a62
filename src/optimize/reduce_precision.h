// Tables of small integers in half their bytes, where the user asks for it.
#pragma once

#include <string>
#include <vector>

#include "ir/module.h"

namespace litecast::optimize {

// Makes tables of INT8 that are gathered from INT4, where all their values fit and the runtime
// computes what takes the rows. Returns what stays as it is though its values fit, a sentence each.
std::vector<std::string> reduce_precision(ir::Module& module);

}  // namespace litecast::optimize
