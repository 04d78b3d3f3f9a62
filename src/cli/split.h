#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace litecast::cli {

// The parts of `text` between separators; none of an empty text, nor behind a separator at its end.
std::vector<std::string> split(std::string_view text, char separator);

}  // namespace litecast::cli
