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

// The share of an output in each element of its window: one over how many the image has in it.
Value* shares(RuleContext& c, const Shape& image, const Value* dy, const emit::Sizes& sizes,
              const emit::Window& window) {
  std::vector<float> values = {1};
  ir::StaticShape shape = {1};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const int axis = static_cast<int>(i) + 1;
    const std::int64_t count = dy->shape()[axis].value(), size = image[axis].value();
    const std::int64_t covered = (count - 1) * window.strides[i] + sizes[i];
    const bool same = window.padding == emit::Padding::same;
    const std::int64_t pad = same ? std::max<std::int64_t>(covered - size, 0) / 2 : 0;
    std::vector<float> next;
    for (float outer : values)
      for (float held : places_held(size, count, sizes[i], window.strides[i], pad))
        next.push_back(outer / held);
    values = std::move(next);
    shape.push_back(count);
  }
  shape.push_back(1);
  return emit::f32_tensor(c.e, shape, values);
}

// Each channel as an image of its own, which one filter takes.
Value* channels_as_batch(Emitter& e, Value* x) {
  constexpr int kBehindBatch[] = {0, 4, 1, 2, 3};
  Value* moved = emit::transpose(e, x, kBehindBatch);
  const Shape& s = x->shape();
  return emit::reshape(e, moved, Shape{s[0] * s[4], s[1], s[2], s[3], 1});
}

Value* channels_from_batch(Emitter& e, Value* x, const Shape& shape) {
  constexpr int kLast[] = {0, 2, 3, 4, 1};
  const Shape split{shape[0], shape[4], shape[1], shape[2], shape[3]};
  return emit::transpose(e, emit::reshape(e, x, split), kLast);
}

// The shared gradients summed over the windows that an element is in, where channels stay apart.
Value* summed(RuleContext& c, Value* shared, const Shape& image, const emit::Sizes& sizes,
              const emit::Window& window) {
  const auto ones = [&](std::int64_t channels) {
    std::vector<Dim> dims(sizes.begin(), sizes.end());
    dims.insert(dims.end(), {Dim(1), Dim(channels)});
    return emit::fill(c.e, Shape(dims), emit::f32(c.e, 1));
  };
  if (sizes.size() == 2)
    return emit::transpose_conv(c.e, shared, ones(image[3].value()), image, window);
  const Shape single{image[0] * image[4], image[1], image[2], image[3], 1};
  Value* dx = emit::transpose_conv(c.e, channels_as_batch(c.e, shared), ones(1), single, window);
  return channels_from_batch(c.e, dx, image);
}

template <int spatial>
void avg_pool_grad(RuleContext& c) {
  const auto dims = c.known_dims(0);
  if (!dims || dims->size() != spatial + 2)
    throw Unsupported("the shape of the pooled image must be known");
  const Shape image = channels_last_shape(c, *dims);
  Value* dy = emit::cast(c.e, channels_last(c, c.input(1)), DType::FLOAT32);
  const auto sizes = spatial_entries(c, c.attr_ints("ksize"), "a pooling size");
  const auto window = emit::checked(window_of(c), dy, spatial);
  for (int axis = 1; axis < spatial + 2; ++axis)
    if (!image[axis].is_constant() || !dy->shape()[axis].is_constant())
      throw Unsupported("the size of the pooled image must be fixed");
  Value* shared = emit::mul(c.e, dy, shares(c, image, dy, sizes, window));
  Value* dx = summed(c, shared, image, sizes, window);
  c.output(emit::cast(c.e, like_data_format(c, dx), c.input(1)->dtype()));
}

// In 3-D every element that equals its window's maximum gets the window's gradient.
void max_pool_3d_grad(RuleContext& c) {
  Value *x = channels_last(c, c.input(0)), *y = channels_last(c, c.input(1)),
        *dy = channels_last(c, c.input(2));
  const auto sizes = spatial_entries(c, c.attr_ints("ksize"), "a pooling size");
  const auto window = emit::checked(window_of(c), x, 3);
  Value* padded = emit::pad_for_window(c.e, x, sizes, window, emit::lowest(c.e, x->dtype()));
  Value* numbers =
      emit::pad_for_window(c.e, emit::element_numbers(c.e, x, true), sizes, window, nullptr);
  Value* none = c.number(0);
  std::vector<Value*> gradients, places;
  constexpr int kFirst[] = {0};
  for (const emit::Sizes& offset : emit::window_offsets(sizes)) {
    Value* tap = emit::window_tap(c.e, padded, sizes, window, offset);
    Value* gradient = emit::select(c.e, emit::binary(c.e, Op::EQUAL, tap, y), dy, none);
    gradients.push_back(emit::expand_dims(c.e, gradient, kFirst));
    places.push_back(
        emit::expand_dims(c.e, emit::window_tap(c.e, numbers, sizes, window, offset), kFirst));
  }
  Value* dx = added_at(c, x, emit::concat(c.e, places, 0), emit::concat(c.e, gradients, 0));
  c.output(like_data_format(c, dx));
}

constexpr Rule kWindowGradientRules[] = {
    {"AvgPool3DGrad", avg_pool_grad<3>},
    {"AvgPoolGrad", avg_pool_grad<2>},
    {"Conv2DBackpropFilter", conv_backprop_filter},
    {"Conv3DBackpropFilterV2", conv_backprop_filter},
    {"DepthwiseConv2dNativeBackpropFilter", depthwise_conv_backprop_filter},
    {"MaxPool3DGrad", max_pool_3d_grad},
    {"MaxPoolGrad", max_pool_grad},
    {"MaxPoolGradV2", max_pool_grad},
    {"MaxPoolGradWithArgmax", max_pool_grad_with_argmax},
};

}  // namespace

std::span<const Rule> window_gradient() { return kWindowGradientRules; }

}  // namespace litecast::tensorflow::rules
