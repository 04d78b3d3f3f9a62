#include "emit/color.h"

#include "emit/arith.h"
#include "emit/conv.h"
#include "emit/precision.h"

namespace litecast::emit {
namespace {

Value* equal(Emitter& e, Value* a, Value* b) { return binary(e, Op::EQUAL, a, b); }

// a / b where b > 0, otherwise 0.
Value* ratio(Emitter& e, Value* a, Value* b) {
  Value* positive = binary(e, Op::GREATER, b, f32(e, 0));
  return select(e, positive, div(e, a, select(e, positive, b, f32(e, 1))), f32(e, 0));
}

Value* clamped(Emitter& e, Value* x) { return max(e, min(e, x, f32(e, 1)), f32(e, 0)); }

// |6·hue − center|, the distance on the colour wheel.
Value* distance(Emitter& e, Value* sextant, double center) {
  return unary(e, Op::ABS, sub(e, sextant, f32(e, center)));
}

}  // namespace

Channels split_channels(Emitter& e, Value* image) {
  if (!image->shape().is_ranked() || image->shape().rank() < 1 || image->shape()[-1] != Dim(3))
    throw Unsupported("a colour image needs three channels at the end");
  auto parts = split(e, image, image->shape().rank() - 1, 3);
  return {parts[0], parts[1], parts[2]};
}

Value* join_channels(Emitter& e, const Channels& c) {
  tflite::ConcatenationOptionsT options;
  options.axis = c.first->shape().rank() - 1;
  return e.add(Op::CONCATENATION, {c.first, c.second, c.third}, std::move(options));
}

Channels rgb_to_hsv(Emitter& e, const Channels& rgb) {
  auto [r, g, b] = rgb;
  Value* value = max(e, max(e, r, g), b);
  Value* range = sub(e, value, min(e, min(e, r, g), b));
  Value* saturation = ratio(e, range, value);
  // Which channel is the largest says in which third of the wheel the hue is.
  Value* from_red = ratio(e, sub(e, g, b), range);
  Value* from_green = add(e, ratio(e, sub(e, b, r), range), f32(e, 2));
  Value* from_blue = add(e, ratio(e, sub(e, r, g), range), f32(e, 4));
  Value* sextant =
      select(e, equal(e, r, value), from_red, select(e, equal(e, g, value), from_green, from_blue));
  Value* grey = binary(e, Op::LESS_EQUAL, range, f32(e, 0));
  Value* hue = mul(e, select(e, grey, f32(e, 0), sextant), f32(e, 1.0 / 6));
  Value* negative = binary(e, Op::LESS, hue, f32(e, 0));
  return {select(e, negative, add(e, hue, f32(e, 1)), hue), saturation, value};
}

Channels hsv_to_rgb(Emitter& e, const Channels& hsv) {
  auto [hue, saturation, value] = hsv;
  Value* sextant = mul(e, hue, f32(e, 6));
  Value* red = clamped(e, sub(e, distance(e, sextant, 3), f32(e, 1)));
  Value* green = clamped(e, sub(e, f32(e, 2), distance(e, sextant, 2)));
  Value* blue = clamped(e, sub(e, f32(e, 2), distance(e, sextant, 4)));
  Value* white = sub(e, f32(e, 1), saturation);
  auto tinted = [&, saturation = saturation, value = value](Value* pure) {
    return mul(e, add(e, white, mul(e, saturation, pure)), value);
  };
  return {tinted(red), tinted(green), tinted(blue)};
}

}  // namespace litecast::emit
