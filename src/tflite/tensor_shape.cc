#include "tflite/tensor_shape.h"

#include <litecast/error.h>

#include <limits>

namespace litecast::tflite {
namespace {

std::vector<std::int32_t> sizes(const ir::Type& type, std::int32_t free_size) {
  std::vector<std::int32_t> result;
  if (!type.shape.is_ranked()) return result;
  for (const ir::Dim dim : type.shape.dims()) {
    const std::int64_t size = dim.constant().value_or(free_size);
    if (size > std::numeric_limits<std::int32_t>::max() || size < -1) {
      throw UsageError("a tensor of type " + ir::to_string(type) +
                       " has a size that a .tflite cannot hold");
    }
    result.push_back(static_cast<std::int32_t>(size));
  }
  return result;
}

}  // namespace

std::vector<std::int32_t> allocated_shape(const ir::Type& type) { return sizes(type, 1); }
std::vector<std::int32_t> shape_signature(const ir::Type& type) { return sizes(type, -1); }

}  // namespace litecast::tflite
