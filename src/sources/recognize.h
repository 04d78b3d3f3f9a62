// Finds out what a path holds, and answers in words when it is not what litecast reads.
#pragma once

#include <string>

namespace litecast {

enum class SourceKind { saved_model, tflite };

struct Source {
  SourceKind kind;
  // Of a SavedModel its folder, also when the user named a file within.
  std::string path;
};

// Throws IoError when nothing is there, UsageError when it is something else: the message says
// what it is and what to do.
Source recognize(const std::string& path);

// The same for what is to be converted: a .tflite is refused too.
std::string saved_model_folder(const std::string& path);

// Throws UsageError when writing `output` would replace a file of the SavedModel.
void require_outside(const std::string& folder, const std::string& output);

}  // namespace litecast
