// Ops that take parts of tensors and put parts together.
#include "ops/contents.h"
#include "ops/dtype_sets.h"
#include "ops/families.h"
#include "ops/move.h"
#include "ops/strided_slice.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using Kind = LimitViolation::Kind;
using ir::Dim;
using ir::Shape;

// ---- SLICE ----

tl::unexpected<LimitViolation> bad_slice(const Shape& x, int axis, Dim begin, Dim size) {
  return violation(Kind::shape, 1,
                   fmt::format("SLICE cannot take {} elements from {} on of axis {} of {}",
                               to_string(size), to_string(begin), axis, to_string(x)));
}

Results infer_slice(const OpView& node, ir::DimContext& dims) {
  const Shape& x = node.shape(0);
  if (!x.is_ranked()) return moved_result(node, 0, x);
  const auto begins = node.dims(1), wanted = node.dims(2);
  const auto rank = static_cast<std::size_t>(x.rank());
  if ((begins && begins->size() != rank) || (wanted && wanted->size() != rank)) {
    return violation(Kind::shape, 1,
                     fmt::format("SLICE takes a begin and a size for each of {} axes", rank));
  }
  std::vector<Dim> sizes;
  for (std::size_t i = 0; i < rank; ++i) {
    const int axis = static_cast<int>(i);
    const bool is_rest = wanted && (*wanted)[i] == Dim(-1);
    if (!wanted || (is_rest && !begins)) {
      sizes.push_back(dims.fresh("sliced"));
      continue;
    }
    const Dim begin = begins ? (*begins)[i] : Dim(0);
    const Dim size = is_rest ? x[axis] - begin : (*wanted)[i];
    const auto negative = [](Dim d) { return d.is_constant() && d.value() < 0; };
    if (negative(begin) || negative(size) || negative(x[axis] - begin - size))
      return bad_slice(x, axis, begin, size);
    sizes.push_back(size);
  }
  return moved_result(node, 0, Shape(std::move(sizes)));
}

bool fold_slice(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  Strided from = row_major(in[0].shape);
  const std::vector<std::int64_t> begin = integers_of(in[1]);
  for (std::size_t i = 0; i < begin.size(); ++i) from.base += begin[i] * from.strides[i];
  return fold_strided(in[0], from, out[0]);
}

// ---- STRIDED_SLICE ----

Results infer_strided_slice(const OpView& node, ir::DimContext& dims) {
  const Shape& x = node.shape(0);
  // Any of the three may be the one whose length is known.
  std::optional<std::int64_t> entries;
  for (int i = 1; i <= 3 && !entries; ++i)
    if (node.shape(i).is_ranked()) entries = node.shape(i)[0].constant();
  if (!x.is_ranked() || !entries) return moved_result(node, 0, Shape::unranked());
  const auto axes = sliced_axes(node, x, node.dims(1), node.dims(2), node.dims(3),
                                static_cast<std::size_t>(*entries), dims);
  if (!axes) return tl::unexpected(axes.error());
  std::vector<Dim> sizes;
  for (const SlicedAxis& axis : *axes)
    if (!axis.dropped) sizes.push_back(axis.size);
  return moved_result(node, 0, Shape(std::move(sizes)));
}

bool fold_strided_slice(const OpView& node, std::span<const HostTensor> in,
                        std::span<HostTensor> out) {
  const auto entries_of = [&](std::size_t operand) {
    const std::vector<std::int64_t> values = integers_of(in[operand]);
    return std::vector<Dim>(values.begin(), values.end());
  };
  const SliceOperand begin = entries_of(1);
  ir::DimContext none;  // nothing is unknown here
  const auto axes = sliced_axes(node, Shape::of(in[0].shape), begin, entries_of(2), entries_of(3),
                                begin->size(), none);
  if (!axes) return false;
  const std::vector<std::int64_t> strides = row_major_strides(in[0].shape);
  Strided from;
  for (const SlicedAxis& axis : *axes) {
    const std::int64_t step = axis.axis < 0 ? 0 : strides[static_cast<std::size_t>(axis.axis)];
    from.base += axis.begin.value() * step;
    if (!axis.dropped) from.strides.push_back(axis.stride * step);
  }
  return fold_strided(in[0], from, out[0]);
}

// ---- SPLIT, SPLIT_V ----

Expected<std::size_t> checked_count(const OpView& node, std::int64_t count) {
  if (count > 0 && count <= kMaxResults) return static_cast<std::size_t>(count);
  return violation(Kind::option, -1,
                   fmt::format("{} cannot give {} results", ir::name(node.op), count));
}

// The axis that a scalar operand names; nothing when it is not known.
Expected<std::optional<int>> axis_operand(const OpView& node, int operand, const Shape& x) {
  const auto values = node.integers(operand);
  if (!values || values->size() != 1 || !x.is_ranked()) return std::optional<int>{};
  const auto axis = checked_axis(node, values->front(), x.rank());
  if (!axis) return tl::unexpected(axis.error());
  return *axis;
}

Shape with_size(const Shape& x, int axis, Dim size) {
  std::vector<Dim> sizes = x.dims();
  sizes[static_cast<std::size_t>(axis)] = size;
  return Shape(std::move(sizes));
}

Shape unknown_part(const Shape& x, ir::DimContext& dims) {
  return x.is_ranked() ? unknown_shape(dims, x.rank(), "split") : x;
}

Results infer_split(const OpView& node, ir::DimContext& dims) {
  const auto count = checked_count(node, node.as<tflite::SplitOptionsT>().num_splits);
  if (!count) return tl::unexpected(count.error());
  const ir::Type& type = node.in(1)->type();
  const Shape& x = type.shape;
  const auto axis = axis_operand(node, 0, x);
  if (!axis) return tl::unexpected(axis.error());
  if (!*axis) return std::vector(*count, moved(type, unknown_part(x, dims)));
  const Dim size = x[**axis], parts = static_cast<std::int64_t>(*count);
  const auto part = exact_div(size, parts);
  if (!part && size.is_constant()) {
    return violation(Kind::shape, 1,
                     fmt::format("SPLIT cannot split axis {} of {} into {} equal parts", **axis,
                                 to_string(x), *count));
  }
  return std::vector(*count,
                     moved(type, with_size(x, **axis, part ? *part : floordiv(size, parts))));
}

// The sizes with the one -1 solved.
Expected<std::vector<Dim>> split_sizes(const OpView& node, std::vector<Dim> sizes, Dim whole) {
  Dim rest = whole;
  Dim* free = nullptr;
  for (Dim& size : sizes) {
    if (size == Dim(-1) && free == nullptr)
      free = &size;
    else
      rest = rest - size;
  }
  if (free != nullptr) *free = rest;
  const bool is_bad = std::any_of(sizes.begin(), sizes.end(),
                                  [](Dim size) { return size.is_constant() && size.value() < 0; });
  if (is_bad || (free == nullptr && rest.is_constant() && rest != Dim(0))) {
    return violation(Kind::shape, 1,
                     fmt::format("{} cannot split {} elements into the sizes {}", ir::name(node.op),
                                 to_string(whole), to_string(Shape(sizes))));
  }
  return sizes;
}

Results infer_split_v(const OpView& node, ir::DimContext& dims) {
  const auto count = checked_count(node, node.as<tflite::SplitVOptionsT>().num_splits);
  if (!count) return tl::unexpected(count.error());
  const ir::Type& type = node.in(0)->type();
  const Shape& x = type.shape;
  const auto axis = axis_operand(node, 2, x);
  if (!axis) return tl::unexpected(axis.error());
  if (!*axis) return std::vector(*count, moved(type, unknown_part(x, dims)));
  std::vector<ir::Type> results;
  auto wanted = node.dims(1);
  if (!wanted) {
    for (std::size_t i = 0; i < *count; ++i)
      results.push_back(moved(type, with_size(x, **axis, dims.fresh("split"))));
    return results;
  }
  if (wanted->size() != *count) {
    return violation(Kind::shape, 1,
                     fmt::format("SPLIT_V takes {} sizes, not {}", *count, wanted->size()));
  }
  const auto sizes = split_sizes(node, std::move(*wanted), x[**axis]);
  if (!sizes) return tl::unexpected(sizes.error());
  for (const Dim size : *sizes) results.push_back(moved(type, with_size(x, **axis, size)));
  return results;
}

// Hands out `x` along `axis`, one result after the other.
bool split_along(const HostTensor& x, std::int64_t axis_value, std::span<HostTensor> out) {
  const auto axis = normalized_axis(axis_value, static_cast<int>(x.shape.size()));
  if (!axis) return false;
  const auto i = static_cast<std::size_t>(*axis);
  Strided from = row_major(x.shape);
  for (HostTensor& part : out) {
    if (!fold_strided(x, from, part)) return false;
    from.base += part.shape[i] * from.strides[i];
  }
  return true;
}

bool fold_split(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  return split_along(in[1], integers_of(in[0]).at(0), out);
}
bool fold_split_v(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  return split_along(in[0], integers_of(in[2]).at(0), out);
}

// ---- DYNAMIC_UPDATE_SLICE ----

Results infer_update_slice(const OpView& node, ir::DimContext&) {
  if (node.dtype(0) != node.dtype(1))
    return violation(Kind::dtype, 1, "DYNAMIC_UPDATE_SLICE takes an update of the operand's type");
  const Shape &x = node.shape(0), &update = node.shape(1);
  if (x.is_ranked() && update.is_ranked()) {
    bool fits = x.rank() == update.rank();
    for (int i = 0; fits && i < x.rank(); ++i)
      fits = !x[i].is_constant() || !update[i].is_constant() || update[i].value() <= x[i].value();
    if (!fits) {
      return violation(Kind::shape, 1,
                       fmt::format("DYNAMIC_UPDATE_SLICE cannot put {} into {}", to_string(update),
                                   to_string(x)));
    }
  }
  return moved_result(node, 0, x);
}

bool fold_update_slice(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const Strided rows = row_major(in[0].shape);
  const std::vector<std::int64_t> start = integers_of(in[2]);
  if (start.size() != in[0].shape.size()) return false;
  Strided to = rows;
  for (std::size_t i = 0; i < start.size(); ++i) {
    const std::int64_t last = in[0].shape[i] - in[1].shape[i];
    to.base += std::clamp<std::int64_t>(start[i], 0, last) * rows.strides[i];
  }
  Move move({&in[0], &in[1]}, out[0]);
  move.copy(0, in[0].shape, rows, rows);
  move.copy(1, in[1].shape, row_major(in[1].shape), to);
  return move.finish();
}

}  // namespace

std::span<const OpInfo> slice_family() {
  constexpr DTypeSet splittable = {DType::FLOAT32, DType::UINT8, DType::INT8,
                                   DType::INT16,   DType::INT32, DType::INT64};
  const OperandSpec axis = {.name = "axis", .dtypes = {DType::INT32}, .max_rank = 1};
  const auto places = [](const char* name, DTypeSet dtypes) {
    return OperandSpec{.name = name, .dtypes = dtypes, .min_rank = 1, .max_rank = 1};
  };
  static const OpInfo family[] = {
      {.op = Op::SLICE,
       .operands = {{.name = "x",
                     .dtypes = kWords | kString | DTypeSet{DType::INT4},
                     .max_rank = 5},
                    places("begin", kIndex),
                    places("size", kIndex)},
       .infer = infer_slice,
       .fold = fold_slice,
       .contents = moves_operand<0>,
       .layout = Layout::rows_operand,
       .versions = {{first_is<DType::FLOAT16>, 8},
                    {first_is<DType::INT4>, 7},
                    {first_is<DType::UINT32>, 6},
                    {above_rank<0, 4>, 5},
                    {first_is<DType::INT16>, 4},
                    {first_is<DType::STRING>, 3},
                    {first_is<DType::INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.14.0", "1.14.0", "2.4.0", "2.5.0", "2.14.0", "2.21.0",
                       "2.23.0"}},
      {.op = Op::STRIDED_SLICE,
       .operands = {{.name = "x", .dtypes = kWords | kString, .max_rank = 5},
                    places("begin", {DType::INT32}),
                    places("end", {DType::INT32}),
                    places("strides", {DType::INT32})},
       .infer = infer_strided_slice,
       .fold = fold_strided_slice,
       .contents = moves_operand<0>,
       .layout = Layout::rows_operand,
       .versions =
           {{[](const OpView& node) { return node.as<tflite::StridedSliceOptionsT>().offset; }, 8},
            {first_is<DType::UINT32>, 7},
            {[](const OpView& node) {
               const auto& options = node.as<tflite::StridedSliceOptionsT>();
               return options.ellipsis_mask != 0 || options.new_axis_mask != 0;
             },
             6},
            {first_is<DType::STRING>, 5},
            {above_rank<0, 4>, 4},
            {first_is<DType::BOOL>, 3},
            {first_is<DType::INT8>, 2},
            {nullptr, 1}},
       .min_runtime = {"1.6.0", "1.14.0", "2.1.0", "2.2.0", "2.5.0", "2.6.0", "2.14.0", "2.14.0"}},
      {.op = Op::SPLIT,
       .operands = {axis, {.name = "x", .dtypes = splittable, .min_rank = 1}},
       .infer = infer_split,
       .fold = fold_split,
       .contents = moves_operand<1>,
       .layout = Layout::axes_operand,
       .versions = {{operand_is<1, DType::FLOAT8_E4M3FN, DType::FLOAT8_E5M2>, 5},
                    {operand_is<1, DType::INT16>, 4},
                    {operand_is<1, DType::INT32>, 3},
                    {operand_is<1, DType::INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.5.0", "1.14.0", "1.14.0", "2.3.0", "2.23.0"}},
      {.op = Op::SPLIT_V,
       .operands = {{.name = "x", .dtypes = splittable, .min_rank = 1},
                    places("size_splits", kIndex),
                    axis},
       .infer = infer_split_v,
       .fold = fold_split_v,
       .contents = moves_operand<0>,
       .layout = Layout::axes_operand,
       .versions = {{first_is<DType::FLOAT8_E4M3FN, DType::FLOAT8_E5M2>, 3},
                    {first_is<DType::INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.13.1", "2.3.0", "2.23.0"}},
      {.op = Op::DYNAMIC_UPDATE_SLICE,
       .operands = {{.name = "operand", .dtypes = kWords | DTypeSet{DType::INT4}},
                    {.name = "update", .dtypes = kWords | DTypeSet{DType::INT4}},
                    places("start_indices", kIndex)},
       .infer = infer_update_slice,
       .fold = fold_update_slice,
       .versions = {{first_is<DType::BFLOAT16>, 6},
                    {first_is<DType::INT4>, 5},
                    {first_is<DType::INT16>, 4},
                    {first_is<DType::FLOAT16>, 3},
                    {operand_is<2, DType::INT64>, 2},
                    {nullptr, 1}},
       .min_runtime = {"2.9.0", "2.17.0", "2.19.0", "2.20.0", "2.21.0", "2.22.0"}},
  };
  return family;
}

}  // namespace litecast::ops
