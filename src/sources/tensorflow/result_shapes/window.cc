// Convolutions and pools over windows of x[N, spatial…, C] or x[N, C, spatial…].
#include <algorithm>

#include "sources/tensorflow/result_shapes/parts.h"

namespace litecast::tensorflow::shapes {
namespace {

using ir::Dim;
using ir::Shape;

struct Axes {
  std::size_t channel;
  std::size_t first;  // of the spatial ones
};

Axes axes_of(const ForeignNode& n, std::size_t rank) {
  const bool channels_first =
      n.node.has_attr("data_format") && n.node.attr("data_format").string().starts_with("NC");
  return channels_first ? Axes{1, 2} : Axes{rank - 1, 1};
}

std::vector<std::int64_t> list(const ForeignNode& n, std::string_view attr, std::size_t rank) {
  std::vector<std::int64_t> values;
  if (n.node.has_attr(attr)) values = n.node.attr(attr).integers();
  if (values.empty()) values.assign(rank, 1);
  return values;
}

// Sizes along one axis: of the window, of its steps and gaps, and the pads on both sides.
struct Step {
  Dim window;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pads = 0;
};

Dim windows(const ForeignNode& n, Dim size, const Step& step) {
  if (step.stride < 1 || step.dilation < 1) return n.unknown();
  if (n.node.attr("padding").string() == "SAME") return ir::ceildiv(size, Dim(step.stride));
  const Dim reach = (step.window - Dim(1)) * Dim(step.dilation) + Dim(1);
  return ir::ceildiv(size + Dim(step.pads) - reach + Dim(1), Dim(step.stride));
}

std::int64_t pads(const ForeignNode& n, std::size_t axis) {
  const auto all = list(n, "explicit_paddings", 0);
  return 2 * axis + 1 < all.size() ? all[2 * axis] + all[2 * axis + 1] : 0;
}

Shape swept(const ForeignNode& n, const std::vector<Dim>& window, std::optional<Dim> channels) {
  const Shape x = n.shape(0);
  const auto strides = list(n, "strides", x.is_ranked() ? x.dims().size() : 0);
  const auto dilations = list(n, "dilations", strides.size());
  if (!x.is_ranked() || strides.size() != x.dims().size() || dilations.size() != strides.size() ||
      window.size() != strides.size() || strides.size() < 3)
    return Shape::unranked();
  const Axes axes = axes_of(n, strides.size());
  std::vector<Dim> sizes = x.dims();
  for (std::size_t i = 0; i < sizes.size(); ++i)
    if (i != 0 && i != axes.channel)
      sizes[i] = windows(n, sizes[i], {window[i], strides[i], dilations[i], pads(n, i)});
  if (channels) sizes[axes.channel] = *channels;
  return Shape(std::move(sizes));
}

ResultShapes pooled(const ForeignNode& n) {
  const std::vector<std::int64_t> window = list(n, "ksize", 0);
  const Shape shape = swept(n, {window.begin(), window.end()}, std::nullopt);
  return {shape, shape};
}

// A filter [spatial…, in, out].
ResultShapes convolved(const ForeignNode& n) {
  const Shape x = n.shape(0), filter = n.shape(1);
  if (!x.is_ranked() || !filter.is_ranked() || filter.rank() != x.rank() || x.rank() < 3) return {};
  const Axes axes = axes_of(n, x.dims().size());
  std::vector<Dim> window(x.dims().size(), Dim(1));
  for (std::size_t i = 0; i + 2 < window.size(); ++i) window[axes.first + i] = filter.dims()[i];
  const bool by_channel = n.node.op() == "DepthwiseConv2dNative";
  return {swept(n, window, by_channel ? filter[-2] * filter[-1] : filter[-1])};
}

ResultShapes patches(const ForeignNode& n) {
  const Shape x = n.shape(0);
  const auto window = list(n, "ksizes", 0), dilations = list(n, "rates", 0);
  const auto strides = list(n, "strides", 0);
  if (!x.is_ranked() || x.dims().size() != window.size() || window.size() != strides.size() ||
      window.size() != dilations.size() || window.size() < 3)
    return {};
  std::vector<Dim> sizes = x.dims();
  Dim depth = sizes.back();
  for (std::size_t i = 1; i + 1 < sizes.size(); ++i) {
    sizes[i] = windows(n, sizes[i], {Dim(window[i]), strides[i], dilations[i]});
    depth = depth * Dim(window[i]);
  }
  sizes.back() = depth;
  return {Shape(std::move(sizes))};
}

// Real spectra have about half of the sizes.
template <int axes, bool inverse>
ResultShapes spectrum(const ForeignNode& n) {
  const Shape x = n.shape(0);
  const auto length = n.contents(1);
  if (!x.is_ranked() || x.rank() < axes) return {};
  std::vector<Dim> sizes = x.dims();
  for (std::size_t i = 0; i < axes; ++i) {
    const std::size_t axis = sizes.size() - axes + i;
    const bool is_last = i + 1 == axes;
    sizes[axis] = length && length->size() == axes ? (*length)[i] : n.unknown();
    if (is_last && !inverse) sizes[axis] = ir::floordiv(sizes[axis], Dim(2)) + Dim(1);
  }
  return {Shape(std::move(sizes))};
}

constexpr ShapeRule kWindowShapes[] = {
    {"AvgPool AvgPool3D MaxPool MaxPool3D MaxPoolWithArgmax", pooled},
    {"Conv2D Conv3D DepthwiseConv2dNative", convolved},
    {"ExtractImagePatches ExtractVolumePatches", patches},
    {"AvgPool3DGrad AvgPoolGrad Conv2DBackpropInput Conv3DBackpropInputV2", as_asked<0>},
    {"Conv2DBackpropFilter Conv3DBackpropFilterV2", as_asked<1>},
    {"RFFT", spectrum<1, false>},
    {"RFFT2D", spectrum<2, false>},
    {"RFFT3D", spectrum<3, false>},
    {"IRFFT", spectrum<1, true>},
    {"IRFFT2D", spectrum<2, true>},
    {"IRFFT3D", spectrum<3, true>},
};

}  // namespace

std::span<const ShapeRule> window() { return kWindowShapes; }

}  // namespace litecast::tensorflow::shapes
