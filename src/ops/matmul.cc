// Matrix products and embedding lookups.
#include "ops/conv_limits.h"
#include "ops/dtype_sets.h"
#include "ops/families.h"
#include "ops/fused_activation.h"
#include "ops/matmul_kernel.h"
#include "ops/move.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using Kind = LimitViolation::Kind;
using ir::Dim;
using ir::Shape;
using tflite::FullyConnectedOptionsWeightsFormat;

bool differ(Dim a, Dim b) { return a.is_constant() && b.is_constant() && a != b; }

// ---- FULLY_CONNECTED: x, weights [out, in] ----

constexpr WeightTypes kFullyConnectedTypes[] = {
    {DType::FLOAT32,
     {DType::FLOAT32, DType::INT8, DType::INT4, DType::INT2, DType::UINT8},
     {DType::FLOAT32}},
    {DType::UINT8, {DType::UINT8}, {DType::INT32}},
    {DType::INT8, {DType::INT8, DType::INT4, DType::INT2}, {DType::INT32}},
    {DType::INT16, {DType::INT8, DType::INT4}, {DType::INT32, DType::INT64}},
};

bool is_shuffled(const OpView& node) {
  return node.as<tflite::FullyConnectedOptionsT>().weights_format ==
         FullyConnectedOptionsWeightsFormat::SHUFFLED4x16INT8;
}

tl::unexpected<LimitViolation> bad_product(const OpView& node, const Shape& a, const Shape& b) {
  return violation(
      Kind::shape, 1,
      fmt::format("{} cannot multiply {} by {}", ir::name(node.op), to_string(a), to_string(b)));
}

Expected<Shape> fully_connected_shape(const OpView& node, const Shape& x, const Shape& weights,
                                      ir::DimContext& dims) {
  if (node.as<tflite::FullyConnectedOptionsT>().keep_num_dims) {
    if (!x.is_ranked()) return x;
    if (x.rank() == 0 || differ(x[-1], weights[1])) return bad_product(node, x, weights);
    std::vector<Dim> sizes = x.dims();
    sizes.back() = weights[0];
    return Shape(std::move(sizes));
  }
  if (!x.is_ranked()) return Shape{dims.fresh("rows"), weights[0]};
  const Dim elements = x.elements();
  if (const auto rows = exact_div(elements, weights[1])) return Shape{*rows, weights[0]};
  if (weights[1] == Dim(0) || (elements.is_constant() && weights[1].is_constant()))
    return bad_product(node, x, weights);
  return Shape{floordiv(elements, weights[1]), weights[0]};
}

Results infer_fully_connected(const OpView& node, ir::DimContext& dims) {
  if (auto bad = check_weight_types(node, kFullyConnectedTypes, 0, 1, 2))
    return tl::unexpected(*bad);
  const auto activation = node.as<tflite::FullyConnectedOptionsT>().fused_activation_function;
  if (auto bad = check_activation(node, activation)) return tl::unexpected(*bad);
  const Shape weights = ranked_or_unknown(node.shape(1), 2, dims);
  if (auto bad = check_bias(node, 2, weights[0])) return tl::unexpected(*bad);
  auto shape = fully_connected_shape(node, node.shape(0), weights, dims);
  if (!shape) return tl::unexpected(shape.error());
  if (!is_shuffled(node)) return one_result(node.dtype(0), std::move(*shape));
  // The kernel's second result is its workspace.
  return std::vector<ir::Type>{{DType::INT16, std::move(*shape)}, {DType::UINT8, node.shape(0)}};
}

std::int64_t fully_connected_macs(const OpView& node) {
  return saturating_product({node.results[0].shape.elements().value(), node.shape(1)[1].value()});
}

// ---- BATCH_MATMUL ----

// Rows and columns of the matrices of an operand, after its adjoint option.
struct Matrices {
  Dim rows;
  Dim columns;
  Shape batches;
};
Matrices matrices(const Shape& x, bool adjoint) {
  const std::vector<Dim>& dims = x.dims();
  return {adjoint ? x[-1] : x[-2], adjoint ? x[-2] : x[-1],
          Shape(std::vector<Dim>(dims.begin(), dims.end() - 2))};
}

Results infer_batch_matmul(const OpView& node, ir::DimContext&) {
  const DType a = node.dtype(0), b = node.dtype(1);
  if (a != b && !(a == DType::FLOAT32 && b == DType::INT8)) {
    return violation(
        Kind::dtype, 1,
        fmt::format("BATCH_MATMUL cannot multiply {} by {}", ir::short_name(a), ir::short_name(b)));
  }
  if (!node.shape(0).is_ranked() || !node.shape(1).is_ranked())
    return one_result(a, Shape::unranked());
  const auto& options = node.as<tflite::BatchMatMulOptionsT>();
  const Matrices x = matrices(node.shape(0), options.adj_x);
  const Matrices y = matrices(node.shape(1), options.adj_y);
  const auto batches = ir::broadcast(x.batches, y.batches);
  if (!batches || differ(x.columns, y.rows)) return bad_product(node, node.shape(0), node.shape(1));
  std::vector<Dim> sizes = batches->dims();
  sizes.insert(sizes.end(), {x.rows, y.columns});
  return one_result(a, Shape(std::move(sizes)));
}

std::int64_t batch_matmul_macs(const OpView& node) {
  const bool adjoint = node.as<tflite::BatchMatMulOptionsT>().adj_x;
  return saturating_product(
      {node.results[0].shape.elements().value(), matrices(node.shape(0), adjoint).columns.value()});
}

// ---- EMBEDDING_LOOKUP: ids, table; EMBEDDING_LOOKUP_SPARSE: ids, indices, shape, weights, table
// --

Results infer_embedding_lookup(const OpView& node, ir::DimContext& dims) {
  const ir::Type& table = node.in(1)->type();
  // Quantized rows come out as numbers.
  const bool dequantizes = ir::is_integer(table.dtype) && table.quantization != nullptr;
  const DType dtype = dequantizes ? DType::FLOAT32 : table.dtype;
  if (!table.shape.is_ranked()) return one_result(dtype, Shape::unranked());
  std::vector<Dim> sizes = table.shape.dims();
  sizes[0] = ranked_or_unknown(node.shape(0), 1, dims)[0];
  return one_result(dtype, Shape(std::move(sizes)));
}

bool fold_embedding_lookup(const OpView& node, std::span<const HostTensor> in,
                           std::span<HostTensor> out) {
  if (node.in(1)->type().quantization != nullptr) return false;
  const ir::StaticShape& table = in[1].shape;
  const Strided rows = row_major(table);
  ir::StaticShape row = table;
  row[0] = 1;
  Move move({&in[1]}, out[0]);
  Strided to = rows;
  for (const std::int64_t id : integers_of(in[0])) {
    if (id < 0 || id >= table[0]) return false;
    Strided from = rows;
    from.base = id * rows.strides[0];
    move.copy(0, row, from, to);
    to.base += rows.strides[0];
  }
  return move.finish();
}

Results infer_embedding_lookup_sparse(const OpView& node, ir::DimContext&) {
  const auto lookup = node.dims(2);
  const Shape& table = node.shape(4);
  if (!lookup || !table.is_ranked()) return one_result(DType::FLOAT32, Shape::unranked());
  if (lookup->empty())
    return violation(Kind::shape, 2, "EMBEDDING_LOOKUP_SPARSE takes a rank >= 1");
  std::vector<Dim> sizes(lookup->begin(), lookup->end() - 1);
  sizes.insert(sizes.end(), table.dims().begin() + 1, table.dims().end());
  return one_result(DType::FLOAT32, Shape(std::move(sizes)));
}

// ---- version rules ----

bool is_dense_of_float_by_int8(const OpView& node) {
  return first_and_result_are<DType::FLOAT32>(node) && operand_is<1, DType::INT8>(node);
}
bool has_row_scales(const OpView& node) {
  const ir::Type& weights = node.in(1)->type();
  return weights.quantization != nullptr && weights.shape.is_ranked() &&
         weights.quantization->scales.size() > 1 &&
         Dim(static_cast<std::int64_t>(weights.quantization->scales.size())) == weights.shape[0];
}
template <bool tflite::FullyConnectedOptionsT::*option>
bool fully_connected_option(const OpView& node) {
  return node.as<tflite::FullyConnectedOptionsT>().*option;
}
using FullyConnected = tflite::FullyConnectedOptionsT;

}  // namespace

std::span<const OpInfo> matmul_family() {
  constexpr DTypeSet data = {DType::FLOAT32, DType::UINT8, DType::INT8, DType::INT16};
  constexpr DTypeSet factors = {DType::FLOAT32, DType::INT8, DType::INT16};
  constexpr DTypeSet narrow = {DType::UINT8, DType::INT8, DType::INT4, DType::INT2};
  constexpr DTypeSet i32 = {DType::INT32};
  constexpr DTypeSet f32 = {DType::FLOAT32};
  static const OpInfo family[] = {
      {.op = Op::FULLY_CONNECTED,
       .operands = {{.name = "x", .dtypes = data, .quantized = kQuantizedTypes},
                    {.name = "weights",
                     .dtypes = f32 | narrow,
                     .min_rank = 2,
                     .max_rank = 2,
                     .quantized = narrow},
                    {.name = "bias",
                     .dtypes = f32 | i32 | DTypeSet{DType::INT64},
                     .max_rank = 1,
                     .optional = true}},
       .infer = infer_fully_connected,
       .fold = fold_fully_connected,
       .versions = {{operand_is<1, DType::INT2>, 14},
                    {[](const OpView& node) {
                       return first_and_result_are<DType::INT16>(node) &&
                              operand_is<1, DType::INT4>(node);
                     },
                     13},
                    {[](const OpView& node) {
                       return is_dense_of_float_by_int8(node) && has_row_scales(node);
                     },
                     12},
                    {[](const OpView& node) {
                       return first_and_result_are<DType::INT16>(node) &&
                              operand_is<1, DType::INT8>(node);
                     },
                     11},
                    {[](const OpView& node) { return node.operands.size() == 2; }, 6},
                    {fully_connected_option<&FullyConnected::keep_num_dims>, 5},
                    {[](const OpView& node) {
                       return first_and_result_are<DType::INT8>(node) &&
                              operand_is<1, DType::INT8>(node);
                     },
                     4},
                    {[](const OpView& node) {
                       return first_and_result_are<DType::INT8>(node) &&
                              operand_is<1, DType::INT4>(node);
                     },
                     10},
                    {[](const OpView& node) {
                       return is_dense_of_float_by_int8(node) &&
                              fully_connected_option<&FullyConnected::asymmetric_quantize_inputs>(
                                  node);
                     },
                     9},
                    {is_dense_of_float_by_int8, 3},
                    {is_shuffled, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.5.0", "1.10.0", "1.14.0", "1.14.0", "2.0.0", "2.1.0", "2.3.0", "2.3.0",
                       "2.3.0", "2.11.0", "2.15.0", "2.17.0", "2.18.0", "2.21.0"},
       .macs = fully_connected_macs},
      {.op = Op::BATCH_MATMUL,
       .operands = {{.name = "x",
                     .dtypes = factors,
                     .min_rank = 2,
                     .max_rank = 5,
                     .quantized = kQuantizedTypes},
                    {.name = "y",
                     .dtypes = factors,
                     .min_rank = 2,
                     .max_rank = 5,
                     .quantized = kQuantizedTypes}},
       .infer = infer_batch_matmul,
       .fold = fold_batch_matmul,
       .versions = {{first_is<DType::INT16>, 3},
                    {first_is<DType::INT8>, 2},
                    {[](const OpView& node) {
                       return is_dense_of_float_by_int8(node) &&
                              node.as<tflite::BatchMatMulOptionsT>().asymmetric_quantize_inputs;
                     },
                     4},
                    {nullptr, 1}},
       .min_runtime = {"2.3.0", "2.3.0", "2.4.0", "2.5.0"},
       .macs = batch_matmul_macs},
      {.op = Op::EMBEDDING_LOOKUP,
       .operands = {{.name = "ids", .dtypes = i32, .min_rank = 1, .max_rank = 1},
                    {.name = "table",
                     .dtypes = kWords | DTypeSet{DType::INT4, DType::INT2},
                     .min_rank = 2}},
       .infer = infer_embedding_lookup,
       .fold = fold_embedding_lookup,
       .versions = {{[](const OpView& node) {
                       return operand_is<1, DType::INT4>(node) || has_row_scales(node);
                     },
                     4},
                    {operand_is<1, DType::INT2>, 5},
                    {nullptr, 1}},
       .min_runtime = {"1.13.0", "1.14.0", "1.14.0", "2.18.0", "2.21.0"}},
      {.op = Op::EMBEDDING_LOOKUP_SPARSE,
       .operands = {{.name = "ids", .dtypes = i32, .min_rank = 1, .max_rank = 1},
                    {.name = "indices", .dtypes = i32, .min_rank = 2, .max_rank = 2},
                    {.name = "dense_shape", .dtypes = i32, .min_rank = 1, .max_rank = 1},
                    {.name = "weights", .dtypes = f32, .min_rank = 1, .max_rank = 1},
                    {.name = "table", .dtypes = f32, .min_rank = 2}},
       .infer = infer_embedding_lookup_sparse,
       .min_runtime = {"1.5.0"}},
  };
  return family;
}

}  // namespace litecast::ops
