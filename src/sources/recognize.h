// Finds out what a path holds, and answers in words when it is not what litecast reads.
#pragma once

#include <string>

namespace litecast {

enum class SourceKind {
  saved_model,
  // A TensorFlow graph alone, frozen: its variables have become constants.
  graph_def,
  tflite,
};

struct Source {
  SourceKind kind;
  // Of a SavedModel its folder, also when the user named a file within.
  std::string path;
};

// Throws IoError when nothing is there, UsageError when it is something else: the message says
// what it is and what to do.
Source recognize(const std::string& path);

// The same for what is to be converted: a .tflite is refused too.
Source convertible_source(const std::string& path);

// Throws UsageError when writing `output` would replace the source or a file of it.
void require_outside(const std::string& source, const std::string& output);

}  // namespace litecast
