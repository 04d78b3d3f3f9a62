// Putting the parts of a checkpoint's tensor together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sources/tensorflow/tensor_bundle.h"

namespace litecast::tensorflow {

// True when the segments, each of which lies inside `shape`, neither overlap nor leave a gap.
bool cover_once(const std::vector<Segment>& segments, std::span<const std::int64_t> shape);

// Copies the bytes of a segment to their places in the whole tensor, which has `shape`.
void place_slice(std::span<const std::byte> bytes, const Segment& segment,
                 std::span<const std::int64_t> shape, std::size_t element,
                 std::span<std::byte> whole);

}  // namespace litecast::tensorflow
