#include "emit/movement.h"
#include "emit/pad.h"
#include "emit/scatter.h"
#include "emit/strided_slice.h"
#include "sources/tensorflow/rules/slice_bounds.h"

namespace litecast::tensorflow::rules {

Masks::Masks(const RuleContext& c)
    : begin(static_cast<int>(c.attr_int("begin_mask"))),
      end(static_cast<int>(c.attr_int("end_mask"))),
      ellipsis(static_cast<int>(c.attr_int("ellipsis_mask"))),
      new_axis(static_cast<int>(c.attr_int("new_axis_mask"))),
      shrink(static_cast<int>(c.attr_int("shrink_axis_mask"))) {}

namespace {

using emit::AxisRange;

// One range for each axis of the operand, and where the result gets new axes of size 1.
struct DenseSlice {
  std::vector<AxisRange> ranges;
  std::vector<int> new_axes;
};

AxisRange range_of(const Masks& masks, std::size_t i, Dim begin, Dim end, std::int64_t stride) {
  AxisRange range{.begin = begin, .end = end, .stride = stride, .shrink = has(masks.shrink, i)};
  if (range.shrink) {
    range.stride = 1;
    range.end.reset();
    if (has(masks.begin, i)) range.begin = Dim(0);
    return range;
  }
  if (has(masks.begin, i)) range.begin.reset();
  if (has(masks.end, i)) range.end.reset();
  return range;
}

// Expands the ellipsis (there is one after the last entry if none is written).
DenseSlice dense_slice(const Masks& masks, const std::vector<Dim>& begin,
                       const std::vector<Dim>& end, const std::vector<std::int64_t>& strides,
                       int rank) {
  if (begin.size() != strides.size() || end.size() != strides.size())
    throw Unsupported("begin, end and strides of a slice differ in length");
  int named = 0;
  for (std::size_t i = 0; i < strides.size(); ++i)
    named += !has(masks.ellipsis, i) && !has(masks.new_axis, i);
  if (named > rank) throw Unsupported("a slice names more axes than the tensor has");
  DenseSlice dense;
  int result_axis = 0;
  for (std::size_t i = 0; i < strides.size(); ++i) {
    if (has(masks.ellipsis, i)) {
      dense.ranges.resize(dense.ranges.size() + static_cast<std::size_t>(rank - named));
      result_axis += rank - named;
    } else if (has(masks.new_axis, i)) {
      dense.new_axes.push_back(result_axis++);
    } else {
      dense.ranges.push_back(range_of(masks, i, begin[i], end[i], strides[i]));
      result_axis += !has(masks.shrink, i);
    }
  }
  dense.ranges.resize(static_cast<std::size_t>(rank));
  return dense;
}

std::optional<DenseSlice> known_slice(RuleContext& c, const Masks& masks) {
  const auto begin = c.known_dims(1);
  const auto end = c.known_dims(2);
  const auto strides = c.integers(3);
  if (!begin || !end || !strides || !c.input(0)->shape().is_ranked()) return std::nullopt;
  return dense_slice(masks, *begin, *end, *strides, c.input(0)->shape().rank());
}

void strided_slice(RuleContext& c) {
  const Masks masks(c);
  if (const auto dense = known_slice(c, masks)) {
    Value* part = emit::strided_slice(c.e, c.input(0), dense->ranges);
    return c.output(emit::expand_dims(c.e, part, dense->new_axes));
  }
  const tflite::StridedSliceOptionsT options{.begin_mask = masks.begin,
                                             .end_mask = masks.end,
                                             .ellipsis_mask = masks.ellipsis,
                                             .new_axis_mask = masks.new_axis,
                                             .shrink_axis_mask = masks.shrink};
  std::vector<Value*> operands = {c.input(0)};
  for (int i = 1; i < 4; ++i) operands.push_back(emit::cast(c.e, c.input(i), DType::INT32));
  c.output(emit::move(c.e, Op::STRIDED_SLICE, std::move(operands), 0, options));
}

std::optional<std::vector<std::int64_t>> all_constant(const std::vector<Dim>& dims) {
  std::vector<std::int64_t> values;
  for (Dim d : dims) {
    if (!d.is_constant()) return std::nullopt;
    values.push_back(d.value());
  }
  return values;
}

// A slice that begins at a computed place whose value is known as a size.
Value* slice_from(Emitter& e, Value* x, const std::vector<Dim>& begin,
                  const std::vector<Dim>& size) {
  std::vector<AxisRange> ranges;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    AxisRange range{.begin = begin[i]};
    if (size[i] != Dim(-1)) range.end = begin[i] + size[i];
    ranges.push_back(range);
  }
  return emit::strided_slice(e, x, std::move(ranges));
}

void slice(RuleContext& c) {
  Value* x = c.input(0);
  const auto begin = c.known_dims(1);
  const auto size = c.known_dims(2);
  if (begin && size && x->shape().is_ranked() && begin->size() == size->size()) {
    if (const auto fixed = all_constant(*begin))
      return c.output(emit::slice(c.e, x, *fixed, *size));
    return c.output(slice_from(c.e, x, *begin, *size));
  }
  c.output(emit::move(c.e, Op::SLICE, {x, c.input(1), c.input(2)}, 0));
}

// The places along an axis that a range names.
std::vector<std::int64_t> places(const AxisRange& range, std::int64_t size) {
  const bool down = range.stride < 0;
  const auto bound = [&](const std::optional<Dim>& dim, std::int64_t otherwise) {
    if (!dim) return otherwise;
    const std::int64_t value = dim->value() < 0 ? dim->value() + size : dim->value();
    return std::clamp<std::int64_t>(value, down ? -1 : 0, down ? size - 1 : size);
  };
  const std::int64_t begin = bound(range.begin, down ? size - 1 : 0);
  if (range.shrink) return {begin};
  const std::int64_t end = bound(range.end, down ? -1 : size);
  std::vector<std::int64_t> result;
  for (std::int64_t i = begin; down ? i > end : i < end; i += range.stride) result.push_back(i);
  return result;
}

// Numbers of the elements that the ranges name, in the slice's order.
std::vector<std::int64_t> element_numbers(const std::vector<AxisRange>& ranges,
                                          const std::vector<std::int64_t>& dims) {
  std::vector<std::int64_t> numbers = {0};
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    const std::vector<std::int64_t> along = places(ranges[axis], dims[axis]);
    std::vector<std::int64_t> next;
    next.reserve(numbers.size() * along.size());
    for (std::int64_t number : numbers)
      for (std::int64_t place : along) next.push_back(number * dims[axis] + place);
    numbers = std::move(next);
  }
  return numbers;
}

}  // namespace

Value* with_slice(RuleContext& c) {
  const Masks masks(c);
  Value* x = c.input(0);
  const auto dense = known_slice(c, masks);
  if (!dense) throw Unsupported("the bounds of an updated slice must be known");
  const auto dims = emit::static_dims_or_throw(x, "a tensor of which a slice is updated");
  for (const AxisRange& range : dense->ranges)
    if ((range.begin && !range.begin->is_constant()) || (range.end && !range.end->is_constant()))
      throw Unsupported("the bounds of an updated slice must be constant");
  const auto rows = element_numbers(dense->ranges, dims);
  const Shape part =
      emit::expand_dims(c.e, emit::strided_slice(c.e, x, dense->ranges), dense->new_axes)->shape();
  Value* updates = emit::broadcast_to(c.e, c.input(4), part);
  Value* flat = emit::reshape(c.e, x, Shape{x->shape().elements()});
  updates = emit::reshape(c.e, updates, Shape{part.elements()});
  return emit::reshape(c.e, emit::replace_rows(c.e, flat, rows, updates), x->shape());
}

namespace {

void tensor_strided_slice_update(RuleContext& c) { c.output(with_slice(c)); }

bool is_block(const std::vector<AxisRange>& ranges) {
  return std::ranges::all_of(ranges, [](const AxisRange& range) { return range.stride == 1; });
}

Dim place(const std::optional<Dim>& bound, Dim otherwise, Dim size) {
  if (!bound) return otherwise;
  if (!bound->is_constant() || !size.is_constant()) return *bound;
  const std::int64_t value = bound->value() < 0 ? bound->value() + size.value() : bound->value();
  return std::clamp<std::int64_t>(value, 0, size.value());
}

// Zeros before and after a block.
emit::Pads around(const std::vector<AxisRange>& ranges, const std::vector<Dim>& dims,
                  const Shape& block) {
  emit::Pads pads;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    const Dim begin = place(ranges[axis].begin, 0, dims[axis]);
    pads.push_back({begin, dims[axis] - begin - block[static_cast<int>(axis)]});
  }
  return pads;
}

// What was sliced out of zeros of the shape in input 0 is put back.
void strided_slice_grad(RuleContext& c) {
  const auto dims = c.known_dims(0), begin = c.known_dims(1), end = c.known_dims(2);
  const auto strides = c.integers(3);
  if (!dims || !begin || !end || !strides)
    throw Unsupported("the gradient of a slice whose bounds are only known at run time");
  if (c.input(4)->dtype() == DType::STRING) throw Unsupported("the gradient of text");
  const DenseSlice dense =
      dense_slice(Masks(c), *begin, *end, *strides, static_cast<int>(dims->size()));
  Value* dy = emit::squeeze(c.e, c.input(4), dense.new_axes);
  std::vector<int> shrunk;
  for (std::size_t axis = 0; axis < dims->size(); ++axis)
    if (dense.ranges[axis].shrink) shrunk.push_back(static_cast<int>(axis));
  dy = emit::expand_dims(c.e, dy, shrunk);
  if (is_block(dense.ranges))
    return c.output(emit::pad_by(c.e, dy, around(dense.ranges, *dims, dy->shape()), nullptr));
  const auto fixed = all_constant(*dims);
  if (!fixed) throw Unsupported("the gradient of a slice with strides needs known sizes");
  const auto rows = element_numbers(dense.ranges, *fixed);
  const Shape whole = Shape::of(*fixed);
  Value* zeros = emit::fill(c.e, Shape{whole.elements()}, c.e.scalar(dy->dtype(), 0));
  Value* flat = emit::reshape(c.e, dy, Shape{dy->shape().elements()});
  c.output(emit::reshape(c.e, emit::replace_rows(c.e, zeros, rows, flat), whole));
}

void dynamic_update_slice(RuleContext& c) {
  c.output(emit::move(c.e, Op::DYNAMIC_UPDATE_SLICE, {c.input(0), c.input(1), c.input(2)}, 0));
}

constexpr Rule kSlicingRules[] = {
    {"Slice", slice},
    {"StridedSlice", strided_slice},
    {"StridedSliceGrad", strided_slice_grad},
    {"TensorStridedSliceUpdate", tensor_strided_slice_update},
    {"XlaDynamicUpdateSlice", dynamic_update_slice},
};

}  // namespace

std::span<const Rule> slicing() { return kSlicingRules; }

}  // namespace litecast::tensorflow::rules
