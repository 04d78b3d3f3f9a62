// The operators of the IR are the builtin operators of the format, with its names and numbers.
#pragma once

#include <string_view>

#include "options_generated.h"

namespace litecast::ir {

using Op = tflite::BuiltinOperator;

inline std::string_view name(Op op) { return tflite::EnumNameBuiltinOperator(op); }

}  // namespace litecast::ir
