// Reads the textual IR that print.h describes.
#pragma once

#include <memory>
#include <string_view>

#include "ir/module.h"

namespace litecast::ir {

// Values may have any name behind '%', and constants and nodes may stand in any order in which
// each is defined before it is used. The types of results are taken as written, so that a test can
// say what it wants. Throws MalformedInput with `file`, line and what was expected.
std::unique_ptr<Module> parse(std::string_view text, std::string_view file = "text");

}  // namespace litecast::ir
