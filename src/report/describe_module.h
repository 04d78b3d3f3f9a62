#pragma once

#include <string>

#include "ir/module.h"

namespace litecast {

// Signatures, ops by count and every tensor and op of a module; a line each. `name`: of its file.
std::string describe_module(const ir::Module& module, const std::string& name);

}  // namespace litecast
