// Gradients of convolutions with respect to their filters, and of pooling.
#include "emit/matmul.h"
#include "emit/max_places.h"
#include "emit/precision.h"
#include "emit/scatter.h"
#include "sources/tensorflow/rules/window_attributes.h"

namespace litecast::tensorflow::rules {
namespace {

Value* channels_last(RuleContext& c, Value* x) {
  return is_channels_first(c) ? emit::to_channels_last(c.e, x) : x;
}

Value* like_data_format(RuleContext& c, Value* x) {
  return is_channels_first(c) ? emit::to_channels_first(c.e, x) : x;
}

struct FilterGradient {
  std::vector<std::int64_t> filter;  // its shape
  Value* patches;                    // [N, out…, places·C]
  Value* dy;                         // [N, out…, O]
};

FilterGradient filter_gradient(RuleContext& c) {
  const auto filter = c.constant_integers(1, "the shape of the filter");
  if (filter.size() < 4) throw Unsupported("a filter has at least 4 axes");
  Value* x = emit::cast(c.e, channels_last(c, c.input(0)), DType::FLOAT32);
  Value* dy = emit::cast(c.e, channels_last(c, c.input(2)), DType::FLOAT32);
  const emit::Sizes sizes(filter.begin(), filter.end() - 2);
  const auto window = emit::checked(window_of(c), x, static_cast<int>(sizes.size()));
  if (x->shape()[-1] != Dim(filter[filter.size() - 2]))
    throw Unsupported("the filter of a convolution with groups", "train without groups");
  // Windows of one place that lie side by side are the image itself.
  const bool whole = std::ranges::all_of(sizes, [](auto s) { return s == 1; }) &&
                     std::ranges::all_of(window.strides, [](auto s) { return s == 1; });
  return {filter, whole ? x : emit::patches(c.e, x, sizes, window), dy};
}

Value* as_rows(Emitter& e, Value* x) {
  Dim rows = 1;
  for (int axis = 0; axis + 1 < x->shape().rank(); ++axis) rows = rows * x->shape()[axis];
  return emit::reshape(e, x, Shape{rows, x->shape()[-1]});
}

// Each weight meets in each window one element of x, and one of dy: one product of matrices.
void conv_backprop_filter(RuleContext& c) {
  const FilterGradient g = filter_gradient(c);
  Value* product = emit::matmul(c.e, as_rows(c.e, g.patches), as_rows(c.e, g.dy), true, false);
  c.output(emit::cast(c.e, emit::reshape(c.e, product, Shape::of(g.filter)), c.input(0)->dtype()));
}

void depthwise_conv_backprop_filter(RuleContext& c) {
  const FilterGradient g = filter_gradient(c);
  const std::int64_t channels = g.filter[2], multiplier = g.filter[3];
  Value* patches = as_rows(c.e, g.patches);
  Value* dy = as_rows(c.e, g.dy);
  const Dim rows = patches->shape()[0];
  patches = emit::reshape(c.e, patches, Shape{rows, g.filter[0] * g.filter[1], channels});
  dy = emit::reshape(c.e, dy, Shape{rows, channels, multiplier});
  Value* product = emit::einsum(c.e, "npc,ncm->pcm", {patches, dy});
  c.output(emit::cast(c.e, emit::reshape(c.e, product, Shape::of(g.filter)), c.input(0)->dtype()));
}

// Zeros in the shape of `like` with `updates` added at places that are numbered through.
Value* added_at(RuleContext& c, const Value* like, Value* places, Value* updates) {
  const Dim count = like->shape().elements();
  const int last = -1;
  Value* numbers = emit::reshape(c.e, places, Shape{places->shape().elements()});
  Value* flat = emit::reshape(c.e, updates, Shape{updates->shape().elements()});
  Value* sums = emit::scatter_nd(c.e, emit::expand_dims(c.e, numbers, {&last, 1}), flat,
                                 emit::shape_value(c.e, std::vector{count}));
  return emit::reshape(c.e, sums, like->shape());
}

// Each window's gradient goes to the first of its largest elements.
void max_pool_grad(RuleContext& c) {
  const bool by_operands = c.op() == "MaxPoolGradV2";
  const auto ksize =
      by_operands ? c.constant_integers(3, "the pooling size") : c.attr_ints("ksize");
  const auto strides = by_operands ? c.constant_integers(4, "the strides") : c.attr_ints("strides");
  Value* x = channels_last(c, c.input(0));
  const auto sizes = spatial_entries(c, ksize, "a pooling size");
  const auto window = emit::checked(window_with(c, spatial_entries(c, strides, "a stride")), x, 2);
  Value* places = emit::max_places(c.e, x, sizes, window, true);
  c.output(like_data_format(c, added_at(c, x, places, channels_last(c, c.input(2)))));
}

void max_pool_grad_with_argmax(RuleContext& c) {
  if (!c.attr_bool("include_batch_in_index") && c.input(0)->shape()[0] != Dim(1))
    throw Unsupported("places that are numbered within each image of a batch",
                      "set include_batch_in_index");
  c.output(added_at(c, c.input(0), c.input(2), c.input(1)));
}

// How many places of the image each window along an axis holds.
std::vector<float> places_held(std::int64_t size, std::int64_t count, std::int64_t window,
                               std::int64_t stride, std::int64_t pad) {
  std::vector<float> held;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t begin = i * stride - pad;
    held.push_back(
        static_cast<float>(std::min(begin + window, size) - std::max<std::int64_t>(begin, 0)));
  }
  return held;
}

// The share of an output in each element of its window: 1 / (rows · columns).
Value* shares(RuleContext& c, const std::vector<std::int64_t>& image, const Value* dy,
              const emit::Sizes& sizes, const emit::Window& window) {
  std::vector<float> held[2];
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t count = dy->shape()[static_cast<int>(i) + 1].value();
    const std::int64_t covered = (count - 1) * window.strides[i] + sizes[i];
    const bool same = window.padding == emit::Padding::same;
    const std::int64_t pad = same ? std::max<std::int64_t>(covered - image[i], 0) / 2 : 0;
    held[i] = places_held(image[i], count, sizes[i], window.strides[i], pad);
  }
  std::vector<float> values;
  for (float rows : held[0])
    for (float columns : held[1]) values.push_back(1 / (rows * columns));
  return emit::f32_tensor(
      c.e,
      {1, static_cast<std::int64_t>(held[0].size()), static_cast<std::int64_t>(held[1].size()), 1},
      values);
}

void avg_pool_grad(RuleContext& c) {
  const auto dims = c.known_dims(0);
  if (!dims || dims->size() != 4) throw Unsupported("the shape of the pooled image must be known");
  const Shape shape = channels_last_shape(c, *dims);
  Value* dy = emit::cast(c.e, channels_last(c, c.input(1)), DType::FLOAT32);
  const auto sizes = spatial_entries(c, c.attr_ints("ksize"), "a pooling size");
  const auto window = emit::checked(window_of(c), dy, 2);
  for (int axis = 1; axis < 4; ++axis)
    if (!shape[axis].is_constant() || !dy->shape()[axis].is_constant())
      throw Unsupported("the size of the pooled image must be fixed");
  const std::int64_t channels = shape[3].value();
  const std::vector<std::int64_t> image = {shape[1].value(), shape[2].value()};
  Value* shared = emit::mul(c.e, dy, shares(c, image, dy, sizes, window));
  Value* ones = emit::fill(c.e, Shape{sizes[0], sizes[1], 1, channels}, emit::f32(c.e, 1));
  Value* dx = emit::transpose_conv(c.e, shared, ones, shape, window);
  c.output(emit::cast(c.e, like_data_format(c, dx), c.input(1)->dtype()));
}

constexpr Rule kWindowGradientRules[] = {
    {"AvgPoolGrad", avg_pool_grad},
    {"Conv2DBackpropFilter", conv_backprop_filter},
    {"Conv3DBackpropFilterV2", conv_backprop_filter},
    {"DepthwiseConv2dNativeBackpropFilter", depthwise_conv_backprop_filter},
    {"MaxPoolGrad", max_pool_grad},
    {"MaxPoolGradV2", max_pool_grad},
    {"MaxPoolGradWithArgmax", max_pool_grad_with_argmax},
};

}  // namespace

std::span<const Rule> window_gradient() { return kWindowGradientRules; }

}  // namespace litecast::tensorflow::rules
