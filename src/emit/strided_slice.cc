#include "emit/strided_slice.h"

#include "emit/movement.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

constexpr std::size_t kMaxStridedSliceRank = 5;

bool is_whole(const AxisRange& range) {
  return !range.begin && !range.end && range.stride == 1 && !range.shrink;
}

// A bound as the kernel takes it: a constant, counted from the end where that makes it one.
Dim from_nearer_end(Dim bound, Dim size) {
  if (bound.is_constant()) return bound;
  const Dim from_end = bound - size;
  return from_end.is_constant() && from_end.value() < 0 ? from_end : bound;
}

std::int64_t clamped(std::int64_t bound, std::int64_t size) {
  return std::clamp<std::int64_t>(bound < 0 ? bound + size : bound, 0, size);
}

// Bounds that say nothing are left out; those within a fixed size are counted from the beginning.
AxisRange normalized(AxisRange range, Dim size) {
  if (range.shrink) {
    if (size == Dim(1)) return {.begin = Dim(0), .shrink = true};
    range.begin = from_nearer_end(range.begin.value_or(0), size);
    range.end.reset();
    return range;
  }
  if (range.begin) range.begin = from_nearer_end(*range.begin, size);
  if (range.end)
    range.end = *range.end == size && range.stride > 0
                    ? std::nullopt
                    : std::optional(from_nearer_end(*range.end, size));
  if (range.stride < 0) return range;
  if (range.begin == Dim(0)) range.begin.reset();
  if (!size.is_constant()) return range;
  if (range.begin && range.begin->is_constant())
    range.begin = clamped(range.begin->value(), size.value());
  if (range.begin == Dim(0)) range.begin.reset();
  if (range.end && range.end->is_constant()) range.end = clamped(range.end->value(), size.value());
  if (range.end == size) range.end.reset();
  return range;
}

Value* emit_kernel(Emitter& e, Value* x, const std::vector<AxisRange>& ranges) {
  tflite::StridedSliceOptionsT options;
  std::vector<Dim> begin, end;
  std::vector<std::int64_t> strides;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const AxisRange& range = ranges[i];
    const int bit = 1 << i;
    if (!range.begin) options.begin_mask |= bit;
    if (!range.end && !range.shrink) options.end_mask |= bit;
    if (range.shrink) options.shrink_axis_mask |= bit;
    begin.push_back(range.begin.value_or(0));
    end.push_back(range.shrink ? *range.begin + 1 : range.end.value_or(0));
    strides.push_back(range.stride);
  }
  return move(e, Op::STRIDED_SLICE, {x, shape_value(e, begin), shape_value(e, end), e.i32(strides)},
              0, options);
}

// Neighbouring axes that are taken whole become one; then the result gets its axes again.
Value* emit_merged(Emitter& e, Value* x, const std::vector<AxisRange>& ranges) {
  std::vector<Dim> dims;
  std::vector<AxisRange> merged;
  std::vector<std::size_t> place;  // of each cut axis among the merged ones
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const Dim size = x->shape().dims()[i];
    if (is_whole(ranges[i]) && !merged.empty() && is_whole(merged.back())) {
      dims.back() = dims.back() * size;
    } else {
      dims.push_back(size);
      merged.push_back(ranges[i]);
    }
    place.push_back(merged.size() - 1);
  }
  Value* part = emit_kernel(e, reshape(e, x, Shape(dims)), merged);
  std::vector<Dim> result = x->shape().dims();
  for (std::size_t i = 0; i < ranges.size(); ++i)
    if (!is_whole(ranges[i])) result[i] = part->shape().dims()[place[i]];
  return reshape(e, part, Shape(std::move(result)));
}

// Two axes at a time: with those taken whole between and around them, these are five.
Value* emit_stepwise(Emitter& e, Value* x, const std::vector<AxisRange>& ranges) {
  std::vector<AxisRange> step(ranges.size());
  int cut = 0;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (is_whole(ranges[i])) continue;
    step[i] = ranges[i];
    if (++cut % 2 != 0) continue;
    x = emit_merged(e, x, step);
    step.assign(ranges.size(), {});
  }
  return cut % 2 != 0 ? emit_merged(e, x, step) : x;
}

// An element of an axis as a range of size one.
AxisRange kept(AxisRange range) {
  if (!range.shrink) return range;
  range.shrink = false;
  if (range.begin == Dim(-1))
    range.end.reset();
  else
    range.end = *range.begin + 1;
  return range;
}

std::vector<int> shrunk_axes(const std::vector<AxisRange>& ranges) {
  std::vector<int> axes;
  for (std::size_t i = 0; i < ranges.size(); ++i)
    if (ranges[i].shrink) axes.push_back(static_cast<int>(i));
  return axes;
}

}  // namespace

Value* strided_slice(Emitter& e, Value* x, std::vector<AxisRange> ranges) {
  const std::vector<Dim>& dims = x->shape().dims();
  if (ranges.size() != dims.size()) throw Unsupported("a slice needs a range for each axis");
  bool only_squeezes = true;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    ranges[i] = normalized(ranges[i], dims[i]);
    only_squeezes &= is_whole(ranges[i]) || (ranges[i].shrink && dims[i] == Dim(1));
  }
  if (only_squeezes) return squeeze(e, x, shrunk_axes(ranges));
  if (dims.size() <= kMaxStridedSliceRank) return emit_kernel(e, x, ranges);
  const std::vector<int> dropped = shrunk_axes(ranges);
  std::ranges::transform(ranges, ranges.begin(), kept);
  for (std::size_t i = 0; i < ranges.size(); ++i) ranges[i] = normalized(ranges[i], dims[i]);
  return squeeze(e, emit_stepwise(e, x, ranges), dropped);
}

}  // namespace litecast::emit
