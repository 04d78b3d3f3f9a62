// Ops that take or put elements by indices.
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

// ---- GATHER ----

struct GatherAxes {
  int axis;
  int batch_dims;
};

Expected<GatherAxes> gather_axes(const OpView& node, int params_rank, int indices_rank) {
  const auto& options = node.as<tflite::GatherOptionsT>();
  const auto axis = checked_axis(node, options.axis, params_rank);
  if (!axis) return tl::unexpected(axis.error());
  const int batch = options.batch_dims < 0 ? options.batch_dims + indices_rank : options.batch_dims;
  if (batch >= 0 && batch <= *axis && batch <= indices_rank) return GatherAxes{*axis, batch};
  return violation(Kind::option, -1,
                   fmt::format("GATHER takes at most as many batch axes as stand before axis {}, "
                               "not {}",
                               *axis, options.batch_dims));
}

Results infer_gather(const OpView& node, ir::DimContext&) {
  const Shape &params = node.shape(0), &indices = node.shape(1);
  if (node.dtype(0) == DType::STRING && params.is_ranked() && params.rank() != 1)
    return violation(Kind::rank, 0, "GATHER takes strings of rank 1 alone");
  if (!params.is_ranked() || !indices.is_ranked()) return moved_result(node, 0, Shape::unranked());
  const auto axes = gather_axes(node, params.rank(), indices.rank());
  if (!axes) return tl::unexpected(axes.error());
  for (int i = 0; i < axes->batch_dims; ++i) {
    if (params[i].is_constant() && indices[i].is_constant() && params[i] != indices[i]) {
      return violation(Kind::shape, 1,
                       fmt::format("GATHER cannot pair the batches of {} with those of {}",
                                   to_string(params), to_string(indices)));
    }
  }
  const auto begin = params.dims().begin();
  std::vector<Dim> sizes(begin, begin + axes->axis);
  sizes.insert(sizes.end(), indices.dims().begin() + axes->batch_dims, indices.dims().end());
  sizes.insert(sizes.end(), begin + axes->axis + 1, params.dims().end());
  return moved_result(node, 0, Shape(std::move(sizes)));
}

std::int64_t product(const ir::StaticShape& shape, std::size_t begin, std::size_t end) {
  std::int64_t n = 1;
  for (std::size_t i = begin; i < end; ++i) n *= shape[i];
  return n;
}

// Seen as params [batch, outer, size, inner] and indices [batch, count].
bool fold_gather(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto &params = in[0].shape, &indices = in[1].shape;
  const auto axes =
      gather_axes(node, static_cast<int>(params.size()), static_cast<int>(indices.size()));
  if (!axes) return false;
  const auto axis = static_cast<std::size_t>(axes->axis);
  const auto batch_dims = static_cast<std::size_t>(axes->batch_dims);
  const std::int64_t batches = product(params, 0, batch_dims);
  const std::int64_t outer = product(params, batch_dims, axis);
  const std::int64_t inner = product(params, axis + 1, params.size());
  const std::int64_t count = product(indices, batch_dims, indices.size());
  const std::vector<std::int64_t> values = integers_of(in[1]);
  Move move({&in[0]}, out[0]);
  for (std::int64_t b = 0; b < batches; ++b)
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t index = values[static_cast<std::size_t>(b * count + i)];
      if (index < 0 || index >= params[axis]) return false;
      const Strided from{{params[axis] * inner, 1}, (b * outer * params[axis] + index) * inner};
      const Strided to{{count * inner, 1}, (b * outer * count + i) * inner};
      move.copy(0, {outer, inner}, from, to);
    }
  return move.finish();
}

// ---- GATHER_ND ----

Results infer_gather_nd(const OpView& node, ir::DimContext&) {
  const Shape &params = node.shape(0), &indices = node.shape(1);
  if (!params.is_ranked() || !indices.is_ranked() || !indices[-1].is_constant())
    return moved_result(node, 0, Shape::unranked());
  const std::int64_t depth = indices[-1].value();
  if (depth < 0 || depth > params.rank()) {
    return violation(
        Kind::shape, 1,
        fmt::format("GATHER_ND cannot index {} by {} places at once", to_string(params), depth));
  }
  std::vector<Dim> sizes(indices.dims().begin(), indices.dims().end() - 1);
  sizes.insert(sizes.end(), params.dims().begin() + depth, params.dims().end());
  return moved_result(node, 0, Shape(std::move(sizes)));
}

// The elements that rows of indices name in a tensor: the number of the first of each.
// Nothing when one is outside.
std::optional<std::vector<std::int64_t>> places(const HostTensor& indices,
                                                const ir::StaticShape& shape) {
  const std::vector<std::int64_t> values = integers_of(indices);
  const std::vector<std::int64_t> strides = row_major_strides(shape);
  const auto depth = static_cast<std::size_t>(indices.shape.back());
  const std::int64_t rows = product(indices.shape, 0, indices.shape.size() - 1);
  std::vector<std::int64_t> result;
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
    std::int64_t place = 0;
    for (std::size_t i = 0; i < depth; ++i) {
      const std::int64_t index = values[row * depth + i];
      if (index < 0 || index >= shape[i]) return std::nullopt;
      place += index * strides[i];
    }
    result.push_back(place);
  }
  return result;
}

bool fold_gather_nd(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto depth = static_cast<std::size_t>(in[1].shape.back());
  const std::int64_t inner = product(in[0].shape, depth, in[0].shape.size());
  const auto from = places(in[1], in[0].shape);
  if (!from) return false;
  Move move({&in[0]}, out[0]);
  for (std::size_t i = 0; i < from->size(); ++i)
    move.copy(0, {inner}, {{1}, (*from)[i]}, {{1}, static_cast<std::int64_t>(i) * inner});
  return move.finish();
}

// ---- SCATTER_ND ----

Results infer_scatter_nd(const OpView& node, ir::DimContext& dims) {
  const auto shape = shape_from_operand(node, 2, dims);
  if (!shape) return tl::unexpected(shape.error());
  const Shape &indices = node.shape(0), &updates = node.shape(1);
  if (shape->is_ranked() && indices.is_ranked() && updates.is_ranked() &&
      indices[-1].is_constant()) {
    const std::int64_t depth = indices[-1].value();
    bool fits = depth >= 0 && depth <= shape->rank() &&
                updates.rank() == indices.rank() - 1 + shape->rank() - static_cast<int>(depth);
    for (int i = 0; fits && i < updates.rank(); ++i) {
      const int outer = indices.rank() - 1;
      const Dim wanted = i < outer ? indices[i] : (*shape)[i - outer + static_cast<int>(depth)];
      fits = wanted == updates[i] || !wanted.is_constant() || !updates[i].is_constant();
    }
    if (!fits) {
      return violation(Kind::shape, 1,
                       fmt::format("SCATTER_ND cannot put {} by indices {} into {}",
                                   to_string(updates), to_string(indices), to_string(*shape)));
    }
  }
  return moved_result(node, 1, *shape);
}

bool fold_scatter_nd(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto depth = static_cast<std::size_t>(in[0].shape.back());
  const auto inner = static_cast<std::size_t>(product(out[0].shape, depth, out[0].shape.size()));
  const auto to = places(in[0], out[0].shape);
  if (!to) return false;
  return with_element(out[0].dtype, [&]<class T>(Element<T>) {
    if constexpr (std::is_arithmetic_v<T>) {
      const auto updates = in[1].data<T>();
      const auto result = out[0].data<T>();
      for (std::size_t i = 0; i < to->size(); ++i)
        for (std::size_t k = 0; k < inner; ++k) {
          T& element = result[static_cast<std::size_t>((*to)[i]) + k];
          const T update = updates[i * inner + k];
          // Integers wrap as the machine's do.
          if constexpr (std::is_same_v<T, bool>)
            element = element || update;
          else if constexpr (std::is_integral_v<T>)
            element = static_cast<T>(static_cast<std::uint64_t>(element) +
                                     static_cast<std::uint64_t>(update));
          else
            element += update;
        }
      return true;
    } else {
      return false;
    }
  });
}

// ---- NON_MAX_SUPPRESSION_V4, V5 ----

Results infer_suppression(const OpView& node, ir::DimContext& dims) {
  const auto most = node.dims(2);
  const Dim count = most && most->size() == 1 ? most->front() : dims.fresh("boxes");
  std::vector<ir::Type> results = {{DType::INT32, Shape{count}}};
  if (node.op == Op::NON_MAX_SUPPRESSION_V5) results.push_back({DType::FLOAT32, Shape{count}});
  results.push_back({DType::INT32, Shape{}});
  return results;
}

std::vector<OperandSpec> suppression_operands(bool soft) {
  constexpr DTypeSet f32 = {DType::FLOAT32};
  std::vector<OperandSpec> operands = {
      {.name = "boxes", .dtypes = f32, .min_rank = 2, .max_rank = 2},
      {.name = "scores", .dtypes = f32, .min_rank = 1, .max_rank = 1},
      {.name = "max_output_size", .dtypes = {DType::INT32}, .max_rank = 0},
      {.name = "iou_threshold", .dtypes = f32, .max_rank = 0},
      {.name = "score_threshold", .dtypes = f32, .max_rank = 0}};
  if (soft) operands.push_back({.name = "soft_nms_sigma", .dtypes = f32, .max_rank = 0});
  return operands;
}

}  // namespace

std::span<const OpInfo> gather_scatter_family() {
  constexpr DTypeSet indices = {DType::INT16, DType::INT32, DType::INT64};
  constexpr DTypeSet gathered_nd = {DType::FLOAT32, DType::FLOAT16, DType::BFLOAT16, DType::UINT8,
                                    DType::INT8,    DType::INT16,   DType::INT32,    DType::INT64,
                                    DType::BOOL,    DType::STRING};
  constexpr DTypeSet scattered = {DType::FLOAT32, DType::UINT8, DType::INT8,
                                  DType::INT32,   DType::INT64, DType::BOOL};
  static const OpInfo family[] = {
      {.op = Op::GATHER,
       .operands = {{.name = "params",
                     .dtypes = gathered_nd | DTypeSet{DType::INT4},
                     .min_rank = 1},
                    {.name = "indices", .dtypes = indices}},
       .infer = infer_gather,
       .fold = fold_gather,
       .contents = moves_operand<0>,
       .versions = {{first_is<DType::FLOAT8_E4M3FN, DType::FLOAT8_E5M2>, 8},
                    {first_is<DType::INT4>, 7},
                    {operand_is<1, DType::INT16>, 6},
                    {[](const OpView& node) {
                       return node.as<tflite::GatherOptionsT>().batch_dims != 0;
                     },
                     5},
                    {first_is<DType::INT16>, 4},
                    {first_is<DType::BOOL>, 3},
                    {first_is<DType::INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.6.0", "1.14.0", "1.15.0", "2.4.0", "2.5.0", "2.13.0", "2.15.0",
                       "2.23.0"}},
      {.op = Op::GATHER_ND,
       .operands = {{.name = "params", .dtypes = gathered_nd, .min_rank = 1},
                    {.name = "indices", .dtypes = indices, .min_rank = 1}},
       .infer = infer_gather_nd,
       .fold = fold_gather_nd,
       .contents = moves_operand<0>,
       .versions = {{first_is<DType::FLOAT8_E4M3FN, DType::FLOAT8_E5M2>, 6},
                    {first_is<DType::BOOL>, 5},
                    {operand_is<1, DType::INT16>, 4},
                    {first_is<DType::INT16>, 3},
                    {first_is<DType::STRING>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.14.0", "2.3.0", "2.5.0", "2.13.0", "2.16.0", "2.23.0"}},
      {.op = Op::SCATTER_ND,
       .operands = {{.name = "indices", .dtypes = {DType::INT32}, .min_rank = 1},
                    {.name = "updates", .dtypes = scattered, .min_rank = 1},
                    {.name = "shape", .dtypes = {DType::INT32}, .min_rank = 1, .max_rank = 1}},
       .infer = infer_scatter_nd,
       .fold = fold_scatter_nd,
       .min_runtime = {"2.1.0"}},
      {.op = Op::NON_MAX_SUPPRESSION_V4,
       .operands = suppression_operands(false),
       .infer = infer_suppression,
       .min_runtime = {"2.1.0"}},
      {.op = Op::NON_MAX_SUPPRESSION_V5,
       .operands = suppression_operands(true),
       .infer = infer_suppression,
       .min_runtime = {"2.1.0"}},
  };
  return family;
}

}  // namespace litecast::ops
