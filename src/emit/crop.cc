#include "emit/crop.h"

#include "emit/arith.h"
#include "emit/conv.h"
#include "emit/matmul.h"
#include "emit/precision.h"
#include "emit/shape.h"
#include "emit/window.h"

namespace litecast::emit {
namespace {

// 0, 1, … as f32 of the given size, which may be free.
Value* counting(Emitter& e, Dim size) {
  if (!size.is_constant()) {
    Value* range = e.add(Op::RANGE, {e.scalar_i32(0), dim_value(e, size), e.scalar_i32(1)},
                         tflite::RangeOptionsT{});
    return cast(e, range, DType::FLOAT32);
  }
  if (size.value() > (1 << 24)) throw Unsupported("an enormous image to crop from");
  std::vector<float> values(static_cast<std::size_t>(size.value()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  return f32_tensor(e, {size.value()}, values);
}

// How one axis of the crops is made: weights[M, out, in], and inside[M, out], 1 where a sample lies
// within the image.
struct AxisSamples {
  Value* weights;
  Value* inside;
};

// first, last: [M, 1], the box's borders in parts of the axis.
AxisSamples sample_axis(Emitter& e, Value* first, Value* last, Dim size, std::int64_t out,
                        bool nearest) {
  Value* limit = size.is_constant()
                     ? f32(e, static_cast<double>(size.value() - 1))
                     : sub(e, cast(e, dim_value(e, size), DType::FLOAT32), f32(e, 1));
  Value* position;
  if (out > 1) {
    Value* step =
        mul(e, mul(e, sub(e, last, first), limit), f32(e, 1.0 / static_cast<double>(out - 1)));
    position = add(e, mul(e, first, limit), mul(e, counting(e, out), step));
  } else {
    position = mul(e, mul(e, add(e, first, last), limit), f32(e, 0.5));
  }
  Value* inside = binary(e, Op::LOGICAL_AND, binary(e, Op::GREATER_EQUAL, position, f32(e, 0)),
                         binary(e, Op::LESS_EQUAL, position, limit));
  if (nearest) position = unary(e, Op::FLOOR, add(e, position, f32(e, 0.5)));
  constexpr int kLast[] = {2};
  Value* away = unary(e, Op::ABS, sub(e, expand_dims(e, position, kLast), counting(e, size)));
  return {e.add(Op::RELU, {sub(e, f32(e, 1), away)}), cast(e, inside, DType::FLOAT32)};
}

Value* fill_outside(Emitter& e, Value* crops, Value* rows_inside, Value* columns_inside,
                    float value) {
  constexpr int kRows[] = {2, 3}, kColumns[] = {1, 3};
  Value* inside =
      mul(e, expand_dims(e, rows_inside, kRows), expand_dims(e, columns_inside, kColumns));
  Value* outside = mul(e, sub(e, f32(e, 1), inside), f32(e, value));
  Value* kept = mul(e, crops, inside);
  return value == 0 ? kept : add(e, kept, outside);
}

}  // namespace

Value* crop_and_resize(Emitter& e, Value* image, Value* boxes, Value* box_indices,
                       const CropResize& options) {
  if (!image->shape().is_ranked() || image->shape().rank() != 4 || !boxes->shape().is_ranked() ||
      boxes->shape().rank() != 2)
    throw Unsupported("crop_and_resize takes [N, H, W, C] images and [M, 4] boxes");
  option_int(options.height, "the height of the crops");
  option_int(options.width, "the width of the crops");
  auto corners = split(e, boxes, 1, 4);
  AxisSamples rows =
      sample_axis(e, corners[0], corners[2], image->shape()[1], options.height, options.nearest);
  AxisSamples columns =
      sample_axis(e, corners[1], corners[3], image->shape()[2], options.width, options.nearest);
  Value* images =
      e.add(Op::GATHER, {image, cast(e, box_indices, DType::INT32)}, tflite::GatherOptionsT{});
  Value* crops = einsum(e, "mhwc,moh->mowc", {images, rows.weights});
  crops = einsum(e, "mowc,mpw->mopc", {crops, columns.weights});
  return fill_outside(e, crops, rows.inside, columns.inside, options.extrapolation_value);
}

}  // namespace litecast::emit
