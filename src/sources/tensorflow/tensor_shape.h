#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sources/tensorflow/proto.h"

namespace litecast::tensorflow {

// TensorShapeProto: an unknown size is -1, and even the number of dimensions may be unknown.
struct TensorShape {
  std::vector<std::int64_t> dims;
  bool known_rank = true;

  bool fully_known() const;
  // Product of the sizes; nullopt when a size is unknown or the product exceeds int64.
  std::optional<std::int64_t> element_count() const;
  // "[?,224,224,3]", or "<unknown>".
  std::string text() const;

  bool operator==(const TensorShape&) const = default;
};

// Throws MalformedInput for a size below -1 and for more than 254 dimensions.
TensorShape read_tensor_shape(Message message);

}  // namespace litecast::tensorflow
