#include <fmt/format.h>

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
  throw Unsupported(fmt::format("{}: {}", ir::name(op), made.error().message));
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
