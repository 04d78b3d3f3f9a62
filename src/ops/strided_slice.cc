#include "ops/strided_slice.h"

#include <fmt/format.h>

namespace litecast::ops {
namespace {

using Kind = LimitViolation::Kind;
using ir::Dim;

// The effective rank, new axes included, that the kernel has room for.
constexpr int kMaxAxes = 5;
// Bits of a mask.
constexpr std::size_t kMaxEntries = 31;

bool bit(std::int32_t mask, std::size_t entry) {
  return (static_cast<std::uint32_t>(mask) >> entry) & 1;
}

// Which axis each entry is about. An entry of -1 takes its axis whole.
struct AxisEntry {
  int axis;
  int entry;
};

Expected<std::vector<AxisEntry>> pair_axes(const tflite::StridedSliceOptionsT& options,
                                           std::size_t entries, int rank) {
  int named = 0, ellipses = 0, added = 0;
  for (std::size_t i = 0; i < entries; ++i) {
    if (bit(options.ellipsis_mask, i))
      ++ellipses;
    else if (bit(options.new_axis_mask, i))
      ++added;
    else
      ++named;
  }
  if (ellipses > 1 || named > rank || rank + added > kMaxAxes) {
    return violation(Kind::option, 1,
                     fmt::format("STRIDED_SLICE takes at most one ellipsis and {} axes with the "
                                 "new ones, not {} ellipses and {} of {} axes with {} new ones",
                                 kMaxAxes, ellipses, named, rank, added));
  }
  std::vector<AxisEntry> pairs;
  int axis = 0;
  const auto take_rest = [&](int count) {
    for (; count > 0; --count) pairs.push_back({axis++, -1});
  };
  for (std::size_t i = 0; i < entries; ++i) {
    const auto entry = static_cast<int>(i);
    if (bit(options.ellipsis_mask, i))
      take_rest(rank - named);
    else if (bit(options.new_axis_mask, i))
      pairs.push_back({-1, entry});
    else
      pairs.push_back({axis++, entry});
  }
  take_rest(rank - axis);
  return pairs;
}

bool is_negative(Dim place) { return place.is_constant() && place.value() < 0; }

Dim from_start(Dim place, Dim size) { return is_negative(place) ? size + place : place; }

// Kept within [lowest, highest] where that can be told. A free size is trusted to be large enough
// for what is counted from either end.
Dim clamped(Dim place, Dim lowest, Dim highest) {
  if (!place.is_constant() || !highest.is_constant()) return place;
  return std::max(lowest.value(), std::min(place.value(), highest.value()));
}

// What a stride takes of an axis. `begin` and `end` null: as far as the axis goes.
struct Interval {
  Dim begin;
  Dim size;
};
Interval interval(Dim size, const Dim* begin, const Dim* end, std::int64_t stride, bool offset) {
  const bool forward = stride > 0;
  const Dim lowest = forward ? Dim(0) : Dim(-1);
  const Dim highest = forward ? size : size - Dim(1);
  Dim first = forward ? lowest : highest, last = forward ? highest : lowest;
  if (begin != nullptr) {
    first = clamped(from_start(*begin, size), lowest, highest);
    // The last k elements of a free size are fewer where it is smaller.
    if (forward && is_negative(*begin) && !size.is_constant())
      first = size - min(Dim(0) - *begin, size);
  }
  if (end != nullptr) {
    last = clamped(offset ? first + *end : from_start(*end, size), lowest, highest);
    // The same of the first k.
    if (forward && !is_negative(*end)) last = min(last, highest);
  }
  Dim count = forward ? ceildiv(last - first, stride) : ceildiv(first - last, -stride);
  if (is_negative(count)) count = 0;
  return {first, count};
}

Expected<SlicedAxis> dropped_axis(int axis, Dim size, const Dim* begin, std::int64_t stride) {
  const Dim place = begin ? from_start(*begin, size) : Dim(0);
  const bool outside = place.is_constant() &&
                       (place.value() < 0 || (size.is_constant() && place.value() >= size.value()));
  if (outside || stride < 0) {
    return violation(Kind::shape, 1,
                     fmt::format("STRIDED_SLICE cannot take element {} of {} with stride {}",
                                 to_string(begin ? *begin : Dim(0)), to_string(size), stride));
  }
  return SlicedAxis{axis, true, place, 1, 1};
}

}  // namespace

Expected<std::vector<SlicedAxis>> sliced_axes(const OpView& node, const ir::Shape& x,
                                              const SliceOperand& begin, const SliceOperand& end,
                                              const SliceOperand& strides, std::size_t entries,
                                              ir::DimContext& dims) {
  const auto& options = node.as<tflite::StridedSliceOptionsT>();
  const auto differs = [&](const SliceOperand& operand) {
    return operand && operand->size() != entries;
  };
  if (entries > kMaxEntries || differs(begin) || differs(end) || differs(strides))
    return violation(Kind::shape, 1, "STRIDED_SLICE takes begin, end and strides of one length");
  const auto pairs = pair_axes(options, entries, x.rank());
  if (!pairs) return tl::unexpected(pairs.error());
  std::vector<SlicedAxis> axes;
  for (const AxisEntry& pair : *pairs) {
    if (pair.axis < 0) {
      axes.push_back({});
      continue;
    }
    const Dim size = x[pair.axis];
    if (pair.entry < 0) {
      axes.push_back({pair.axis, false, 0, 1, size});
      continue;
    }
    const auto i = static_cast<std::size_t>(pair.entry);
    const bool is_dropped = bit(options.shrink_axis_mask, i);
    const auto stride = strides ? (*strides)[i].constant() : std::nullopt;
    if (stride == 0) return violation(Kind::option, 3, "STRIDED_SLICE takes strides other than 0");
    const bool open_begin = bit(options.begin_mask, i);
    const bool open_end = bit(options.end_mask, i);
    const Dim* first = begin && !open_begin ? &(*begin)[i] : nullptr;
    const Dim* last = end && !open_end ? &(*end)[i] : nullptr;
    if (is_dropped) {
      const auto axis = dropped_axis(pair.axis, size, first, stride.value_or(1));
      if (!axis) return tl::unexpected(axis.error());
      axes.push_back(*axis);
    } else if ((!begin && !open_begin) || (!end && !open_end) || !stride) {
      axes.push_back({pair.axis, false, 0, 1, dims.fresh("sliced")});
    } else {
      const Interval part = interval(size, first, last, *stride, options.offset);
      // The kernel does not clamp an end that counts from the begin, and reads beyond the tensor.
      if (options.offset && last != nullptr && is_negative(size - part.begin - *last))
        return violation(Kind::shape, 2, "STRIDED_SLICE with offset ends beyond the tensor");
      axes.push_back({pair.axis, false, part.begin, *stride, part.size});
    }
  }
  return axes;
}

}  // namespace litecast::ops
