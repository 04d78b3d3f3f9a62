#include <array>

#include "emit/arith.h"
#include "emit/complex_math.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

std::vector<int> checked_axes(const Value* x, std::span<const int> axes) {
  std::vector<int> checked;
  for (int axis : axes) checked.push_back(axis_of(axis, x->shape().rank()));
  std::ranges::sort(checked);
  checked.erase(std::unique(checked.begin(), checked.end()), checked.end());
  return checked;
}

// The integer type in which sums, products and choices are the same after a cast back.
std::optional<DType> accumulating_type(Op op, DType dtype) {
  switch (dtype) {
    case DType::INT8:
    case DType::UINT8:
    case DType::INT16:
    case DType::UINT16:
      return DType::INT32;
    case DType::UINT32:
      return DType::INT64;
    case DType::UINT64:
      if (op == Op::SUM || op == Op::REDUCE_PROD) return DType::INT64;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

Value* emit_reduce(Emitter& e, Op op, Value* x, Value* axes, bool keep_dims) {
  const tflite::ReducerOptionsT options{.keep_dims = keep_dims};
  auto made = e.attempt(op, {x, axes}, options);
  if (made) return made->at(0);
  if (auto wider = accumulating_type(op, x->dtype()))
    return cast(e, e.add(op, {cast(e, x, *wider), axes}, options), x->dtype());
  throw violated(op, made.error(), std::array{x});
}

// XNNPACK prepares nothing of more axes, and then the runtime refuses the whole graph.
constexpr int kMostAxes = 6;

// Neighbouring axes that are all reduced, or all kept, as one.
struct Merged {
  std::vector<Dim> dims;
  std::vector<int> axes;
};

Merged merge_axes(const Shape& shape, std::span<const int> axes) {
  Merged merged;
  bool before = false;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const bool is_reduced = std::ranges::binary_search(axes, axis);
    if (axis > 0 && is_reduced == before) {
      merged.dims.back() = merged.dims.back() * shape[axis];
    } else {
      if (is_reduced) merged.axes.push_back(static_cast<int>(merged.dims.size()));
      merged.dims.push_back(shape[axis]);
    }
    before = is_reduced;
  }
  return merged;
}

Shape reduced_shape(const Shape& shape, std::span<const int> axes, bool keep_dims) {
  std::vector<Dim> dims;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const bool is_reduced = std::ranges::binary_search(axes, axis);
    if (is_reduced && keep_dims) dims.push_back(1);
    if (!is_reduced) dims.push_back(shape[axis]);
  }
  return Shape(std::move(dims));
}

Value* reduce_merged(Emitter& e, Op op, Value* x, std::span<const int> axes, bool keep_dims) {
  const Merged merged = merge_axes(x->shape(), axes);
  Value* y = emit_reduce(e, op, reshape(e, x, Shape(merged.dims)),
                         e.i32({merged.axes.begin(), merged.axes.end()}), false);
  return reshape(e, y, reduced_shape(x->shape(), axes, keep_dims));
}

}  // namespace

Value* reduce(Emitter& e, Op op, Value* x, std::span<const int> axes, bool keep_dims) {
  std::vector<int> checked(axes.begin(), axes.end());
  if (x->shape().is_ranked()) {
    checked = checked_axes(x, axes);
    const bool keeps_all =
        std::ranges::all_of(checked, [&](int a) { return x->shape()[a] == Dim(1); });
    if (keeps_all) return keep_dims ? x : squeeze(e, x, checked);
  }
  if (x->dtype() == DType::COMPLEX64 && (op == Op::SUM || op == Op::MEAN))
    return as_pairs(e, x, [&](Value* pairs) { return reduce(e, op, pairs, checked, keep_dims); });
  if (x->shape().is_ranked() && x->shape().rank() > kMostAxes)
    return reduce_merged(e, op, x, checked, keep_dims);
  return emit_reduce(e, op, x, e.i32({checked.begin(), checked.end()}), keep_dims);
}

Value* reduce_by(Emitter& e, Op op, Value* x, Value* axes, bool keep_dims) {
  const auto known = known_integers(axes);
  if (!known) return emit_reduce(e, op, x, cast(e, axes, DType::INT32), keep_dims);
  std::vector<int> checked;
  for (std::int64_t axis : *known) checked.push_back(static_cast<int>(axis));
  return reduce(e, op, x, checked, keep_dims);
}

}  // namespace litecast::emit
