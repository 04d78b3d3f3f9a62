// Parts of a tensor, at places that are known or not.
#include "emit/shape.h"
#include "ops/strided_slice.h"
#include "stablehlo/lowerings.h"
#include "stablehlo/operand_values.h"

namespace litecast::stablehlo {
namespace {

// The elements of a list as scalars.
Values elements(Lowerer& l, Value* list) {
  Values scalars;
  for (std::int64_t i = 0; i < sizes_of(list)[0]; ++i) scalars.push_back(l.element(list, i));
  return scalars;
}

Values slice(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  const Sizes sizes = sizes_of(node.result());
  if (const auto begin = emit::known_integers(node.operand(1))) {
    Sizes limit = *begin;
    for (std::size_t i = 0; i < sizes.size(); ++i) limit[i] += sizes[i];
    return {l.slice(x, *begin, limit, ones(rank_of(x)))};
  }
  if (sizes == sizes_of(x)) return {x};
  Values operands = {x};
  const Values starts = elements(l, node.operand(1));
  operands.insert(operands.end(), starts.begin(), starts.end());
  tflite::StablehloDynamicSliceOptionsT options;
  options.slice_sizes = sizes;
  return {l.add(Op::STABLEHLO_DYNAMIC_SLICE, operands, node.result()->type(), std::move(options))};
}

Values update_slice(Lowerer& l, const Node& node) {
  Values operands = {node.operand(0), node.operand(1)};
  const Values starts = elements(l, node.operand(2));
  operands.insert(operands.end(), starts.begin(), starts.end());
  return {l.add(Op::STABLEHLO_DYNAMIC_UPDATE_SLICE, operands, node.result()->type())};
}

bool bit(std::int32_t mask, std::size_t entry) {
  return (static_cast<std::uint32_t>(mask) >> entry) & 1;
}

// Where an axis begins that is cut at a computed place, which may be counted from the end.
Value* computed_start(Lowerer& l, Value* place, std::int64_t size) {
  Value* from_end =
      l.binary(Op::STABLEHLO_ADD, place, l.scalar(place->dtype(), static_cast<double>(size)));
  Value* is_from_end =
      l.compare(Direction::STABLEHLO_COMPARISON_DIRECTION_LT, place, l.scalar(place->dtype(), 0));
  return l.select(is_from_end, from_end, place);
}

// At computed places single elements of axes can be had, since the result's size is known.
Values slice_at_computed_places(Lowerer& l, const Node& node) {
  const auto& o = node.options_as<tflite::StridedSliceOptionsT>();
  Value *x = node.operand(0), *begin = node.operand(1);
  const auto entries = static_cast<std::size_t>(sizes_of(begin)[0]);
  const bool is_plain = o.ellipsis_mask == 0 && o.new_axis_mask == 0 && !o.offset &&
                        known(node, 3, "strides") == ones(static_cast<int>(entries));
  Values operands = {x};
  tflite::StablehloDynamicSliceOptionsT options;
  options.slice_sizes = sizes_of(x);
  for (std::size_t i = 0; i < options.slice_sizes.size(); ++i) {
    const bool is_one = i < entries && bit(o.shrink_axis_mask, i);
    const bool is_whole = i >= entries || (bit(o.begin_mask, i) && bit(o.end_mask, i));
    if (!is_plain || (!is_one && !is_whole))
      throw Unsupported("StableHLO takes no part that ends at places which the model computes",
                        "use tf.slice with a constant size");
    operands.push_back(
        is_one ? computed_start(l, l.element(begin, static_cast<std::int64_t>(i)), sizes_of(x)[i])
               : l.scalar(begin->dtype(), 0));
    if (is_one) options.slice_sizes[i] = 1;
  }
  const Type type{x->dtype(), Shape::of(options.slice_sizes)};
  Value* part = l.add(Op::STABLEHLO_DYNAMIC_SLICE, operands, type, std::move(options));
  return {l.reshape(part, sizes_of(node.result()))};
}

Values strided_slice(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  if (!emit::known_integers(node.operand(1))) return slice_at_computed_places(l, node);
  const Sizes begin = known(node, 1, "places"), end = known(node, 2, "places"),
              strides = known(node, 3, "strides");
  const auto list = [](const Sizes& values) {
    return std::vector<ir::Dim>(values.begin(), values.end());
  };
  const ops::OpView view{node.op(), node.options(), node.operands()};
  const auto axes = ops::sliced_axes(view, x->shape(), list(begin), list(end), list(strides),
                                     begin.size(), l.builder().dims());
  if (!axes) throw Unsupported(axes.error().message);
  const Sizes sizes = sizes_of(x);
  Sizes start(sizes.size(), 0), limit = sizes, steps = ones(rank_of(x));
  for (const ops::SlicedAxis& axis : *axes) {
    if (axis.axis < 0) continue;
    const auto at = static_cast<std::size_t>(axis.axis);
    const std::int64_t first = axis.begin.value(), count = axis.dropped ? 1 : axis.size.value();
    if (axis.stride < 0 && count > 0) {
      Sizes places;
      for (std::int64_t i = 0; i < count; ++i) places.push_back(first + i * axis.stride);
      x = l.take(x, axis.axis, places);
      limit[at] = count;
      continue;
    }
    steps[at] = std::max<std::int64_t>(axis.stride, 1);
    start[at] = count > 0 ? first : 0;
    limit[at] = count > 0 ? first + (count - 1) * steps[at] + 1 : 0;
  }
  return {l.reshape(l.slice(x, start, limit, steps), sizes_of(node.result()))};
}

Values consecutive(Lowerer& l, const Node& node, Value* x, int axis) {
  Values parts;
  std::int64_t begin = 0;
  for (const Value* result : node.results()) {
    const std::int64_t size = sizes_of(result)[static_cast<std::size_t>(axis)];
    parts.push_back(l.slice_axis(x, axis, begin, begin + size));
    begin += size;
  }
  return parts;
}

Values split(Lowerer& l, const Node& node) {
  Value* x = node.operand(1);
  return consecutive(l, node, x,
                     static_cast<int>(front_axis(known(node, 0, "axes")[0], rank_of(x))));
}

Values split_v(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  return consecutive(l, node, x,
                     static_cast<int>(front_axis(known(node, 2, "axes")[0], rank_of(x))));
}

Values unpack(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  const auto axis =
      static_cast<int>(front_axis(node.options_as<tflite::UnpackOptionsT>().axis, rank_of(x)));
  Values parts;
  for (const Value* result : node.results()) {
    const auto begin = static_cast<std::int64_t>(parts.size());
    parts.push_back(l.reshape(l.slice_axis(x, axis, begin, begin + 1), sizes_of(result)));
  }
  return parts;
}

}  // namespace

std::span<const Lowering> slice_lowerings() {
  static constexpr Lowering kTable[] = {
      {Op::DYNAMIC_UPDATE_SLICE, update_slice},
      {Op::SLICE, slice},
      {Op::SPLIT, split},
      {Op::SPLIT_V, split_v},
      {Op::STRIDED_SLICE, strided_slice},
      {Op::UNPACK, unpack},
  };
  return kTable;
}

}  // namespace litecast::stablehlo
