#include "emit/conv.h"

#include "emit/movement.h"
#include "emit/precision.h"
#include "emit/space.h"
#include "emit/window.h"
#include "sources/tensorflow/rules/window_attributes.h"

namespace litecast::tensorflow::rules {
namespace {

void conv(RuleContext& c) {
  emit::Window window = window_of(c);
  Value* filter = c.input(1);
  c.output(in_layout(c, c.input(0),
                     [&](Value* x) { return emit::conv(c.e, x, filter, nullptr, window); }));
}

void depthwise_conv(RuleContext& c) {
  emit::Window window = window_of(c);
  Value* filter = c.input(1);
  c.output(in_layout(c, c.input(0), [&](Value* x) {
    return emit::depthwise_conv(c.e, x, filter, nullptr, window);
  }));
}

void conv_backprop_input(RuleContext& c) {
  emit::Window window = window_of(c);
  Value* filter = c.input(1);
  auto sizes = c.known_dims(0);
  if (!sizes && !is_channels_first(c))
    return c.output(emit::transpose_conv_by(c.e, c.input(2), filter, c.input(0), window));
  if (!sizes)
    throw Unsupported("the output size of a transposed convolution is only known at run time",
                      "compute it from shapes and constants");
  Shape shape = channels_last_shape(c, *sizes);
  c.output(in_layout(c, c.input(2), [&](Value* x) {
    return emit::transpose_conv(c.e, x, filter, shape, window);
  }));
}

// The gradient of a depthwise convolution is a transposed convolution for each channel.
void depthwise_conv_backprop_input(RuleContext& c) {
  auto sizes = c.known_dims(0);
  auto dims = emit::static_dims_or_throw(c.input(1), "the filter");
  if (!sizes || dims.size() != 4)
    throw Unsupported("the output size of a transposed convolution is only known at run time");
  Shape shape = channels_last_shape(c, *sizes);
  Value* filter =
      emit::reshape(c.e, c.input(1), Shape::of({dims[0], dims[1], 1, dims[2] * dims[3]}));
  emit::Window window = window_of(c);
  c.output(in_layout(c, c.input(2), [&](Value* x) {
    return emit::transpose_conv(c.e, x, filter, shape, window);
  }));
}

// Where lowest() + filter would wrap around, half of it is as good.
Value* dilation_padding(RuleContext& c, DType dtype) {
  if (ir::is_float(dtype)) return emit::lowest(c.e, dtype);
  return c.e.scalar(dtype, dtype == DType::INT64 ? -4611686018427387904.0 : -1073741824.0);
}

// Grey-scale dilation: the maximum over a window of data plus filter.
Value* dilation(RuleContext& c, Value* x, Value* filter, const emit::Window& attributes) {
  emit::Window window = emit::checked(attributes, x, 2);
  auto dims = emit::static_dims_or_throw(filter, "the filter");
  emit::Sizes sizes = {dims.at(0), dims.at(1)};
  Value* padded = emit::pad_for_window(c.e, x, sizes, window, dilation_padding(c, x->dtype()));
  Value* result = nullptr;
  for (const emit::Sizes& offset : emit::window_offsets(sizes)) {
    const std::int64_t begin[] = {offset[0], offset[1], 0};
    const Dim size[] = {1, 1, dims.at(2)};
    Value* weights = emit::reshape(c.e, emit::slice(c.e, filter, begin, size), Shape{dims.at(2)});
    Value* sum = emit::add(c.e, emit::window_tap(c.e, padded, sizes, window, offset), weights);
    result = result ? emit::binary(c.e, Op::MAXIMUM, result, sum) : sum;
  }
  return result;
}

void dilation_2d(RuleContext& c) {
  emit::Window window = window_of(c);
  window.dilations = spatial_entries(c, c.attr_ints("rates"), "a rate");
  DType dtype = c.input(0)->dtype();
  DType wide = ir::is_float(dtype)         ? DType::FLOAT32
               : ir::bit_width(dtype) < 32 ? DType::INT32
                                           : DType::INT64;
  Value* y =
      dilation(c, emit::cast(c.e, c.input(0), wide), emit::cast(c.e, c.input(1), wide), window);
  c.output(emit::cast(c.e, y, dtype));
}

// One number for each channel, whichever axis that is.
void bias_add(RuleContext& c) {
  Value *x = c.input(0), *bias = c.input(1);
  if (is_channels_first(c)) {
    if (!x->shape().is_ranked() || x->shape().rank() < 2)
      throw Unsupported("a bias for channels of a tensor of unknown rank");
    std::vector<Dim> dims(static_cast<std::size_t>(x->shape().rank() - 1), Dim(1));
    dims[0] = bias->shape()[0];
    bias = emit::reshape(c.e, bias, Shape(std::move(dims)));
  }
  c.output(emit::add(c.e, x, bias));
}

emit::Pads pairs(const std::vector<Dim>& flat) {
  emit::Pads pads;
  for (std::size_t i = 0; i + 1 < flat.size(); i += 2) pads.push_back({flat[i], flat[i + 1]});
  return pads;
}

emit::Pads known_pairs(RuleContext& c, int index) {
  auto dims = c.known_dims(index);
  if (!dims)
    throw Unsupported(std::string(c.op()) + " with paddings that are only known at run time");
  return pairs(*dims);
}

// The kernels take blocks and paddings that are data, too.
void by_operands(RuleContext& c, Op op, Value* block, Value* pads) {
  pads = emit::cast(c.e, pads, DType::INT32);
  c.output(emit::move(c.e, op, {c.input(0), emit::cast(c.e, block, DType::INT32), pads}, 0));
}

using ByBlocks = Value* (*)(Emitter&, Value*, const std::vector<std::int64_t>&, const emit::Pads&);

template <Op op, ByBlocks lower>
void blocks_nd(RuleContext& c) {
  const auto block = c.integers(1);
  if (!block || !c.known_dims(2)) return by_operands(c, op, c.input(1), c.input(2));
  c.output(lower(c.e, c.input(0), *block, known_pairs(c, 2)));
}

template <Op op, ByBlocks lower>
void square_blocks(RuleContext& c) {
  const std::int64_t block = c.attr_int("block_size");
  if (!c.known_dims(1)) return by_operands(c, op, c.e.i32({block, block}), c.input(1));
  c.output(lower(c.e, c.input(0), {block, block}, known_pairs(c, 1)));
}

void space_to_depth(RuleContext& c) {
  std::int64_t block = c.attr_int("block_size");
  c.output(in_layout(c, c.input(0), [&](Value* x) { return emit::space_to_depth(c.e, x, block); }));
}

void depth_to_space(RuleContext& c) {
  std::int64_t block = c.attr_int("block_size");
  c.output(in_layout(c, c.input(0), [&](Value* x) { return emit::depth_to_space(c.e, x, block); }));
}

// Of graphs that were made for inference by TensorFlow 1's own tools: the image is mirrored at its
// borders on the way into the convolution.
void conv_of_padded(RuleContext& c, Value* x, int pads, Value* filter) {
  Value* padded = emit::mirror_pad(c.e, x, c.input(pads), c.attr_string("mode") == "REFLECT");
  c.output(emit::conv(c.e, padded, filter, nullptr, window_of(c)));
}

void fused_pad_conv(RuleContext& c) { conv_of_padded(c, c.input(0), 1, c.input(2)); }

void fused_resize_and_pad_conv(RuleContext& c) {
  Value* x = emit::cast(c.e, c.input(0), DType::FLOAT32);
  Value* size = emit::cast(c.e, c.input(1), DType::INT32);
  x = c.e.add(Op::RESIZE_BILINEAR, {x, size},
              tflite::ResizeBilinearOptionsT{.align_corners = c.attr_bool("resize_align_corners")});
  conv_of_padded(c, emit::cast(c.e, x, c.input(0)->dtype()), 2, c.input(3));
}

constexpr Rule kConvolutionRules[] = {
    {"BatchToSpace", square_blocks<Op::BATCH_TO_SPACE_ND, emit::batch_to_space>},
    {"BatchToSpaceND", blocks_nd<Op::BATCH_TO_SPACE_ND, emit::batch_to_space>},
    {"BiasAdd", bias_add},
    {"BiasAddV1", bias_add},
    {"Conv", conv},
    {"Conv2D", conv},
    {"Conv2DBackpropInput", conv_backprop_input},
    {"Conv3D", conv},
    {"Conv3DBackpropInputV2", conv_backprop_input},
    {"DepthToSpace", depth_to_space},
    {"DepthwiseConv2dNative", depthwise_conv},
    {"DepthwiseConv2dNativeBackpropInput", depthwise_conv_backprop_input},
    {"Dilation2D", dilation_2d},
    {"FusedPadConv2D", fused_pad_conv},
    {"FusedResizeAndPadConv2D", fused_resize_and_pad_conv},
    {"SpaceToBatch", square_blocks<Op::SPACE_TO_BATCH_ND, emit::space_to_batch>},
    {"SpaceToBatchND", blocks_nd<Op::SPACE_TO_BATCH_ND, emit::space_to_batch>},
    {"SpaceToDepth", space_to_depth},
};

}  // namespace

std::span<const Rule> convolution() { return kConvolutionRules; }

}  // namespace litecast::tensorflow::rules
