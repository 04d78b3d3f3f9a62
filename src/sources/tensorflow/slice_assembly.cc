#include "sources/tensorflow/slice_assembly.h"

#include <algorithm>
#include <cstring>

namespace litecast::tensorflow {

namespace {

bool overlap(const Segment& a, const Segment& b) {
  for (std::size_t axis = 0; axis < a.shape.size(); ++axis) {
    if (a.start[axis] >= b.start[axis] + b.shape[axis]) return false;
    if (b.start[axis] >= a.start[axis] + a.shape[axis]) return false;
  }
  return true;
}

// A segment's bytes are in a file, so their number is known to be one.
std::int64_t element_count(const Segment& segment) {
  return TensorShape{.dims = segment.shape}.element_count().value_or(0);
}

}  // namespace

bool cover_once(const std::vector<Segment>& segments, std::span<const std::int64_t> shape) {
  const auto total = TensorShape{.dims = {shape.begin(), shape.end()}}.element_count();
  std::int64_t covered = 0;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::int64_t count = element_count(segments[i]);
    if (count == 0) continue;
    if (__builtin_add_overflow(covered, count, &covered)) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (element_count(segments[j]) > 0 && overlap(segments[i], segments[j])) return false;
    }
  }
  return total == covered;
}

void place_slice(std::span<const std::byte> bytes, const Segment& segment,
                 std::span<const std::int64_t> shape, std::size_t element,
                 std::span<std::byte> whole) {
  const std::size_t rank = shape.size();
  if (bytes.empty()) return;
  if (rank == 0) {
    std::memcpy(whole.data(), bytes.data(), bytes.size());
    return;
  }
  // Elements of the last axis lie side by side in both.
  const auto run = static_cast<std::size_t>(segment.shape[rank - 1]) * element;
  std::vector<std::int64_t> index(rank);
  for (std::size_t from = 0; from < bytes.size(); from += run) {
    std::int64_t to = 0;
    for (std::size_t axis = 0; axis < rank; ++axis) {
      to = to * shape[axis] + segment.start[axis] + index[axis];
    }
    std::memcpy(whole.data() + static_cast<std::size_t>(to) * element, bytes.data() + from, run);
    for (std::size_t axis = rank - 1; axis-- > 0;) {
      if (++index[axis] < segment.shape[axis]) break;
      index[axis] = 0;
    }
  }
}

}  // namespace litecast::tensorflow
