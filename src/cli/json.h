#pragma once

#include <litecast/convert.h>

#include <exception>
#include <string>

namespace litecast::cli {

// One object, {"status": "converted", …}, for programs.
std::string json_of(const Report& report, const std::string& output);
// {"status": "failed", "error": …, "message": …, "diagnostics": […]}
std::string json_of(const std::exception& error);

}  // namespace litecast::cli
