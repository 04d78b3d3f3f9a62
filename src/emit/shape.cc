#include "emit/shape.h"

#include <fmt/format.h>

namespace litecast::emit {
namespace {

int free_sizes(std::span<const Dim> dims) {
  return static_cast<int>(std::ranges::count_if(dims, [](Dim d) { return !d.is_constant(); }));
}

std::vector<Dim> without_ones(const std::vector<Dim>& dims) {
  std::vector<Dim> rest;
  std::ranges::copy_if(dims, std::back_inserter(rest), [](Dim d) { return d != Dim(1); });
  return rest;
}

std::vector<int> axes_of_ones(const std::vector<Dim>& dims) {
  std::vector<int> axes;
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (dims[i] == Dim(1)) axes.push_back(static_cast<int>(i));
  return axes;
}

// The axis whose size RESHAPE computes itself: the one that costs most to compute otherwise. None
// where a size 0 among the others would make it undetermined.
std::optional<std::size_t> inferred_axis(Emitter& e, const std::vector<Dim>& dims) {
  if (std::ranges::count(dims, Dim(0)) > 0) return std::nullopt;
  const auto is_input_size = [&](Dim d) {
    return std::ranges::any_of(e.builder().graph().inputs(), [&](const Value* input) {
      return input->shape().is_ranked() && std::ranges::count(input->shape().dims(), d) > 0;
    });
  };
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i].is_constant()) continue;
    best = i;
    if (!is_input_size(dims[i])) break;
  }
  return best;
}

// Only sizes 1 come or go and several sizes are free: SQUEEZE and EXPAND_DIMS need no sizes.
Value* move_ones(Emitter& e, Value* x, const std::vector<Dim>& dims) {
  const std::vector<int> out = axes_of_ones(x->shape().dims());
  if (!out.empty()) {
    tflite::SqueezeOptionsT options;
    options.squeeze_dims.assign(out.begin(), out.end());
    x = e.add(Op::SQUEEZE, {x}, std::move(options));
  }
  for (int axis : axes_of_ones(dims)) x = e.add(Op::EXPAND_DIMS, {x, e.scalar_i32(axis)});
  return x;
}

Value* emit_reshape(Emitter& e, Value* x, std::span<const Dim> dims) {
  return e.add(Op::RESHAPE, {x, shape_value(e, dims)});
}

}  // namespace

std::optional<std::vector<Dim>> known_dims(const Value* value) {
  static const ir::Options none;
  Value* operand = const_cast<Value*>(value);
  return ops::OpView{Op::RESHAPE, none, {&operand, 1}}.dims(0);
}

std::optional<std::vector<std::int64_t>> known_integers(const Value* value) {
  static const ir::Options none;
  Value* operand = const_cast<Value*>(value);
  return ops::OpView{Op::RESHAPE, none, {&operand, 1}}.integers(0);
}

int axis_of(std::int64_t axis, int rank) {
  if (axis < -rank || axis >= rank)
    throw Unsupported(fmt::format("axis {} is out of range for rank {}", axis, rank));
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

std::vector<std::int64_t> static_dims_or_throw(const Value* x, const char* what) {
  if (!x->shape().is_static())
    throw Unsupported(fmt::format("{} must have fixed sizes, but has the shape {}", what,
                                  ir::to_string(x->shape())),
                      "give the model inputs fixed sizes");
  return x->shape().static_dims();
}

Value* reshape(Emitter& e, Value* x, const Shape& shape) {
  if (!shape.is_ranked()) throw Unsupported("the rank of a reshaped tensor is not known");
  if (x->shape() == shape) return x;
  std::vector<Dim> dims = shape.dims();
  const bool only_ones = x->shape().is_ranked() && free_sizes(dims) > 1 &&
                         without_ones(x->shape().dims()) == without_ones(dims);
  if (only_ones) return move_ones(e, x, dims);
  if (auto axis = inferred_axis(e, dims)) dims[*axis] = Dim(-1);
  return emit_reshape(e, x, dims);
}

Value* reshape_by(Emitter& e, Value* x, Value* shape) {
  auto dims = known_dims(shape);
  if (!dims) return e.add(Op::RESHAPE, {x, cast(e, shape, DType::INT32)});
  const auto inferred = std::ranges::find(*dims, Dim(-1));
  if (inferred == dims->end()) return reshape(e, x, Shape(*std::move(dims)));
  Dim others = 1;
  for (auto it = dims->begin(); it != dims->end(); ++it)
    if (it != inferred) others = others * *it;
  const auto size =
      x->shape().is_ranked() ? exact_div(x->shape().elements(), others) : std::nullopt;
  if (!size) return e.add(Op::RESHAPE, {x, cast(e, shape, DType::INT32)});
  *inferred = *size;
  return reshape(e, x, Shape(*std::move(dims)));
}

Value* expand_dims(Emitter& e, Value* x, std::span<const int> result_axes) {
  if (!x->shape().is_ranked()) {
    for (int axis : result_axes) x = e.add(Op::EXPAND_DIMS, {x, e.scalar_i32(axis)});
    return x;
  }
  std::vector<int> axes(result_axes.begin(), result_axes.end());
  const int rank = x->shape().rank() + static_cast<int>(axes.size());
  for (int& axis : axes) axis = axis_of(axis, rank);
  std::ranges::sort(axes);
  std::vector<Dim> dims = x->shape().dims();
  for (int axis : axes) dims.insert(dims.begin() + axis, Dim(1));
  return reshape(e, x, Shape(std::move(dims)));
}

Value* squeeze(Emitter& e, Value* x, std::span<const int> axes) {
  std::vector<Dim> dims;
  for (int i = 0; i < x->shape().rank(); ++i)
    if (std::ranges::find(axes, i) == axes.end()) dims.push_back(x->shape()[i]);
  return reshape(e, x, Shape(std::move(dims)));
}

}  // namespace litecast::emit
