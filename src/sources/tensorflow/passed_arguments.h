#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sources/tensorflow/function_def.h"

namespace litecast::tensorflow {

// For each result of a function: which of its arguments it is, unchanged, if any. Looks through
// identities, calls and loops.
std::vector<std::optional<std::uint32_t>> passed_arguments(const Library& library,
                                                           std::string_view function);

}  // namespace litecast::tensorflow
