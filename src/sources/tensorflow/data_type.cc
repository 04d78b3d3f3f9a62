#include "sources/tensorflow/data_type.h"

#include <array>

namespace litecast::tensorflow {

namespace {

struct Traits {
  std::string_view name;
  std::uint8_t size;
  std::int8_t tflite;  // TFLite's TensorType; -1 for none.
};

// By DataType. Quantized types are plain integers to TFLite: their scale stands elsewhere.
constexpr std::array<Traits, 34> kTraits = {{
    {"invalid", 0, -1},
    {"float", 4, 0},
    {"double", 8, 10},
    {"int32", 4, 2},
    {"uint8", 1, 3},
    {"int16", 2, 7},
    {"int8", 1, 9},
    {"string", 0, 5},
    {"complex64", 8, 8},
    {"int64", 8, 4},
    {"bool", 1, 6},
    {"qint8", 1, 9},
    {"quint8", 1, 3},
    {"qint32", 4, 2},
    {"bfloat16", 2, 18},
    {"qint16", 2, 7},
    {"quint16", 2, 16},
    {"uint16", 2, 16},
    {"complex128", 16, 11},
    {"half", 2, 1},
    {"resource", 0, 13},
    {"variant", 0, 14},
    {"uint32", 4, 15},
    {"uint64", 8, 12},
    {"float8_e5m2", 1, 22},
    {"float8_e4m3fn", 1, 21},
    {"float8_e4m3fnuz", 1, -1},
    {"float8_e4m3b11fnuz", 1, -1},
    {"float8_e5m2fnuz", 1, -1},
    {"int4", 1, 17},
    {"uint4", 1, 20},
    {"int2", 1, 19},
    {"uint2", 1, -1},
    {"float4_e2m1fn", 1, -1},
}};

const Traits& traits(DataType type) { return kTraits[static_cast<std::size_t>(type)]; }

constexpr std::int64_t kReferenceOffset = 100;

}  // namespace

std::optional<DataType> data_type_of(std::int64_t code) {
  if (code > kReferenceOffset) code -= kReferenceOffset;
  if (code < 0 || code >= static_cast<std::int64_t>(kTraits.size())) return std::nullopt;
  return static_cast<DataType>(code);
}

std::string_view name_of(DataType type) { return traits(type).name; }

std::size_t element_size(DataType type) { return traits(type).size; }

std::optional<ir::DType> tflite_type_of(DataType type) {
  const auto code = traits(type).tflite;
  return code < 0 ? std::nullopt : std::optional(static_cast<ir::DType>(code));
}

}  // namespace litecast::tensorflow
