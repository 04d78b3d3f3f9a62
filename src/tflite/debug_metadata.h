// Where the operators of a file come from.
#pragma once

#include <cstddef>
#include <vector>

#include "tflite/model_index.h"

namespace litecast::tflite {

inline constexpr const char* kDebugMetadata = "debug_metadata";

// The entry debug_metadata: for each operator of each graph its place in the source, by the names
// of nodes and functions and the calls that led there.
std::vector<std::byte> debug_metadata(const ModelIndex& index);

}  // namespace litecast::tflite
