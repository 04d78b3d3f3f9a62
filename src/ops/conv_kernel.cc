#include "ops/conv_kernel.h"

#include "ops/conv_limits.h"
#include "ops/fused_activation.h"
#include "ops/kernel.h"

namespace litecast::ops {
namespace {

using tflite::ActivationFunctionType;
using tflite::Padding;

// A window slides over `large` positions, and each of its places belongs to one of `small` ones.
struct WindowAxis {
  std::int64_t small;
  std::int64_t large;
  std::int64_t filter;
  std::int64_t stride;
  std::int64_t dilation;
  std::int64_t pad;
};

WindowAxis make_axis(std::int64_t small, std::int64_t large, std::int64_t filter,
                     std::int64_t stride, std::int64_t dilation, Padding padding) {
  WindowAxis axis{small, large, filter, stride, dilation, 0};
  if (padding == Padding::SAME) {
    const std::int64_t windows = (large + stride - 1) / stride;
    const std::int64_t reach = (windows - 1) * stride + (filter - 1) * dilation + 1;
    axis.pad = std::max<std::int64_t>(reach - large, 0) / 2;
  }
  return axis;
}

// Row-major numbers of the positions that one tap of the filter connects.
struct Tap {
  std::int64_t small = 0;
  std::int64_t large = 0;
  std::int64_t filter = 0;
};

template <class F>
void for_each_tap(std::span<const WindowAxis> axes, const Tap& outer, F&& f) {
  if (axes.empty()) return f(outer);
  const WindowAxis& axis = axes.front();
  for (std::int64_t s = 0; s < axis.small; ++s)
    for (std::int64_t k = 0; k < axis.filter; ++k) {
      const std::int64_t l = s * axis.stride + k * axis.dilation - axis.pad;
      if (l < 0 || l >= axis.large) continue;
      for_each_tap(axes.subspan(1),
                   {outer.small * axis.small + s, outer.large * axis.large + l,
                    outer.filter * axis.filter + k},
                   f);
    }
}

// How far apart neighbours are in the filter's bytes.
struct FilterStrides {
  std::int64_t out;
  std::int64_t spatial;
  std::int64_t in;
};

struct Convolution {
  std::vector<WindowAxis> axes;
  std::int64_t batches;
  std::int64_t in_channels;
  std::int64_t out_channels;
  std::int64_t groups = 1;
  FilterStrides strides;
  bool transposed = false;  // data at the small positions, results at the large ones
  ActivationFunctionType activation;

  std::int64_t positions(std::int64_t WindowAxis::*side) const {
    std::int64_t count = 1;
    for (const WindowAxis& axis : axes) count *= axis.*side;
    return count;
  }
};

bool run(const Convolution& conv, const HostTensor& x, const HostTensor& filter,
         const HostTensor* bias, HostTensor& out) {
  if (x.dtype != DType::FLOAT32 || filter.dtype != DType::FLOAT32) return false;
  const std::int64_t group_in = conv.in_channels / conv.groups;
  const std::int64_t group_out = conv.out_channels / conv.groups;
  const std::int64_t small = conv.positions(&WindowAxis::small),
                     large = conv.positions(&WindowAxis::large);
  const std::int64_t taps = conv.positions(&WindowAxis::filter);
  if (saturating_product({conv.batches, small, taps, conv.out_channels, group_in}) > kMostMacs)
    return false;
  const float* data = x.data<float>().data();
  const float* weights = filter.data<float>().data();
  std::vector<double> sums(out.data<float>().size());
  for_each_tap(conv.axes, {}, [&](const Tap& tap) {
    for (std::int64_t n = 0; n < conv.batches; ++n) {
      const auto [from, to] = conv.transposed
                                  ? std::pair(n * small + tap.small, n * large + tap.large)
                                  : std::pair(n * large + tap.large, n * small + tap.small);
      for (std::int64_t o = 0; o < conv.out_channels; ++o) {
        const float* group = data + from * conv.in_channels + o / group_out * group_in;
        const float* kernel = weights + o * conv.strides.out + tap.filter * conv.strides.spatial;
        double sum = 0;
        for (std::int64_t c = 0; c < group_in; ++c)
          sum += static_cast<double>(group[c]) * static_cast<double>(kernel[c * conv.strides.in]);
        sums[static_cast<std::size_t>(to * conv.out_channels + o)] += sum;
      }
    }
  });
  const auto results = out.data<float>();
  const auto channels = static_cast<std::size_t>(conv.out_channels);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (bias != nullptr) sums[i] += static_cast<double>(bias->data<float>()[i % channels]);
    results[i] = activate(conv.activation, static_cast<float>(sums[i]));
  }
  return true;
}

const HostTensor* optional(std::span<const HostTensor> in, std::size_t index) {
  return index < in.size() && in[index].present ? &in[index] : nullptr;
}

}  // namespace

bool fold_conv_2d(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto& o = node.as<tflite::Conv2DOptionsT>();
  const auto &x = in[0].shape, &f = in[1].shape, &y = out[0].shape;
  const Convolution conv{
      .axes = {make_axis(y[1], x[1], f[1], o.stride_h, o.dilation_h_factor, o.padding),
               make_axis(y[2], x[2], f[2], o.stride_w, o.dilation_w_factor, o.padding)},
      .batches = x[0],
      .in_channels = x[3],
      .out_channels = f[0],
      .groups = x[3] / f[3],
      .strides = {f[1] * f[2] * f[3], f[3], 1},
      .activation = o.fused_activation_function};
  return run(conv, in[0], in[1], optional(in, 2), out[0]);
}

bool fold_depthwise(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto& o = node.as<tflite::DepthwiseConv2DOptionsT>();
  const auto &x = in[0].shape, &f = in[1].shape, &y = out[0].shape;
  const Convolution conv{
      .axes = {make_axis(y[1], x[1], f[1], o.stride_h, o.dilation_h_factor, o.padding),
               make_axis(y[2], x[2], f[2], o.stride_w, o.dilation_w_factor, o.padding)},
      .batches = x[0],
      .in_channels = x[3],
      .out_channels = f[3],
      .groups = x[3],
      .strides = {1, f[3], 0},
      .activation = o.fused_activation_function};
  return run(conv, in[0], in[1], optional(in, 2), out[0]);
}

bool fold_transpose_conv(const OpView& node, std::span<const HostTensor> in,
                         std::span<HostTensor> out) {
  const auto& o = node.as<tflite::TransposeConvOptionsT>();
  const auto &f = in[1].shape, &x = in[2].shape, &y = out[0].shape;
  const Convolution conv{.axes = {make_axis(x[1], y[1], f[1], o.stride_h, 1, o.padding),
                                  make_axis(x[2], y[2], f[2], o.stride_w, 1, o.padding)},
                         .batches = x[0],
                         .in_channels = x[3],
                         .out_channels = f[0],
                         .strides = {f[1] * f[2] * f[3], f[3], 1},
                         .transposed = true,
                         .activation = o.fused_activation_function};
  return x[0] == y[0] && run(conv, in[2], in[1], optional(in, 3), out[0]);
}

namespace {

std::vector<WindowAxis> axes_3d(const tflite::Conv3DOptionsT& o, const ir::StaticShape& small,
                                const ir::StaticShape& large, const ir::StaticShape& filter) {
  return {make_axis(small[1], large[1], filter[0], o.stride_d, o.dilation_d_factor, o.padding),
          make_axis(small[2], large[2], filter[1], o.stride_h, o.dilation_h_factor, o.padding),
          make_axis(small[3], large[3], filter[2], o.stride_w, o.dilation_w_factor, o.padding)};
}

}  // namespace

bool fold_conv_3d(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto& o = node.as<tflite::Conv3DOptionsT>();
  const auto &x = in[0].shape, &f = in[1].shape;
  const Convolution conv{.axes = axes_3d(o, out[0].shape, x, f),
                         .batches = x[0],
                         .in_channels = f[3],
                         .out_channels = f[4],
                         .strides = {1, f[3] * f[4], f[4]},
                         .activation = o.fused_activation_function};
  return run(conv, in[0], in[1], optional(in, 2), out[0]);
}

bool fold_conv_3d_transpose(const OpView& node, std::span<const HostTensor> in,
                            std::span<HostTensor> out) {
  const auto& o = node.as<tflite::Conv3DOptionsT>();
  const auto &f = in[1].shape, &x = in[2].shape;
  const Convolution conv{.axes = axes_3d(o, x, out[0].shape, f),
                         .batches = x[0],
                         .in_channels = f[4],
                         .out_channels = f[3],
                         .strides = {f[4], f[3] * f[4], 1},
                         .transposed = true,
                         .activation = o.fused_activation_function};
  return x[0] == out[0].shape[0] && run(conv, in[2], in[1], optional(in, 3), out[0]);
}

}  // namespace litecast::ops
