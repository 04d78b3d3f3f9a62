#pragma once

#include <litecast/report.h>

#include <string>

#include "ir/module.h"

namespace litecast {

// "float32", "int8", …: the format's names in lower case.
std::string dtype_name(ir::DType dtype);

// "CONV_2D", or the name of a custom op.
std::string op_name(const ir::Node& node);

// What the report says about a converted module: all but size, time and version.
Report summarise(const ir::Module& module);

}  // namespace litecast
