// Convolutions. Data is channels-last; each kernel orders its filter in its own way.
#include "ops/conv_kernel.h"
#include "ops/conv_limits.h"
#include "ops/dtype_sets.h"
#include "ops/families.h"
#include "ops/fused_activation.h"
#include "ops/move.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using Kind = LimitViolation::Kind;
using ir::Dim;
using ir::Shape;
using tflite::Padding;

constexpr WeightTypes kConvTypes[] = {
    {DType::FLOAT32, {DType::FLOAT32, DType::INT8, DType::UINT8, DType::INT4}, {DType::FLOAT32}},
    {DType::UINT8, {DType::UINT8}, {DType::INT32}},
    {DType::INT8, {DType::INT8, DType::INT4}, {DType::INT32}},
    {DType::INT16, {DType::INT8}, {DType::INT32, DType::INT64}},
};

bool is_hybrid(const OpView& node, int data, int weights) {
  return node.dtype(data) == DType::FLOAT32 && node.dtype(weights) != DType::FLOAT32;
}

tl::unexpected<LimitViolation> bad_filter(const OpView& node, const Shape& x, const Shape& filter) {
  return violation(Kind::shape, 1,
                   fmt::format("{} cannot apply a filter {} to {}", ir::name(node.op),
                               to_string(filter), to_string(x)));
}

// Of one spatial axis. A filter of free size over a known padding still gives what it can.
Expected<Dim> spatial(const OpView& node, Dim size, Dim filter, std::int64_t stride,
                      std::int64_t dilation, Padding padding, ir::DimContext& dims) {
  if (filter.is_constant())
    return window_output(node, {size, filter.value(), stride, dilation}, padding);
  const auto same = window_output(node, {size, 1, stride, dilation}, Padding::SAME);
  return !same || padding == Padding::SAME ? same : Expected<Dim>(dims.fresh("conv"));
}

// ---- CONV_2D: filter [out, h, w, in / groups] ----

bool is_known_multiple(Dim size, Dim divisor) {
  if (divisor == Dim(0)) return false;
  return !size.is_constant() || !divisor.is_constant() || size.value() % divisor.value() == 0;
}

bool is_grouped(const OpView& node) {
  const Shape &x = node.shape(0), &filter = node.shape(1);
  if (!x.is_ranked() || !filter.is_ranked()) return false;
  return x[3].is_constant() && filter[3].is_constant() && x[3] != filter[3];
}

Results infer_conv_2d(const OpView& node, ir::DimContext& dims) {
  if (auto bad = check_weight_types(node, kConvTypes, 0, 1, 2)) return tl::unexpected(*bad);
  const auto& options = node.as<tflite::Conv2DOptionsT>();
  if (auto bad = check_activation(node, options.fused_activation_function))
    return tl::unexpected(*bad);
  const Shape x = ranked_or_unknown(node.shape(0), 4, dims);
  const Shape filter = ranked_or_unknown(node.shape(1), 4, dims);
  if (!is_known_multiple(x[3], filter[3])) return bad_filter(node, x, filter);
  if (is_grouped(node)) {
    const Dim groups = x[3].value() / filter[3].value();
    if (!is_known_multiple(filter[0], groups) || is_hybrid(node, 0, 1))
      return bad_filter(node, x, filter);
  }
  if (auto bad = check_bias(node, 2, filter[0])) return tl::unexpected(*bad);
  const auto height = spatial(node, x[1], filter[1], options.stride_h, options.dilation_h_factor,
                              options.padding, dims);
  const auto width = spatial(node, x[2], filter[2], options.stride_w, options.dilation_w_factor,
                             options.padding, dims);
  if (!height) return tl::unexpected(height.error());
  if (!width) return tl::unexpected(width.error());
  return one_result(node.dtype(0), Shape{x[0], *height, *width, filter[0]});
}

// ---- DEPTHWISE_CONV_2D: filter [1, h, w, in × multiplier] ----

Results infer_depthwise(const OpView& node, ir::DimContext& dims) {
  if (auto bad = check_weight_types(node, kConvTypes, 0, 1, 2)) return tl::unexpected(*bad);
  const auto& options = node.as<tflite::DepthwiseConv2DOptionsT>();
  if (auto bad = check_activation(node, options.fused_activation_function))
    return tl::unexpected(*bad);
  const Shape x = ranked_or_unknown(node.shape(0), 4, dims);
  const Shape filter = ranked_or_unknown(node.shape(1), 4, dims);
  if ((filter[0].is_constant() && filter[0].value() != 1) || !is_known_multiple(filter[3], x[3]))
    return bad_filter(node, x, filter);
  if (auto bad = check_bias(node, 2, filter[3])) return tl::unexpected(*bad);
  const auto height = spatial(node, x[1], filter[1], options.stride_h, options.dilation_h_factor,
                              options.padding, dims);
  const auto width = spatial(node, x[2], filter[2], options.stride_w, options.dilation_w_factor,
                             options.padding, dims);
  if (!height) return tl::unexpected(height.error());
  if (!width) return tl::unexpected(width.error());
  return one_result(node.dtype(0), Shape{x[0], *height, *width, filter[3]});
}

// ---- CONV_3D: filter [d, h, w, in, out] ----

Results infer_conv_3d(const OpView& node, ir::DimContext& dims) {
  const auto& options = node.as<tflite::Conv3DOptionsT>();
  if (auto bad = check_activation(node, options.fused_activation_function))
    return tl::unexpected(*bad);
  const Shape x = ranked_or_unknown(node.shape(0), 5, dims);
  const Shape filter = ranked_or_unknown(node.shape(1), 5, dims);
  if (x[4].is_constant() && filter[3].is_constant() && x[4] != filter[3])
    return bad_filter(node, x, filter);
  if (auto bad = check_bias(node, 2, filter[4])) return tl::unexpected(*bad);
  const std::int64_t strides[] = {options.stride_d, options.stride_h, options.stride_w};
  const std::int64_t dilations[] = {options.dilation_d_factor, options.dilation_h_factor,
                                    options.dilation_w_factor};
  std::vector<Dim> sizes = {x[0]};
  for (int i = 0; i < 3; ++i) {
    const auto size =
        spatial(node, x[i + 1], filter[i], strides[i], dilations[i], options.padding, dims);
    if (!size) return tl::unexpected(size.error());
    sizes.push_back(*size);
  }
  sizes.push_back(filter[4]);
  return one_result(node.dtype(0), Shape(std::move(sizes)));
}

// ---- TRANSPOSE_CONV: shape, filter [out, h, w, in], data; CONV_3D_TRANSPOSE: [d, h, w, out, in]
// --

struct TransposedAxes {
  int rank;
  int out_channels;  // axis of the filter
  int in_channels;
};

Results infer_transposed(const OpView& node, ir::DimContext& dims, const TransposedAxes& axes) {
  const auto wanted = shape_from_operand(node, 0, dims);
  if (!wanted) return tl::unexpected(wanted.error());
  Shape shape = wanted->is_ranked() ? *wanted : unknown_shape(dims, axes.rank, "conv");
  const Shape filter = ranked_or_unknown(node.shape(1), axes.rank, dims);
  const Shape x = ranked_or_unknown(node.shape(2), axes.rank, dims);
  const auto differ = [](Dim a, Dim b) { return a.is_constant() && b.is_constant() && a != b; };
  const Dim channels = filter[axes.out_channels];
  if (shape.rank() != axes.rank || differ(shape[-1], channels) ||
      differ(x[-1], filter[axes.in_channels])) {
    return violation(Kind::shape, 1,
                     fmt::format("{} cannot make {} of {} by a filter {}", ir::name(node.op),
                                 to_string(shape), to_string(x), to_string(filter)));
  }
  if (auto bad = check_bias(node, 3, channels)) return tl::unexpected(*bad);
  std::vector<Dim> sizes = shape.dims();
  if (!sizes.back().is_constant()) sizes.back() = channels;
  return one_result(node.dtype(2), Shape(std::move(sizes)));
}

Results infer_transpose_conv(const OpView& node, ir::DimContext& dims) {
  if (auto bad = check_weight_types(node, kConvTypes, 2, 1, 3)) return tl::unexpected(*bad);
  const auto& options = node.as<tflite::TransposeConvOptionsT>();
  if (auto bad = check_activation(node, options.fused_activation_function))
    return tl::unexpected(*bad);
  if (options.stride_h < 1 || options.stride_w < 1)
    return violation(Kind::option, -1, "TRANSPOSE_CONV takes positive strides");
  return infer_transposed(node, dims, {.rank = 4, .out_channels = 0, .in_channels = 3});
}

Results infer_conv_3d_transpose(const OpView& node, ir::DimContext& dims) {
  const auto& options = node.as<tflite::Conv3DOptionsT>();
  if (auto bad = check_activation(node, options.fused_activation_function))
    return tl::unexpected(*bad);
  if (options.stride_d < 1 || options.stride_h < 1 || options.stride_w < 1)
    return violation(Kind::option, -1, "CONV_3D_TRANSPOSE takes positive strides");
  return infer_transposed(node, dims, {.rank = 5, .out_channels = 3, .in_channels = 4});
}

// ---- DILATE ----

Results infer_dilate(const OpView& node, ir::DimContext& dims) {
  if (node.dtype(2) != node.dtype(0))
    return violation(Kind::dtype, 2, "DILATE takes a padding value of the tensor's type");
  const Shape& x = node.shape(0);
  if (!x.is_ranked()) return moved_result(node, 0, x);
  const auto dilations = node.dims(1);
  if (!dilations) return moved_result(node, 0, unknown_shape(dims, x.rank(), "dilated"));
  if (static_cast<int>(dilations->size()) != x.rank())
    return violation(Kind::shape, 1, "DILATE takes a dilation for each axis");
  std::vector<Dim> sizes;
  for (int i = 0; i < x.rank(); ++i) {
    const Dim dilation = (*dilations)[static_cast<std::size_t>(i)];
    if (dilation.is_constant() && dilation.value() < 1)
      return violation(Kind::option, 1, "DILATE takes dilations of one or more");
    sizes.push_back(x[i] == Dim(0) ? x[i] : (x[i] - Dim(1)) * dilation + Dim(1));
  }
  return moved_result(node, 0, Shape(std::move(sizes)));
}

bool fold_dilate(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  if (in[2].elements() != 1) return false;
  const std::vector<std::int64_t> dilations = integers_of(in[1]);
  const Strided rows = row_major(out[0].shape);
  Strided to = rows;
  for (std::size_t i = 0; i < dilations.size(); ++i) to.strides[i] *= dilations[i];
  Move move({&in[0], &in[2]}, out[0]);
  move.copy(1, out[0].shape, {std::vector<std::int64_t>(rows.strides.size(), 0)}, rows);
  move.copy(0, in[0].shape, row_major(in[0].shape), to);
  return move.finish();
}

// ---- cost ----

// One multiplication for each result element and each filter element that it sees.
std::int64_t conv_2d_macs(const OpView& node) {
  const auto filter = node.shape(1).static_dims();
  return saturating_product(
      {node.results[0].shape.elements().value(), filter[1], filter[2], filter[3]});
}
std::int64_t depthwise_macs(const OpView& node) {
  const auto filter = node.shape(1).static_dims();
  return saturating_product({node.results[0].shape.elements().value(), filter[1], filter[2]});
}
std::int64_t conv_3d_macs(const OpView& node) {
  const auto filter = node.shape(1).static_dims();
  return saturating_product(
      {node.results[0].shape.elements().value(), filter[0], filter[1], filter[2], filter[3]});
}
// Transposed: each data element meets the whole filter of its channel.
std::int64_t transpose_conv_macs(const OpView& node) {
  const auto filter = node.shape(1).static_dims();
  return saturating_product({node.shape(2).elements().value(), filter[0], filter[1], filter[2]});
}
std::int64_t conv_3d_transpose_macs(const OpView& node) {
  const auto filter = node.shape(1).static_dims();
  return saturating_product(
      {node.shape(2).elements().value(), filter[0], filter[1], filter[2], filter[3]});
}

// ---- version rules ----

// The data type of operand 0 and of the result, and the weights'.
template <DType data, DType weights>
bool data_and_weights_are(const OpView& node) {
  return first_and_result_are<data>(node) && operand_is<1, weights>(node);
}
bool is_float_by_int8(const OpView& node) {
  return data_and_weights_are<DType::FLOAT32, DType::INT8>(node);
}
bool has_channel_scales(const OpView& node) {
  const ir::Quantization* quantization = node.in(1)->type().quantization;
  return quantization != nullptr && quantization->scales.size() > 1;
}
bool is_float_by_int8_channels(const OpView& node) {
  return is_float_by_int8(node) && has_channel_scales(node);
}
bool is_int8(const OpView& node) { return data_and_weights_are<DType::INT8, DType::INT8>(node); }
bool is_int8_by_int4(const OpView& node) {
  return data_and_weights_are<DType::INT8, DType::INT4>(node);
}

}  // namespace

std::span<const OpInfo> conv_family() {
  constexpr DTypeSet data = {DType::FLOAT32, DType::UINT8, DType::INT8, DType::INT16};
  constexpr DTypeSet weights = {DType::FLOAT32, DType::UINT8, DType::INT8, DType::INT4};
  constexpr DTypeSet narrow = {DType::UINT8, DType::INT8, DType::INT4};
  constexpr DTypeSet biases = {DType::FLOAT32, DType::INT32, DType::INT64};
  constexpr DTypeSet f32 = {DType::FLOAT32};
  constexpr DTypeSet dilated = {DType::INT8,    DType::INT16,  DType::INT32,  DType::INT64,
                                DType::UINT8,   DType::UINT16, DType::UINT32, DType::UINT64,
                                DType::FLOAT32, DType::FLOAT64};
  const auto tensor = [](const char* name, DTypeSet dtypes, int rank, DTypeSet quantized = {}) {
    return OperandSpec{
        .name = name, .dtypes = dtypes, .min_rank = rank, .max_rank = rank, .quantized = quantized};
  };
  const auto bias = [](DTypeSet dtypes) {
    return OperandSpec{.name = "bias", .dtypes = dtypes, .max_rank = 1, .optional = true};
  };
  const auto needed = [](OperandSpec spec) {
    spec.optional = false;
    return spec;
  };
  const OperandSpec x_2d = tensor("x", data, 4, kQuantizedTypes);
  const OperandSpec filter_2d = tensor("filter", weights, 4, narrow);
  static const OpInfo family[] = {
      {.op = Op::CONV_2D,
       .operands = {x_2d, filter_2d, needed(bias(biases))},
       .infer = infer_conv_2d,
       .fold = fold_conv_2d,
       .versions = {{[](const OpView& node) {
                       return data_and_weights_are<DType::INT16, DType::INT8>(node);
                     },
                     8},
                    {is_grouped, 6},
                    {is_int8, 3},
                    {is_int8_by_int4, 7},
                    {is_float_by_int8_channels, 5},
                    {is_float_by_int8, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.5.0", "1.14.0", "1.14.0", "2.3.0", "2.4.0", "2.9.0", "2.11.0", "2.15.0"},
       .macs = conv_2d_macs},
      {.op = Op::DEPTHWISE_CONV_2D,
       .operands = {x_2d, filter_2d, needed(bias(biases))},
       .infer = infer_depthwise,
       .fold = fold_depthwise,
       .versions = {{is_float_by_int8_channels, 6},
                    {is_float_by_int8, 4},
                    {is_int8, 3},
                    {is_int8_by_int4, 7},
                    {[](const OpView& node) {
                       const auto& options = node.as<tflite::DepthwiseConv2DOptionsT>();
                       return options.dilation_h_factor != 1 || options.dilation_w_factor != 1;
                     },
                     2},
                    {nullptr, 1}},
       .min_runtime = {"1.5.0", "1.12.0", "1.14.0", "2.2.0", "2.3.0", "2.3.0", "2.11.0"},
       .macs = depthwise_macs},
      {.op = Op::TRANSPOSE_CONV,
       .operands =
           {{.name = "output_shape", .dtypes = {DType::INT32}, .min_rank = 1, .max_rank = 1},
            tensor("weights", weights, 4, narrow),
            x_2d,
            bias(biases)},
       .infer = infer_transpose_conv,
       .fold = fold_transpose_conv,
       .versions = {{[](const OpView& node) {
                       return node.as<tflite::TransposeConvOptionsT>().fused_activation_function !=
                              tflite::ActivationFunctionType::NONE;
                     },
                     4},
                    {[](const OpView& node) { return node.has(3); }, 3},
                    {operand_is<1, DType::INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.9.0", "2.2.0", "2.3.0", "2.13.0", "2.15.0"},
       .macs = transpose_conv_macs},
      {.op = Op::CONV_3D,
       .operands = {tensor("x", f32, 5), tensor("filter", f32, 5), bias(f32)},
       .infer = infer_conv_3d,
       .fold = fold_conv_3d,
       .min_runtime = {"2.5.0"},
       .macs = conv_3d_macs},
      {.op = Op::CONV_3D_TRANSPOSE,
       .operands =
           {{.name = "output_shape", .dtypes = {DType::INT32}, .min_rank = 1, .max_rank = 1},
            tensor("filter", f32, 5),
            tensor("x", f32, 5),
            bias(f32)},
       .infer = infer_conv_3d_transpose,
       .fold = fold_conv_3d_transpose,
       .min_runtime = {"2.6.0"},
       .macs = conv_3d_transpose_macs},
      {.op = Op::DILATE,
       .operands = {{.name = "x", .dtypes = dilated, .max_rank = 6},
                    {.name = "dilations", .dtypes = {DType::INT32}, .min_rank = 1, .max_rank = 1},
                    {.name = "padding_value", .dtypes = dilated, .max_rank = 0}},
       .infer = infer_dilate,
       .fold = fold_dilate,
       .layout = Layout::rows_operand,
       .min_runtime = {"2.15.0"}},
  };
  return family;
}

}  // namespace litecast::ops
