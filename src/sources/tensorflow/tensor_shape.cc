#include "sources/tensorflow/tensor_shape.h"

#include <fmt/format.h>

#include <algorithm>

namespace litecast::tensorflow {

namespace {

// As in TensorFlow itself.
constexpr std::size_t kMaxRank = 254;

std::int64_t read_dim(Message message) {
  std::int64_t size = 0;
  for (MessageReader field(message, "TensorShapeProto.Dim"); field.next();) {
    if (field.tag() == 1) size = field.integer();
  }
  if (size < -1) message.malformed(fmt::format("the size of a dimension is {}", size));
  return size;
}

}  // namespace

bool TensorShape::fully_known() const {
  return known_rank && std::all_of(dims.begin(), dims.end(), [](auto dim) { return dim >= 0; });
}

std::optional<std::int64_t> TensorShape::element_count() const {
  if (!fully_known()) return std::nullopt;
  // Zero first: [2^40, 2^40, 0] has no elements, and its product no overflow.
  if (std::find(dims.begin(), dims.end(), 0) != dims.end()) return 0;
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) {
    if (__builtin_mul_overflow(count, dim, &count)) return std::nullopt;
  }
  return count;
}

std::string TensorShape::text() const {
  if (!known_rank) return "<unknown>";
  std::string text = "[";
  for (const std::int64_t dim : dims) {
    if (text.size() > 1) text += ',';
    text += dim < 0 ? "?" : std::to_string(dim);
  }
  return text + "]";
}

TensorShape read_tensor_shape(Message message) {
  TensorShape shape;
  for (MessageReader field(message, "TensorShapeProto"); field.next();) {
    if (field.tag() == 2) shape.dims.push_back(read_dim(field.message()));
    if (field.tag() == 3) shape.known_rank = !field.boolean();
    if (shape.dims.size() > kMaxRank) field.malformed("a shape of more than 254 dimensions");
  }
  if (!shape.known_rank) shape.dims.clear();
  return shape;
}

}  // namespace litecast::tensorflow
