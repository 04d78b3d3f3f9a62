#include "emit/arith.h"
#include "emit/conv.h"
#include "emit/precision.h"
#include "emit/shape.h"
#include "emit/weight.h"
#include "emit/window.h"

namespace litecast::emit {
namespace {

// Zeros between the filter's places along an axis, as the kernel has no dilation.
Value* dilate_axis(Emitter& e, Value* filter, int axis, std::int64_t dilation) {
  if (dilation == 1) return filter;
  Sizes dims = filter->shape().static_dims();
  auto at = static_cast<std::size_t>(axis);
  std::int64_t outer = 1, inner = 1, size = dims[at];
  for (std::size_t i = 0; i < at; ++i) outer *= dims[i];
  for (std::size_t i = at + 1; i < dims.size(); ++i) inner *= dims[i];
  Value* spread = pad(e, reshape(e, filter, Shape::of({outer * size, 1, inner})),
                      {{0, 0}, {0, dilation - 1}, {0, 0}}, nullptr);
  dims[at] = size * dilation;
  Sizes begin(dims.size(), 0);
  std::vector<Dim> kept(dims.begin(), dims.end());
  kept[at] = Dim((size - 1) * dilation + 1);
  return slice(e, reshape(e, spread, Shape::of(dims)), begin, kept);
}

struct Call {
  Value* x;
  Value* filter;  // [spatial…, O, C], undilated
  Shape output_shape;
  const Window& window;
  tflite::Padding padding;
  Value* output_size = nullptr;  // where it is data; then output_shape says nothing
};

Value* size_operand(Emitter& e, const Call& call) {
  return call.output_size ? call.output_size : shape_value(e, call.output_shape.dims());
}

Value* kernel_2d(Emitter& e, const Call& call) {
  constexpr int kOutputFirst[] = {2, 0, 1, 3};
  tflite::TransposeConvOptionsT options;
  options.padding = call.padding;
  options.stride_h = option_int(call.window.strides[0], "a stride");
  options.stride_w = option_int(call.window.strides[1], "a stride");
  return e.add(Op::TRANSPOSE_CONV,
               {size_operand(e, call), transpose_weight(e, call.filter, kOutputFirst), call.x},
               std::move(options));
}

Value* kernel_3d(Emitter& e, const Call& call) {
  tflite::Conv3DOptionsT options;
  options.padding = call.padding;
  options.stride_d = option_int(call.window.strides[0], "a stride");
  options.stride_h = option_int(call.window.strides[1], "a stride");
  options.stride_w = option_int(call.window.strides[2], "a stride");
  return e.add(Op::CONV_3D_TRANSPOSE, {size_operand(e, call), call.filter, call.x, nullptr},
               std::move(options));
}

// The kernels compute into the padded frame; what an explicit padding would have dropped is cut.
Value* with_padding(Emitter& e, Call call, Value* (*kernel)(Emitter&, const Call&)) {
  call.padding = tflite::Padding::VALID;
  if (call.window.padding == Padding::same) call.padding = tflite::Padding::SAME;
  if (call.window.padding != Padding::explicit_) return kernel(e, call);
  std::vector<Dim> wanted = call.output_shape.dims(), frame = wanted;
  Sizes begin(wanted.size(), 0);
  for (std::size_t i = 0; i < call.window.pads.size(); ++i) {
    frame[i + 1] = frame[i + 1] + call.window.pads[i][0] + call.window.pads[i][1];
    begin[i + 1] = call.window.pads[i][0];
  }
  call.output_shape = Shape(frame);
  Value* y = kernel(e, call);
  return frame == wanted ? y : slice(e, y, begin, wanted);
}

Value* grouped(Emitter& e, const Call& call, Value* (*kernel)(Emitter&, const Call&),
               std::int64_t groups) {
  int last = call.x->shape().rank() - 1;
  if (groups > 1024 || call.filter->shape()[-1].value() % groups != 0)
    throw Unsupported("the channels do not divide into the groups of the transposed convolution");
  auto xs = split(e, call.x, last, static_cast<int>(groups));
  auto filters = split(e, call.filter, last, static_cast<int>(groups));
  std::vector<Dim> dims = call.output_shape.dims();
  dims.back() = call.filter->shape()[-2];
  std::vector<Value*> parts;
  for (std::size_t i = 0; i < xs.size(); ++i)
    parts.push_back(
        with_padding(e, {xs[i], filters[i], Shape(dims), call.window, call.padding}, kernel));
  return concat(e, parts, last);
}

std::int64_t group_count(const Shape& output_shape, const Value* filter) {
  Dim channels = output_shape[-1];
  std::int64_t per_group = filter->shape()[-2].value();
  if (!channels.is_constant() || per_group < 1) return 1;
  if (channels.value() % per_group != 0)
    throw Unsupported("the filter does not fit the channels of the wanted output");
  return channels.value() / per_group;
}

Value* dilated(Emitter& e, Value* filter, const Window& window) {
  for (std::size_t axis = 0; axis < window.dilations.size(); ++axis)
    filter = dilate_axis(e, filter, static_cast<int>(axis), window.dilations[axis]);
  return filter;
}

Value* transpose_conv_1d(Emitter& e, Value* x, Value* filter, const Shape& output_shape,
                         const Window& window) {
  constexpr int kRow[] = {1}, kFilterRow[] = {0};
  Window wide = {
      {1, window.strides[0]}, {1, window.dilations[0]}, window.padding, {{0, 0}, window.pads[0]}};
  std::vector<Dim> dims = output_shape.dims();
  dims.insert(dims.begin() + 1, Dim(1));
  return squeeze(e,
                 transpose_conv(e, expand_dims(e, x, kRow), expand_dims(e, filter, kFilterRow),
                                Shape(std::move(dims)), wide),
                 kRow);
}

}  // namespace

Value* transpose_conv(Emitter& e, Value* x, Value* filter, const Shape& output_shape,
                      const Window& unchecked) {
  int spatial = x->shape().is_ranked() ? x->shape().rank() - 2 : 0;
  if (spatial < 1 || spatial > 3 || output_shape.rank() != spatial + 2)
    throw Unsupported("a transposed convolution needs 3 to 5 axes of input and output");
  Window window = checked(unchecked, x, spatial);
  if (static_dims_or_throw(filter, "the filter").size() != static_cast<std::size_t>(spatial) + 2)
    throw Unsupported("the filter's rank differs from the input's");
  if (spatial == 1) return transpose_conv_1d(e, x, filter, output_shape, window);
  return in_f32(e, {x, filter}, [&](auto in) {
    auto kernel = spatial == 2 ? kernel_2d : kernel_3d;
    Value* spread = dilated(e, in[1], window);
    Call call = {in[0], spread, output_shape, window, tflite::Padding::VALID};
    std::int64_t groups = group_count(output_shape, spread);
    return groups == 1 ? with_padding(e, call, kernel) : grouped(e, call, kernel, groups);
  });
}

Value* transpose_conv_by(Emitter& e, Value* x, Value* filter, Value* output_size,
                         const Window& unchecked) {
  int spatial = x->shape().is_ranked() ? x->shape().rank() - 2 : 0;
  if (spatial < 2 || spatial > 3 || unchecked.padding == Padding::explicit_)
    throw Unsupported("a transposed convolution to a size that is only known at run time",
                      "compute the size from shapes and constants");
  Window window = checked(unchecked, x, spatial);
  if (static_dims_or_throw(filter, "the filter").size() != static_cast<std::size_t>(spatial) + 2)
    throw Unsupported("the filter's rank differs from the input's");
  return in_f32(e, {x, filter}, [&](auto in) {
    Call call = {in[0],  dilated(e, in[1], window), {},
                 window, tflite::Padding::VALID,    cast(e, output_size, DType::INT32)};
    return with_padding(e, call, spatial == 2 ? kernel_2d : kernel_3d);
  });
}

}  // namespace litecast::emit
