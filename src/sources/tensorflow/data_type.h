// TensorFlow's DataType: its codes in files, names and element sizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "ir/type.h"

namespace litecast::tensorflow {

// The values are those of tensorflow.DataType. Reference types ("float_ref") are not listed:
// readers turn them into their base type.
enum class DataType : std::uint8_t {
  kInvalid = 0,
  kFloat = 1,
  kDouble = 2,
  kInt32 = 3,
  kUint8 = 4,
  kInt16 = 5,
  kInt8 = 6,
  kString = 7,
  kComplex64 = 8,
  kInt64 = 9,
  kBool = 10,
  kQint8 = 11,
  kQuint8 = 12,
  kQint32 = 13,
  kBfloat16 = 14,
  kQint16 = 15,
  kQuint16 = 16,
  kUint16 = 17,
  kComplex128 = 18,
  kHalf = 19,
  kResource = 20,
  kVariant = 21,
  kUint32 = 22,
  kUint64 = 23,
  kFloat8E5m2 = 24,
  kFloat8E4m3fn = 25,
  kFloat8E4m3fnuz = 26,
  kFloat8E4m3b11fnuz = 27,
  kFloat8E5m2fnuz = 28,
  kInt4 = 29,
  kUint4 = 30,
  kInt2 = 31,
  kUint2 = 32,
  kFloat4E2m1fn = 33,
};

// The type that a file's code stands for, reference types (code + 100) included; nullopt for a
// number that is no DataType.
std::optional<DataType> data_type_of(std::int64_t code);

// TensorFlow's own short name: "float", "int32", "bfloat16".
std::string_view name_of(DataType type);

// Bytes of one element in tensor_content and in checkpoints (a byte each for types of less than
// eight bits); 0 for string, resource, variant and invalid, which have no fixed size.
std::size_t element_size(DataType type);

// The same type in TFLite; nullopt where TFLite has none.
std::optional<ir::DType> tflite_type_of(DataType type);

}  // namespace litecast::tensorflow
