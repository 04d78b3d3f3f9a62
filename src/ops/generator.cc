// Ops that make tensors out of sizes and single values.
#include "ops/contents.h"
#include "ops/dtype_sets.h"
#include "ops/families.h"
#include "ops/move.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using Kind = LimitViolation::Kind;
using ir::Dim;
using ir::Shape;

Results infer_fill(const OpView& node, ir::DimContext& dims) {
  const auto shape = shape_from_operand(node, 0, dims);
  if (!shape) return tl::unexpected(shape.error());
  return moved_result(node, 1, *shape);
}

// The number of elements of a small static tensor.
std::optional<std::size_t> small_count(const std::optional<std::vector<Dim>>& sizes) {
  if (!sizes) return std::nullopt;
  std::int64_t count = 1;
  for (const Dim size : *sizes) {
    if (!size.is_constant() || size.value() < 0 || size.value() > kMaxContents) return std::nullopt;
    count *= size.value();
    if (count > kMaxContents) return std::nullopt;
  }
  return static_cast<std::size_t>(count);
}

std::optional<std::vector<Dim>> fill_contents(const OpView& node, int, ir::DimContext&) {
  const auto value = node.dims(1);
  const auto count = small_count(node.dims(0));
  if (!value || value->size() != 1 || !count) return std::nullopt;
  return std::vector<Dim>(*count, value->front());
}

std::optional<std::vector<Dim>> zeros_like_contents(const OpView& node, int, ir::DimContext&) {
  if (!ir::is_integer(node.dtype(0)) || !node.shape(0).is_ranked()) return std::nullopt;
  const auto count = small_count(node.shape(0).dims());
  if (!count) return std::nullopt;
  return std::vector<Dim>(*count, Dim(0));
}

Results infer_one_hot(const OpView& node, ir::DimContext& dims) {
  if (node.dtype(2) != node.dtype(3)) {
    return violation(Kind::dtype, 3, "ONE_HOT takes on and off values of one type");
  }
  const Shape& indices = node.shape(0);
  if (!indices.is_ranked()) return one_result(node.dtype(2), Shape::unranked());
  const std::int64_t wanted = node.as<tflite::OneHotOptionsT>().axis;
  if (wanted < -1) return violation(Kind::option, -1, "ONE_HOT counts no axis but -1 from the end");
  const auto axis = checked_axis(node, wanted, indices.rank() + 1);
  if (!axis) return tl::unexpected(axis.error());
  const auto depth = node.dims(1);
  if (depth && (depth->size() != 1 || depth->front() == Dim(-1)))
    return violation(Kind::shape, 1, "ONE_HOT takes one depth of zero or more");
  std::vector<Dim> sizes = indices.dims();
  sizes.insert(sizes.begin() + *axis, depth ? depth->front() : dims.fresh("depth"));
  return one_result(node.dtype(2), Shape(std::move(sizes)));
}

Results infer_sparse_to_dense(const OpView& node, ir::DimContext& dims) {
  if (node.dtype(2) != node.dtype(3))
    return violation(Kind::dtype, 3, "SPARSE_TO_DENSE takes values and default of one type");
  const auto shape = shape_from_operand(node, 1, dims);
  if (!shape) return tl::unexpected(shape.error());
  if (shape->is_ranked() && shape->rank() > 4) {
    return violation(Kind::rank, 1,
                     fmt::format("SPARSE_TO_DENSE gives at most rank 4, not {}", shape->rank()));
  }
  return one_result(node.dtype(2), *shape);
}

// ---- RANGE ----

// (limit − start) / delta rounded up, from constants of any type. Nothing when one is no constant.
Expected<std::optional<std::int64_t>> constant_count(const OpView& node) {
  double values[3];
  for (int i = 0; i < 3; ++i) {
    const ir::ConstantPtr& constant = node.in(i)->constant();
    if (!constant) return std::optional<std::int64_t>{};
    const std::vector<double> value = ir::real_values(*constant);
    if (value.size() != 1) return violation(Kind::shape, i, "RANGE takes scalars");
    values[i] = value[0];
  }
  const auto [start, limit, delta] = values;
  const double count = std::ceil((limit - start) / delta);
  // A comparison that NaN fails.
  if (count >= 0 && count <= INT32_MAX) return static_cast<std::int64_t>(count);
  return violation(
      Kind::shape, -1,
      fmt::format("RANGE cannot go from {} to {} in steps of {}", start, limit, delta));
}

// The number of elements of an integer range; the runtime refuses one that runs backwards.
std::optional<Dim> symbolic_count(const OpView& node) {
  const auto start = node.dims(0), limit = node.dims(1);
  const auto delta = node.integers(2);
  if (!start || !limit || !delta || delta->size() != 1 || delta->front() == 0) return std::nullopt;
  if (start->size() != 1 || limit->size() != 1) return std::nullopt;
  const std::int64_t step = delta->front();
  return step > 0 ? ceildiv(limit->front() - start->front(), step)
                  : ceildiv(start->front() - limit->front(), -step);
}

Results infer_range(const OpView& node, ir::DimContext& dims) {
  if (auto bad = check_equal_dtypes(node)) return tl::unexpected(*bad);
  const auto count = constant_count(node);
  if (!count) return tl::unexpected(count.error());
  if (*count) return one_result(node.dtype(0), Shape{Dim(**count)});
  const auto symbolic = symbolic_count(node);
  return one_result(node.dtype(0), Shape{symbolic ? *symbolic : dims.fresh("range")});
}

std::optional<std::vector<Dim>> range_contents(const OpView& node, int, ir::DimContext&) {
  const auto start = node.dims(0), delta = node.dims(2);
  const auto count = symbolic_count(node);
  if (!count || !count->is_constant() || count->value() > kMaxContents) return std::nullopt;
  std::vector<Dim> values;
  for (std::int64_t i = 0; i < count->value(); ++i)
    values.push_back(start->front() + delta->front() * Dim(i));
  return values;
}

// ---- folding ----

bool fold_fill(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  return fold_strided(in[1], {std::vector<std::int64_t>(out[0].shape.size(), 0)}, out[0]);
}

bool fold_zeros(const OpView&, std::span<const HostTensor>, std::span<HostTensor>) {
  return true;  // results come zeroed
}

bool fold_range(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  return with_number(out[0].dtype, [&]<class T>(Element<T>) {
    using W = Wide<T>;
    const auto start = static_cast<W>(in[0].data<T>()[0]);
    const auto delta = static_cast<W>(in[2].data<T>()[0]);
    const auto values = out[0].data<T>();
    for (std::size_t i = 0; i < values.size(); ++i) {
      // Unsigned arithmetic wraps where the last product may exceed the type.
      if constexpr (std::is_integral_v<T>) {
        using U = std::make_unsigned_t<T>;
        values[i] =
            static_cast<T>(static_cast<U>(start) + static_cast<U>(i) * static_cast<U>(delta));
      } else {
        values[i] = static_cast<T>(start + static_cast<W>(i) * delta);
      }
    }
    return true;
  });
}

bool fold_one_hot(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const int axis = *normalized_axis(node.as<tflite::OneHotOptionsT>().axis,
                                    static_cast<int>(out[0].shape.size()));
  const AxisSplit split = split_at(out[0].shape, axis);
  const std::vector<std::int64_t> indices = integers_of(in[0]);
  if (in[2].elements() != 1 || in[3].elements() != 1) return false;
  return with_word(out[0].dtype, [&]<class T>(Element<T>) {
    const T on = in[2].data<T>()[0], off = in[3].data<T>()[0];
    const auto values = out[0].data<T>();
    std::fill(values.begin(), values.end(), off);
    for (std::int64_t o = 0; o < split.outer; ++o)
      for (std::int64_t i = 0; i < split.inner; ++i) {
        const std::int64_t index = indices[static_cast<std::size_t>(o * split.inner + i)];
        if (index >= 0 && index < split.size)
          values[static_cast<std::size_t>((o * split.size + index) * split.inner + i)] = on;
      }
    return true;
  });
}

bool fold_sparse_to_dense(const OpView&, std::span<const HostTensor> in,
                          std::span<HostTensor> out) {
  const std::vector<std::int64_t> indices = integers_of(in[0]);
  const std::vector<std::int64_t> strides = row_major_strides(out[0].shape);
  const std::size_t rank = strides.size();
  if (rank == 0 || indices.size() % rank != 0 || in[3].elements() != 1) return false;
  return with_word(out[0].dtype, [&]<class T>(Element<T>) {
    const auto values = in[2].data<T>();
    const auto dense = out[0].data<T>();
    std::fill(dense.begin(), dense.end(), in[3].data<T>()[0]);
    const bool one_value = in[2].shape.empty();
    if (!one_value && values.size() != indices.size() / rank) return false;
    for (std::size_t i = 0; i < indices.size() / rank; ++i) {
      std::int64_t at = 0;
      for (std::size_t axis = 0; axis < rank; ++axis) {
        const std::int64_t index = indices[i * rank + axis];
        if (index < 0 || index >= out[0].shape[axis]) return false;
        at += index * strides[axis];
      }
      dense[static_cast<std::size_t>(at)] = values[one_value ? 0 : i];
    }
    return true;
  });
}

}  // namespace

std::span<const OpInfo> generator_family() {
  constexpr DTypeSet range = {DType::FLOAT32, DType::INT32, DType::INT64};
  constexpr DTypeSet one_hot = {DType::FLOAT32, DType::INT32, DType::INT64,
                                DType::INT8,    DType::UINT8, DType::BOOL};
  constexpr DTypeSet dense = {DType::FLOAT32, DType::INT32, DType::INT64, DType::INT8,
                              DType::UINT8};
  static const OpInfo family[] = {
      {.op = Op::FILL,
       .operands = {{.name = "dims", .dtypes = kIndex, .min_rank = 1, .max_rank = 1},
                    {.name = "value", .dtypes = kWords | kString, .max_rank = 0}},
       .infer = infer_fill,
       .fold = fold_fill,
       .contents = fill_contents,
       .versions = {{operand_is<1, DType::FLOAT8_E4M3FN, DType::FLOAT8_E5M2>, 5},
                    {operand_is<1, DType::FLOAT16>, 4},
                    {operand_is<1, DType::INT8, DType::INT16>, 3},
                    {operand_is<1, DType::BOOL, DType::STRING>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.13.0", "2.3.0", "2.5.0", "2.12.0", "2.23.0"}},
      {.op = Op::ZEROS_LIKE,
       .operands = {{.name = "x", .dtypes = {DType::FLOAT32, DType::INT32, DType::INT64}}},
       .infer = same_as_operand,
       .fold = fold_zeros,
       .contents = zeros_like_contents,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.12.0"}},
      {.op = Op::RANGE,
       .operands = {{.name = "start", .dtypes = range, .max_rank = 0},
                    {.name = "limit", .dtypes = range, .max_rank = 0},
                    {.name = "delta", .dtypes = range, .max_rank = 0}},
       .infer = infer_range,
       .fold = fold_range,
       .contents = range_contents,
       .versions = {{first_is<DType::INT64>, 2}, {nullptr, 1}},
       .min_runtime = {"1.13.0", "2.14.0"}},
      {.op = Op::ONE_HOT,
       .operands = {{.name = "indices", .dtypes = kIndex},
                    {.name = "depth", .dtypes = {DType::INT32}},
                    {.name = "on_value", .dtypes = one_hot},
                    {.name = "off_value", .dtypes = one_hot}},
       .infer = infer_one_hot,
       .fold = fold_one_hot,
       .min_runtime = {"1.11.0"}},
      {.op = Op::SPARSE_TO_DENSE,
       .operands = {{.name = "indices", .dtypes = kIndex, .max_rank = 2},
                    {.name = "shape", .dtypes = kIndex, .min_rank = 1, .max_rank = 1},
                    {.name = "values", .dtypes = dense, .max_rank = 1},
                    {.name = "default_value", .dtypes = dense}},
       .infer = infer_sparse_to_dense,
       .fold = fold_sparse_to_dense,
       .versions = {{operand_is<2, DType::INT8, DType::UINT8>, 3},
                    {operand_is<2, DType::INT64>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.9.0", "1.14.0", "1.15.0"}},
  };
  return family;
}

}  // namespace litecast::ops
