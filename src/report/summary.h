#pragma once

#include <litecast/report.h>

#include <string>

#include "ir/module.h"

namespace litecast {

// "float32", "int8", …: the format's names in lower case.
std::string dtype_name(ir::DType dtype);

// What the report says about a converted module: all but size, time and version.
Report summarise(const ir::Module& module);

}  // namespace litecast
