#include "emit/movement.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

constexpr int kMaxSliceRank = 5;

struct Region {
  std::vector<Dim> shape;  // of the operand
  std::vector<std::int64_t> begin;
  std::vector<Dim> size;

  bool is_whole(std::size_t axis) const { return begin[axis] == 0 && size[axis] == shape[axis]; }
};

Region checked_region(const Value* x, std::span<const std::int64_t> begin,
                      std::span<const Dim> size) {
  const auto rank = static_cast<std::size_t>(x->shape().rank());
  if (begin.size() != rank || size.size() != rank)
    throw Unsupported("a slice needs a begin and a size for each axis");
  Region region{x->shape().dims(), {begin.begin(), begin.end()}, {size.begin(), size.end()}};
  for (std::size_t i = 0; i < rank; ++i)
    if (region.size[i] == Dim(-1)) region.size[i] = region.shape[i] - Dim(region.begin[i]);
  return region;
}

// Neighbouring axes that are taken whole become one.
Region merged(const Region& region) {
  Region result;
  bool previous_whole = false;
  for (std::size_t i = 0; i < region.shape.size(); ++i) {
    const bool whole = region.is_whole(i);
    if (whole && previous_whole) {
      result.shape.back() = result.shape.back() * region.shape[i];
      result.size.back() = result.shape.back();
    } else {
      result.shape.push_back(region.shape[i]);
      result.begin.push_back(region.begin[i]);
      result.size.push_back(region.size[i]);
    }
    previous_whole = whole;
  }
  return result;
}

Value* emit_slice(Emitter& e, Value* x, const Region& region) {
  std::vector<Dim> size = region.size;
  for (std::size_t i = 0; i < size.size(); ++i)
    if (!size[i].is_constant() && size[i] == region.shape[i] - Dim(region.begin[i])) size[i] = -1;
  return move(e, Op::SLICE, {x, e.i32(region.begin), shape_value(e, size)}, 0);
}

Value* slice_merged(Emitter& e, Value* x, const Region& region) {
  const Region small = merged(region);
  Value* part = emit_slice(e, reshape(e, x, Shape(small.shape)), small);
  return reshape(e, part, Shape(region.size));
}

// Two axes at a time: with the axes taken whole between and around them merged, these are five.
Value* slice_stepwise(Emitter& e, Value* x, const Region& region) {
  Region step{region.shape, std::vector<std::int64_t>(region.shape.size(), 0), region.shape};
  int cut = 0;
  for (std::size_t i = 0; i < region.shape.size(); ++i) {
    if (region.is_whole(i)) continue;
    step.begin[i] = region.begin[i];
    step.size[i] = region.size[i];
    if (++cut % 2 != 0) continue;
    x = slice_merged(e, x, step);
    step = {x->shape().dims(), std::vector<std::int64_t>(region.shape.size(), 0),
            x->shape().dims()};
  }
  return cut % 2 != 0 ? slice_merged(e, x, step) : x;
}

}  // namespace

Value* slice(Emitter& e, Value* x, std::span<const std::int64_t> begin, std::span<const Dim> size) {
  const Region region = checked_region(x, begin, size);
  bool whole = true;
  for (std::size_t i = 0; i < region.shape.size(); ++i) whole = whole && region.is_whole(i);
  if (whole) return x;
  if (x->shape().rank() <= kMaxSliceRank) return emit_slice(e, x, region);
  return slice_stepwise(e, x, region);
}

Value* concat(Emitter& e, const std::vector<Value*>& parts, int axis) {
  std::vector<Value*> kept;
  for (Value* part : parts) {
    const bool empty = part->shape().is_ranked() && part->shape()[axis] == Dim(0);
    if (!empty) kept.push_back(part);
  }
  if (kept.empty() && !parts.empty()) kept.push_back(parts.front());
  if (kept.empty()) throw Unsupported("nothing to concatenate");
  if (kept.size() == 1) return kept.front();
  if (kept.front()->shape().is_ranked()) axis = axis_of(axis, kept.front()->shape().rank());
  return move(e, Op::CONCATENATION, std::move(kept), 0,
              tflite::ConcatenationOptionsT{.axis = axis});
}

}  // namespace litecast::emit
