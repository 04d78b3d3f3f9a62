#include "emit/projective.h"

#include "emit/arith.h"
#include "emit/conv.h"
#include "emit/gather.h"
#include "emit/precision.h"
#include "emit/shape.h"
#include "emit/window.h"

namespace litecast::emit {
namespace {

// SourcePlaces of the images for all places of the result, row by row: [N or 1, places].
struct SourcePlaces {
  Value* x;
  Value* y;
  Value* are_real;  // false where the map has no value
};

SourcePlaces mapped(Emitter& e, Value* transforms, const Projection& p) {
  const std::int64_t count = p.height * p.width;
  std::vector<float> columns, rows;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t row = i / p.width, column = i % p.width;
    columns.push_back(static_cast<float>(column));
    rows.push_back(static_cast<float>(row));
  }
  Value *x = f32_tensor(e, {1, count}, columns), *y = f32_tensor(e, {1, count}, rows);
  const auto t = split(e, transforms, 1, 8);
  const auto line = [&](Value* a, Value* b, Value* c) {
    return add(e, add(e, mul(e, a, x), mul(e, b, y)), c);
  };
  Value* depth = line(t[6], t[7], f32(e, 1));
  return {div(e, line(t[0], t[1], t[2]), depth), div(e, line(t[3], t[4], t[5]), depth),
          binary(e, Op::NOT_EQUAL, depth, f32(e, 0))};
}

Value* clipped(Emitter& e, Value* place, std::int64_t size) {
  return min(e, max(e, place, f32(e, 0)), f32(e, static_cast<double>(size - 1)));
}

// The image and its mirror image, over and over.
Value* reflected(Emitter& e, Value* place, std::int64_t size) {
  Value* period = f32(e, static_cast<double>(2 * size));
  Value* rounds = unary(e, Op::FLOOR, div(e, place, period));
  Value* rest = sub(e, place, mul(e, rounds, period));
  Value* mirrored = sub(e, f32(e, static_cast<double>(2 * size - 1)), rest);
  Value* is_first = binary(e, Op::LESS, rest, f32(e, static_cast<double>(size)));
  return select(e, is_first, rest, mirrored);
}

// The image over and over, with TensorFlow's count of rounds: those of `size − 1` places.
Value* wrapped(Emitter& e, Value* place, std::int64_t size) {
  Value *whole = f32(e, static_cast<double>(size)), *last = f32(e, static_cast<double>(size - 1));
  const auto rounds = [&](Value* v) { return unary(e, Op::FLOOR, div(e, v, last)); };
  Value* back = add(e, rounds(unary(e, Op::NEG, place)), f32(e, 1));
  Value* below = add(e, place, mul(e, back, whole));
  Value* beyond = sub(e, place, mul(e, rounds(place), whole));
  Value* inside = select(e, binary(e, Op::GREATER, place, last), beyond, place);
  return select(e, binary(e, Op::LESS, place, f32(e, 0)), below, inside);
}

Value* brought_inside(Emitter& e, Value* place, std::int64_t size, std::string_view mode) {
  if (mode == "CONSTANT") return place;
  if (mode != "NEAREST" && size > 1) {
    if (mode != "REFLECT" && mode != "WRAP")
      throw Unsupported(fmt::format("unknown fill mode \"{}\"", mode));
    place = mode == "REFLECT" ? reflected(e, place, size) : wrapped(e, place, size);
  }
  return clipped(e, place, size);
}

Value* is_within(Emitter& e, Value* place, std::int64_t size) {
  return binary(e, Op::LOGICAL_AND, binary(e, Op::GREATER_EQUAL, place, f32(e, 0)),
                binary(e, Op::LESS, place, f32(e, static_cast<double>(size))));
}

struct Images {
  Value* pixels;  // [N, H·W, C]
  std::int64_t height, width;
  Value* fill;  // of the images' type
  Value* are_real;
};

// The pixels at whole places (as f32), or the fill value: [N, places, C].
Value* read(Emitter& e, const Images& images, Value* y, Value* x) {
  constexpr int kChannels[] = {2}, kBatch[] = {0};
  Value* number =
      add(e, mul(e, clipped(e, y, images.height), f32(e, static_cast<double>(images.width))),
          clipped(e, x, images.width));
  Value* indices = cast(e, number, DType::INT32);
  Value* chosen = indices->shape()[0] == Dim(1)
                      ? gather(e, images.pixels, squeeze(e, indices, kBatch), 1)
                      : gather(e, images.pixels, indices, 1, 1);
  Value* within =
      binary(e, Op::LOGICAL_AND, is_within(e, y, images.height), is_within(e, x, images.width));
  within = binary(e, Op::LOGICAL_AND, within, images.are_real);
  return select(e, expand_dims(e, within, kChannels), chosen, images.fill);
}

// Halves are rounded away from zero.
Value* rounded(Emitter& e, Value* place) {
  Value* size = unary(e, Op::FLOOR, add(e, unary(e, Op::ABS, place), f32(e, 0.5)));
  return mul(e, unary(e, Op::SIGN, place), size);
}

Value* bilinear(Emitter& e, const Images& images, Value* y, Value* x) {
  constexpr int kChannels[] = {2};
  const auto floor = [&](Value* v) { return unary(e, Op::FLOOR, v); };
  const auto blend = [&](Value* first, Value* second, Value* part) {
    Value* weight = expand_dims(e, part, kChannels);
    return add(e, mul(e, first, sub(e, f32(e, 1), weight)), mul(e, second, weight));
  };
  Value *top = floor(y), *left = floor(x);
  Value *bottom = add(e, top, f32(e, 1)), *right = add(e, left, f32(e, 1));
  const auto row = [&](Value* at) {
    return blend(cast(e, read(e, images, at, left), DType::FLOAT32),
                 cast(e, read(e, images, at, right), DType::FLOAT32), sub(e, x, left));
  };
  return blend(row(top), row(bottom), sub(e, y, top));
}

}  // namespace

Value* project(Emitter& e, Value* images, Value* transforms, Value* fill, const Projection& p) {
  if (rank_of(images) != 4 || rank_of(transforms) != 2)
    throw Unsupported("a projection takes [N, H, W, C] images and [N, 8] maps");
  const Shape& shape = images->shape();
  if (!shape[1].is_constant() || !shape[2].is_constant())
    throw Unsupported("the projection of images of free size", "fix the sizes of the image");
  if (p.height > (1 << 24) / std::max<std::int64_t>(p.width, 1))
    throw Unsupported("an enormous image to project to");
  option_int(p.height, "the height of the result");
  option_int(p.width, "the width of the result");
  const std::int64_t height = shape[1].value(), width = shape[2].value();
  const SourcePlaces places = mapped(e, transforms, p);
  Value* x = brought_inside(e, places.x, width, p.fill_mode);
  Value* y = brought_inside(e, places.y, height, p.fill_mode);
  const Images in = {reshape(e, images, Shape{shape[0], height * width, shape[3]}), height, width,
                     cast(e, fill, images->dtype()), places.are_real};
  Value* result = nullptr;
  if (p.interpolation == "NEAREST")
    result = read(e, in, rounded(e, y), rounded(e, x));
  else if (p.interpolation == "BILINEAR")
    result = cast(e, bilinear(e, in, y, x), images->dtype());
  else
    throw Unsupported(fmt::format("unknown interpolation \"{}\"", p.interpolation));
  return reshape(e, result, Shape{shape[0], p.height, p.width, shape[3]});
}

}  // namespace litecast::emit
