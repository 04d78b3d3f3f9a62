#include "emit/arith.h"
#include "emit/conv.h"
#include "emit/precision.h"
#include "emit/shape.h"
#include "emit/window.h"

namespace litecast::emit {
namespace {

// MAX_POOL_2D and AVERAGE_POOL_2D leave places outside of the data out of account; so what an
// explicit padding adds must be neutral.
Value* pool_2d(Emitter& e, Pool kind, Value* x, const Sizes& sizes, const Window& window) {
  Value* neutral = kind == Pool::max ? lowest(e, x->dtype()) : nullptr;
  auto [input, padding] = prepare(e, x, sizes, window, neutral);
  tflite::Pool2DOptionsT options;
  options.padding = padding;
  options.stride_h = option_int(window.strides[0], "a stride");
  options.stride_w = option_int(window.strides[1], "a stride");
  options.filter_height = option_int(sizes[0], "a pooling size");
  options.filter_width = option_int(sizes[1], "a pooling size");
  Op op = kind == Pool::max ? Op::MAX_POOL_2D : Op::AVERAGE_POOL_2D;
  return e.add(op, {input}, options);
}

Window part(const Window& window, const std::vector<std::size_t>& axes, bool row_first) {
  Window result = {{}, {}, window.padding, {}};
  if (row_first) {
    result.strides = {1};
    result.dilations = {1};
    result.pads = {{0, 0}};
  }
  for (std::size_t axis : axes) {
    result.strides.push_back(window.strides[axis]);
    result.dilations.push_back(window.dilations[axis]);
    result.pads.push_back(window.pads[axis]);
  }
  return result;
}

Value* pool_1d(Emitter& e, Pool kind, Value* x, const Sizes& sizes, const Window& window) {
  constexpr int kRow[] = {1};
  Value* y = pool_2d(e, kind, expand_dims(e, x, kRow), {1, sizes[0]}, part(window, {0}, true));
  return squeeze(e, y, kRow);
}

// A window over [D, H, W] is one over [H, W], then one over [D]: boxes of windows are cut at the
// borders axis by axis, so a mean of means has equal counts.
Value* pool_3d(Emitter& e, Pool kind, Value* x, const Sizes& sizes, const Window& window) {
  Dim n = x->shape()[0], d = x->shape()[1], c = x->shape()[4];
  Value* y = reshape(e, x, Shape{n * d, x->shape()[2], x->shape()[3], c});
  y = pool_2d(e, kind, y, {sizes[1], sizes[2]}, part(window, {1, 2}, false));
  Dim h = y->shape()[1], w = y->shape()[2];
  if (sizes[0] == 1 && window.strides[0] == 1) return reshape(e, y, Shape{n, d, h, w, c});
  Window depth = part(window, {0}, false);
  depth.strides.push_back(1);
  depth.dilations.push_back(1);
  depth.pads.push_back({0, 0});
  y = pool_2d(e, kind, reshape(e, y, Shape{n, d, h * w, c}), {sizes[0], 1}, depth);
  return reshape(e, y, Shape{n, y->shape()[1], h, w, c});
}

// For integers that f32 does not hold, and dilated windows.
Value* pool_by_taps(Emitter& e, Value* x, const Sizes& sizes, const Window& window) {
  Value* padded = pad_for_window(e, x, sizes, window, lowest(e, x->dtype()));
  Value* result = nullptr;
  for (const Sizes& offset : window_offsets(sizes)) {
    Value* tap = window_tap(e, padded, sizes, window, offset);
    result = result ? binary(e, Op::MAXIMUM, result, tap) : tap;
  }
  return result;
}

bool fits_f32(DType dtype) { return ir::is_float(dtype) || ir::bit_width(dtype) <= 16; }

}  // namespace

Value* pool(Emitter& e, Pool kind, Value* x, const std::vector<std::int64_t>& window_size,
            const Window& unchecked) {
  auto spatial = static_cast<int>(window_size.size());
  if (spatial < 1 || spatial > 3) throw Unsupported("pooling needs 1 to 3 spatial axes");
  Window window = checked(unchecked, x, spatial);
  for (std::int64_t size : window_size) option_int(size, "a pooling size");
  bool dilated = std::any_of(window.dilations.begin(), window.dilations.end(),
                             [](std::int64_t d) { return d != 1; });
  if (kind == Pool::average && (dilated || !ir::is_float(x->dtype())))
    throw Unsupported("average pooling takes floats and windows without dilation");
  if (kind == Pool::average && window.padding == Padding::explicit_)
    throw Unsupported("average pooling with explicit padding");
  if (dilated || !fits_f32(x->dtype())) return pool_by_taps(e, x, window_size, window);
  auto kernel = spatial == 1 ? pool_1d : spatial == 2 ? pool_2d : pool_3d;
  return in_f32(e, {x}, [&](auto in) { return kernel(e, kind, in[0], window_size, window); });
}

}  // namespace litecast::emit
