#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sources/tensorflow/data_type.h"
#include "sources/tensorflow/proto.h"
#include "sources/tensorflow/tensor_shape.h"

namespace litecast::tensorflow {

// A TensorProto. Its elements stand in tensor_content, or in a typed list whose last value repeats
// to the end: a few bytes may describe an enormous tensor, so nothing is expanded until asked.
class TensorProto {
 public:
  // Reads type and shape. Throws MalformedInput when the shape is not fully known or its elements
  // would exceed 2^63 bytes.
  explicit TensorProto(Message message);

  DataType dtype() const { return dtype_; }
  const TensorShape& shape() const { return shape_; }
  std::int64_t element_count() const { return element_count_; }
  // Bytes of all elements together; 0 for strings.
  std::uint64_t byte_size() const;

  // The elements in place (row-major, little-endian, unaligned), when tensor_content holds them
  // all. Valid as long as owner().
  std::optional<std::string_view> content() const;
  std::shared_ptr<const Document> owner() const { return message_.owner(); }

  // The bytes of the one element that all elements equal, when the proto says so without listing
  // them (a list of one value or none). Not for strings.
  std::optional<std::vector<std::byte>> splat() const;

  // All elements, row-major and little-endian. Throws MalformedInput when the lists do not fit the
  // shape or the dtype has no fixed size, UsageError when they take more than `limit` bytes.
  std::vector<std::byte> bytes(std::uint64_t limit = std::uint64_t{1} << 31) const;
  // All elements of a string tensor, as views into the document; at most `limit` of them.
  std::vector<std::string_view> strings(std::uint64_t limit = std::uint64_t{1} << 24) const;

 private:
  std::vector<std::byte> listed_values() const;

  Message message_;
  DataType dtype_ = DataType::kInvalid;
  TensorShape shape_;
  std::int64_t element_count_ = 0;
  std::string_view content_;
};

}  // namespace litecast::tensorflow
