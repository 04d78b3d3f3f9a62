#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace litecast::tensorflow {

// One dimension of a slice of a partitioned variable; a dimension taken whole may have length -1.
struct SliceExtent {
  std::int64_t start = 0;
  std::int64_t length = -1;
};

// The key under which a checkpoint stores the bytes of a slice, in its order-preserving encoding.
std::string slice_key(std::string_view tensor, std::span<const SliceExtent> slice);

}  // namespace litecast::tensorflow
