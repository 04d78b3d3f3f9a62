#include "emit/conv.h"

#include "emit/arith.h"
#include "emit/matmul.h"
#include "emit/precision.h"
#include "emit/shape.h"
#include "emit/weight.h"
#include "emit/window.h"

namespace litecast::emit {
namespace {

constexpr int kMaxGroups = 1024;

Sizes spatial_sizes(const Value* filter) {
  Sizes sizes = static_dims_or_throw(filter, "the filter");
  sizes.resize(sizes.size() - 2);
  for (std::int64_t size : sizes) option_int(size, "a filter size");
  return sizes;
}

// XNNPACK takes convolutions with a constant bias alone, so an absent one is zeros.
Value* bias_or_zeros(Emitter& e, Value* bias, std::int64_t channels) {
  if (bias) return bias;
  return e.constant(ir::Constant::splat(DType::FLOAT32, {channels}, std::vector<std::byte>(4)));
}

// How often the filter's input channels go into those of the data.
std::int64_t group_count(const Value* x, const Value* filter) {
  Dim channels = x->shape()[-1];
  std::int64_t per_group = filter->shape()[-2].value();
  if (!channels.is_constant()) return 1;
  if (per_group < 1 || channels.value() % per_group != 0)
    throw Unsupported(fmt::format("{} input channels do not divide into groups of {}",
                                  channels.value(), per_group));
  return channels.value() / per_group;
}

Value* conv_1d_as_2d(Emitter& e, Value* x, Value* filter, Value* bias, const Window& window) {
  constexpr int kRow[] = {1}, kFilterRow[] = {0};
  Window wide = {
      {1, window.strides[0]}, {1, window.dilations[0]}, window.padding, {{0, 0}, window.pads[0]}};
  Value* y = conv(e, expand_dims(e, x, kRow), expand_dims(e, filter, kFilterRow), bias, wide);
  return squeeze(e, y, kRow);
}

Value* depthwise_kernel(Emitter& e, Value* x, Value* filter, Value* bias, const Window& window,
                        const Sizes& sizes) {
  auto [input, padding] = prepare(e, x, sizes, window);
  std::int64_t channels = filter->shape()[3].value();
  tflite::DepthwiseConv2DOptionsT options;
  options.padding = padding;
  options.stride_h = option_int(window.strides[0], "a stride");
  options.stride_w = option_int(window.strides[1], "a stride");
  options.dilation_h_factor = option_int(window.dilations[0], "a dilation");
  options.dilation_w_factor = option_int(window.dilations[1], "a dilation");
  Dim in = x->shape()[3];
  if (!in.is_constant() || in.value() < 1 || channels % in.value() != 0)
    throw Unsupported("a depthwise convolution needs a known number of channels");
  options.depth_multiplier = option_int(channels / in.value(), "the depth multiplier");
  return e.add(Op::DEPTHWISE_CONV_2D, {input, filter, bias_or_zeros(e, bias, channels)},
               std::move(options));
}

Value* conv_2d(Emitter& e, Value* x, Value* filter, Value* bias, const Window& window) {
  Sizes sizes = spatial_sizes(filter);
  std::int64_t channels = filter->shape()[3].value();
  std::int64_t groups = group_count(x, filter);
  if (groups > 1 && filter->shape()[2] == Dim(1)) {
    Value* flat = reshape(e, filter, Shape::of({1, sizes[0], sizes[1], channels}));
    return depthwise_kernel(e, x, flat, bias, window, sizes);
  }
  constexpr int kOutputFirst[] = {3, 0, 1, 2};
  auto [input, padding] = prepare(e, x, sizes, window);
  tflite::Conv2DOptionsT options;
  options.padding = padding;
  options.stride_h = option_int(window.strides[0], "a stride");
  options.stride_w = option_int(window.strides[1], "a stride");
  options.dilation_h_factor = option_int(window.dilations[0], "a dilation");
  options.dilation_w_factor = option_int(window.dilations[1], "a dilation");
  return e.add(Op::CONV_2D,
               {input, transpose_weight(e, filter, kOutputFirst), bias_or_zeros(e, bias, channels)},
               std::move(options));
}

Value* conv_3d_kernel(Emitter& e, Value* x, Value* filter, Value* bias, const Window& window) {
  auto [input, padding] = prepare(e, x, spatial_sizes(filter), window);
  tflite::Conv3DOptionsT options;
  options.padding = padding;
  options.stride_d = option_int(window.strides[0], "a stride");
  options.stride_h = option_int(window.strides[1], "a stride");
  options.stride_w = option_int(window.strides[2], "a stride");
  options.dilation_d_factor = option_int(window.dilations[0], "a dilation");
  options.dilation_h_factor = option_int(window.dilations[1], "a dilation");
  options.dilation_w_factor = option_int(window.dilations[2], "a dilation");
  return e.add(Op::CONV_3D, {input, filter, bias}, std::move(options));
}

// CONV_3D has no groups.
Value* conv_3d(Emitter& e, Value* x, Value* filter, Value* bias, const Window& window) {
  std::int64_t groups = group_count(x, filter);
  if (groups == 1) return conv_3d_kernel(e, x, filter, bias, window);
  if (groups > kMaxGroups || filter->shape()[4].value() % groups != 0)
    throw Unsupported("the output channels do not divide into the groups of the convolution");
  std::vector<Value*> parts;
  auto xs = split(e, x, 4, static_cast<int>(groups));
  auto filters = split(e, filter, 4, static_cast<int>(groups));
  for (std::size_t i = 0; i < xs.size(); ++i)
    parts.push_back(conv_3d_kernel(e, xs[i], filters[i], nullptr, window));
  Value* y = concat(e, parts, 4);
  return bias ? add(e, y, bias) : y;
}

// Exact: the kernels have no integers, but sums of products do.
Value* integer_conv(Emitter& e, Value* x, Value* filter, Value* bias, const Window& window) {
  if (group_count(x, filter) != 1) throw Unsupported("a grouped convolution of integers");
  Sizes dims = static_dims_or_throw(filter, "the filter");
  Value* columns = patches(e, x, spatial_sizes(filter), window);
  std::int64_t rows = 1;
  for (std::size_t i = 0; i + 1 < dims.size(); ++i) rows *= dims[i];
  Value* y = matmul(e, columns, reshape(e, filter, Shape::of({rows, dims.back()})), false, false);
  return bias ? add(e, y, bias) : y;
}

}  // namespace

std::vector<Value*> split(Emitter& e, Value* x, int axis, int count) {
  tflite::SplitOptionsT options;
  options.num_splits = count;
  return e.add_all(Op::SPLIT, {e.scalar_i32(axis), x}, std::move(options));
}

Value* conv(Emitter& e, Value* x, Value* filter, Value* bias, const Window& unchecked) {
  int spatial = x->shape().is_ranked() ? x->shape().rank() - 2 : 0;
  if (spatial < 1 || spatial > 3)
    throw Unsupported("a convolution needs an input of 3 to 5 axes, it is " +
                      to_string(x->shape()));
  Window window = checked(unchecked, x, spatial);
  if (static_dims_or_throw(filter, "the filter").size() != static_cast<std::size_t>(spatial) + 2)
    throw Unsupported("the filter's rank differs from the input's");
  if (ir::is_integer(x->dtype())) return integer_conv(e, x, filter, bias, window);
  auto kernel = spatial == 1 ? conv_1d_as_2d : spatial == 2 ? conv_2d : conv_3d;
  return in_f32(e, {x, filter, bias},
                [&](auto in) { return kernel(e, in[0], in[1], in[2], window); });
}

Value* depthwise_conv(Emitter& e, Value* x, Value* filter, Value* bias, const Window& unchecked) {
  Window window = checked(unchecked, x, 2);
  Sizes dims = static_dims_or_throw(filter, "the filter");
  if (dims.size() != 4) throw Unsupported("a depthwise filter has 4 axes");
  return in_f32(e, {x, filter, bias}, [&](auto in) {
    Value* flat = reshape(e, in[1], Shape::of({1, dims[0], dims[1], dims[2] * dims[3]}));
    return depthwise_kernel(e, in[0], flat, in[2], window, {dims[0], dims[1]});
  });
}

Value* to_channels_last(Emitter& e, Value* x) {
  const int rank = x->shape().is_ranked() ? x->shape().rank() : 0;
  if (rank < 3) throw Unsupported("channels-first data has at least 3 axes");
  std::vector<int> order = {0};
  for (int axis = 2; axis < rank; ++axis) order.push_back(axis);
  order.push_back(1);
  return transpose(e, x, order);
}

Value* to_channels_first(Emitter& e, Value* x) {
  const int rank = x->shape().rank();
  std::vector<int> order = {0, rank - 1};
  for (int axis = 1; axis < rank - 1; ++axis) order.push_back(axis);
  return transpose(e, x, order);
}

Value* in_channels_last(Emitter& e, Value* x, const std::function<Value*(Value*)>& body) {
  return to_channels_first(e, body(to_channels_last(e, x)));
}

}  // namespace litecast::emit
