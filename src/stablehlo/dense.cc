// Products of matrices and convolutions.
#include "stablehlo/lowerings.h"
#include "stablehlo/padding.h"

namespace litecast::stablehlo {
namespace {

using tflite::Padding;

std::vector<tflite::StablehloPrecisionConfig> default_precision() {
  return {tflite::StablehloPrecisionConfig::DEFAULT, tflite::StablehloPrecisionConfig::DEFAULT};
}

// `bias` may be absent.
Value* biased(Lowerer& l, Value* x, Value* bias) {
  if (!bias) return x;
  // One of a single element may have any rank.
  if (rank_of(bias) != 1) bias = l.reshape(bias, {bias->shape().elements().value()});
  return l.binary(Op::STABLEHLO_ADD, x, l.broadcast(bias, x->shape()));
}

struct Contraction {
  Sizes lhs_batch, rhs_batch;
  std::int64_t lhs_axis, rhs_axis;
};

Value* dot(Lowerer& l, Value* lhs, Value* rhs, const Contraction& c, Type result) {
  tflite::StablehloDotGeneralOptionsT options;
  options.lhs_batching_dimensions = c.lhs_batch;
  options.rhs_batching_dimensions = c.rhs_batch;
  options.lhs_contracting_dimensions = {c.lhs_axis};
  options.rhs_contracting_dimensions = {c.rhs_axis};
  options.precision_config = default_precision();
  return l.add(Op::STABLEHLO_DOT_GENERAL, {lhs, rhs}, std::move(result), std::move(options));
}

Values fully_connected(Lowerer& l, const Node& node) {
  const auto& options = node.options_as<tflite::FullyConnectedOptionsT>();
  Value *x = node.operand(0), *weights = node.operand(1);
  const std::int64_t columns = sizes_of(weights)[1], rows = sizes_of(weights)[0];
  const bool keeps_axes = rank_of(x) > 0 && sizes_of(x).back() == columns && options.keep_num_dims;
  if (!keeps_axes) {
    const std::int64_t elements = x->shape().elements().value();
    x = l.reshape(x, {columns ? elements / columns : 0, columns});
  }
  Sizes sizes = sizes_of(x);
  sizes.back() = rows;
  Value* product =
      dot(l, x, weights, {{}, {}, rank_of(x) - 1, 1}, {node.result()->dtype(), Shape::of(sizes)});
  Value* sum = biased(l, product, node.operand(2));
  return {l.reshape(activated(l, options.fused_activation_function, sum), sizes_of(node.result()))};
}

Value* with_batch(Lowerer& l, Value* x, const Sizes& batch) {
  Sizes sizes = batch;
  sizes.push_back(sizes_of(x)[static_cast<std::size_t>(rank_of(x) - 2)]);
  sizes.push_back(sizes_of(x).back());
  return l.broadcast(x, Shape::of(sizes));
}

Values batch_matmul(Lowerer& l, const Node& node) {
  const auto& options = node.options_as<tflite::BatchMatMulOptionsT>();
  Value *x = node.operand(0), *y = node.operand(1);
  Contraction c;
  if (rank_of(y) > 2) {
    Sizes batch = sizes_of(node.result());
    batch.resize(batch.size() - 2);
    x = with_batch(l, x, batch);
    y = with_batch(l, y, batch);
    c.lhs_batch = c.rhs_batch = iota(static_cast<int>(batch.size()));
  }
  c.lhs_axis = rank_of(x) - (options.adj_x ? 2 : 1);
  c.rhs_axis = rank_of(y) - (options.adj_y ? 1 : 2);
  return {dot(l, x, y, c, node.result()->type())};
}

// One spatial axis of a convolution.
struct Axis {
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  EdgePads pads;
  std::int64_t spread = 1;  // of the data: what a transposed convolution inserts
};

// Which axes of a filter are what; the spatial ones follow each other.
struct FilterLayout {
  int in, out, first_spatial;
};

struct Convolution {
  Value *x, *filter;
  FilterLayout layout;
  std::vector<Axis> axes;
  std::int64_t groups = 1;
  bool is_reversed = false;  // the filter is walked from its end
};

// Data is channels-last.
Value* convolution(Lowerer& l, const Convolution& c, const Type& result) {
  const auto spatial = static_cast<int>(c.axes.size());
  tflite::StablehloConvolutionOptionsT o;
  for (const Axis& axis : c.axes) {
    o.window_strides.push_back(axis.stride);
    o.padding.insert(o.padding.end(), {axis.pads.low, axis.pads.high});
    o.lhs_dilation.push_back(axis.spread);
    o.rhs_dilation.push_back(axis.dilation);
    o.window_reversal.push_back(c.is_reversed);
  }
  o.input_batch_dimension = o.output_batch_dimension = 0;
  o.input_feature_dimension = o.output_feature_dimension = spatial + 1;
  for (int i = 0; i < spatial; ++i) {
    o.input_spatial_dimensions.push_back(i + 1);
    o.output_spatial_dimensions.push_back(i + 1);
    o.kernel_spatial_dimensions.push_back(c.layout.first_spatial + i);
  }
  o.kernel_input_feature_dimension = c.layout.in;
  o.kernel_output_feature_dimension = c.layout.out;
  o.feature_group_count = c.groups;
  o.batch_group_count = 1;
  o.precision_config = default_precision();
  return l.add(Op::STABLEHLO_CONVOLUTION, {c.x, c.filter}, result, std::move(o));
}

struct Step {
  std::int64_t stride, dilation;
};

std::vector<Axis> window_axes(const Value* x, const Value* filter, int first_spatial,
                              Padding padding, const std::vector<Step>& steps) {
  std::vector<Axis> axes;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Window window{sizes_of(x)[i + 1],
                        sizes_of(filter)[static_cast<std::size_t>(first_spatial) + i],
                        steps[i].stride, steps[i].dilation};
    axes.push_back({steps[i].stride, steps[i].dilation, edge_pads(padding, window)});
  }
  return axes;
}

template <class Options>
Values finished(Lowerer& l, const Options& options, Value* x, Value* bias) {
  return {activated(l, options.fused_activation_function, biased(l, x, bias))};
}

Values conv_2d(Lowerer& l, const Node& node) {
  const auto& o = node.options_as<tflite::Conv2DOptionsT>();
  Value *x = node.operand(0), *filter = node.operand(1);
  const std::vector<Step> steps = {{o.stride_h, o.dilation_h_factor},
                                   {o.stride_w, o.dilation_w_factor}};
  const Convolution c{.x = x,
                      .filter = filter,
                      .layout = {3, 0, 1},
                      .axes = window_axes(x, filter, 1, o.padding, steps),
                      .groups = sizes_of(x)[3] / std::max<std::int64_t>(sizes_of(filter)[3], 1)};
  return finished(l, o, convolution(l, c, node.result()->type()), node.operand(2));
}

// The filter [1, h, w, channels × multiplier] has one input for each group.
Values depthwise_conv_2d(Lowerer& l, const Node& node) {
  const auto& o = node.options_as<tflite::DepthwiseConv2DOptionsT>();
  Value *x = node.operand(0), *filter = node.operand(1);
  const std::vector<Step> steps = {{o.stride_h, o.dilation_h_factor},
                                   {o.stride_w, o.dilation_w_factor}};
  const Convolution c{.x = x,
                      .filter = filter,
                      .layout = {0, 3, 1},
                      .axes = window_axes(x, filter, 1, o.padding, steps),
                      .groups = sizes_of(x)[3]};
  return finished(l, o, convolution(l, c, node.result()->type()), node.operand(2));
}

Values conv_3d(Lowerer& l, const Node& node) {
  const auto& o = node.options_as<tflite::Conv3DOptionsT>();
  Value *x = node.operand(0), *filter = node.operand(1);
  const std::vector<Step> steps = {{o.stride_d, o.dilation_d_factor},
                                   {o.stride_h, o.dilation_h_factor},
                                   {o.stride_w, o.dilation_w_factor}};
  const Convolution c{.x = x,
                      .filter = filter,
                      .layout = {3, 4, 0},
                      .axes = window_axes(x, filter, 0, o.padding, steps)};
  return finished(l, o, convolution(l, c, node.result()->type()), node.operand(2));
}

// The gradient of a convolution that has `result` for its data: the data here is spread by the
// strides and padded with what the reversed filter reaches beyond it.
std::vector<Axis> spread_axes(const Value* x, const Value* filter, const Value* result,
                              int first_spatial, Padding padding, const std::vector<Step>& steps) {
  std::vector<Axis> axes;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::int64_t extent = sizes_of(filter)[static_cast<std::size_t>(first_spatial) + i];
    const std::int64_t reach = (extent - 1) * steps[i].dilation;
    const std::int64_t large = sizes_of(result)[i + 1], small = sizes_of(x)[i + 1];
    const EdgePads forward =
        edge_pads(padding, {large, extent, steps[i].stride, steps[i].dilation});
    const std::int64_t low = reach - forward.low;
    const std::int64_t spread = (small - 1) * steps[i].stride + 1;
    axes.push_back({1, steps[i].dilation, {low, large + reach - spread - low}, steps[i].stride});
  }
  return axes;
}

Values transpose_conv(Lowerer& l, const Node& node) {
  const auto& o = node.options_as<tflite::TransposeConvOptionsT>();
  Value *filter = node.operand(1), *x = node.operand(2);
  const std::vector<Step> steps = {{o.stride_h, 1}, {o.stride_w, 1}};
  const Convolution c{.x = x,
                      .filter = filter,
                      .layout = {3, 0, 1},
                      .axes = spread_axes(x, filter, node.result(), 1, o.padding, steps),
                      .is_reversed = true};
  return finished(l, o, convolution(l, c, node.result()->type()), node.operand(3));
}

Values conv_3d_transpose(Lowerer& l, const Node& node) {
  const auto& o = node.options_as<tflite::Conv3DOptionsT>();
  Value *filter = node.operand(1), *x = node.operand(2);
  const std::vector<Step> steps = {{o.stride_d, o.dilation_d_factor},
                                   {o.stride_h, o.dilation_h_factor},
                                   {o.stride_w, o.dilation_w_factor}};
  const Convolution c{.x = x,
                      .filter = filter,
                      .layout = {4, 3, 0},
                      .axes = spread_axes(x, filter, node.result(), 0, o.padding, steps),
                      .is_reversed = true};
  return finished(l, o, convolution(l, c, node.result()->type()), node.operand(3));
}

}  // namespace

std::span<const Lowering> dense_lowerings() {
  static constexpr Lowering kTable[] = {
      {Op::BATCH_MATMUL, batch_matmul},
      {Op::CONV_2D, conv_2d},
      {Op::CONV_3D, conv_3d},
      {Op::CONV_3D_TRANSPOSE, conv_3d_transpose},
      {Op::DEPTHWISE_CONV_2D, depthwise_conv_2d},
      {Op::FULLY_CONNECTED, fully_connected},
      {Op::TRANSPOSE_CONV, transpose_conv},
  };
  return kTable;
}

}  // namespace litecast::stablehlo
