// Says what is in a model, for a person and for grep.
#pragma once

#include <string>

namespace litecast {

// Of a SavedModel: its signatures and how often its functions use each op. Of a .tflite: its
// signatures, graphs, tensors and ops. Throws UsageError when it is neither, MalformedInput,
// IoError.
std::string describe(const std::string& path);

}  // namespace litecast
