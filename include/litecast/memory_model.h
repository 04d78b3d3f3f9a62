// A model that a program holds in memory, for convert(): its graph as TensorFlow serializes it, and
// views of the values of its variables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace litecast {

// The value of a variable: row-major, little-endian. The bytes are not copied; they must not change
// as long as `owner` is held.
struct MemoryTensor {
  // The node of the main graph that makes the variable's handle, a VarHandleOp; it also says the
  // type of the elements. Strings are handed over as a .tflite holds them.
  std::string node;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;
};

struct MemoryModel {
  enum class Kind {
    // The message of saved_model.pb.
    saved_model,
    // A GraphDef. ConvertOptions::input_arrays and output_arrays say where it begins and ends, as
    // for a file of that kind.
    graph_def,
  };
  Kind kind = Kind::saved_model;
  // The serialized message; it must not change as long as `owner` keeps it alive.
  std::span<const std::byte> message;
  std::shared_ptr<const void> owner;
  std::vector<MemoryTensor> variables;
};

}  // namespace litecast
