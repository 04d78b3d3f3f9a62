#include "emit/window.h"

#include <limits>

#include "emit/shape.h"
#include "emit/space.h"

namespace litecast::emit {
namespace {

constexpr std::size_t kMaxPlaces = 4096;  // of a window that is taken apart

std::int64_t extent(std::int64_t size, std::int64_t dilation) { return (size - 1) * dilation + 1; }

std::array<Dim, 2> same_pad(Dim size, std::int64_t window_extent, std::int64_t stride) {
  Dim covered = (ceildiv(size, stride) - 1) * stride + window_extent;
  Dim total = stride == 1 ? Dim(window_extent - 1) : max(covered - size, 0);
  Dim before = floordiv(total, 2);
  return {before, total - before};
}

// Whether the windows are squares that cover the image side by side.
bool is_square_tiling(const Value* x, const Sizes& window_size, const Window& window) {
  std::int64_t size = window_size[0];
  if (size == 1 || window_size != Sizes{size, size} || window.strides != window_size ||
      window.dilations != Sizes{1, 1} || window.padding == Padding::explicit_)
    return false;
  return std::all_of(x->shape().dims().begin() + 1, x->shape().dims().end() - 1,
                     [&](Dim d) { return d.is_constant() && d.value() % size == 0; });
}

bool is_all_zero(const Pads& pads) {
  return std::all_of(pads.begin(), pads.end(),
                     [](const auto& pad) { return pad[0] == Dim(0) && pad[1] == Dim(0); });
}

}  // namespace

int option_int(std::int64_t value, const char* what) {
  if (value < 1 || value > std::numeric_limits<std::int32_t>::max())
    throw Unsupported(fmt::format("{} is {}, which the kernel does not take", what, value));
  return static_cast<int>(value);
}

Window checked(Window window, const Value* x, int spatial) {
  if (!x->shape().is_ranked() || x->shape().rank() != spatial + 2)
    throw Unsupported(
        fmt::format("the input must have {} axes, it is {}", spatial + 2, to_string(x->shape())));
  auto count = static_cast<std::size_t>(spatial);
  if (window.strides.empty()) window.strides.assign(count, 1);
  if (window.dilations.empty()) window.dilations.assign(count, 1);
  if (window.padding != Padding::explicit_) window.pads.assign(count, {0, 0});
  if (window.strides.size() != count || window.dilations.size() != count ||
      window.pads.size() != count)
    throw Unsupported("strides, dilations or paddings do not fit the number of axes");
  for (std::size_t i = 0; i < count; ++i) {
    option_int(window.strides[i], "a stride");
    option_int(window.dilations[i], "a dilation");
    for (std::int64_t pad : window.pads[i])
      if (pad < 0 || pad > std::numeric_limits<std::int32_t>::max())
        throw Unsupported("an explicit padding is negative or enormous");
  }
  return window;
}

Pads window_pads(const Value* x, const Sizes& window_size, const Window& window) {
  Pads pads(window_size.size() + 2, {Dim(0), Dim(0)});
  for (std::size_t i = 0; i < window_size.size(); ++i) {
    if (window.padding == Padding::same)
      pads[i + 1] = same_pad(x->shape().dims()[i + 1], extent(window_size[i], window.dilations[i]),
                             window.strides[i]);
    else if (window.padding == Padding::explicit_)
      pads[i + 1] = {Dim(window.pads[i][0]), Dim(window.pads[i][1])};
  }
  return pads;
}

Prepared prepare(Emitter& e, Value* x, const Sizes& window_size, const Window& window,
                 Value* value) {
  if (window.padding == Padding::same) return {x, tflite::Padding::SAME};
  if (window.padding == Padding::valid) return {x, tflite::Padding::VALID};
  Pads pads = window_pads(x, window_size, window);
  Window same = window;
  same.padding = Padding::same;
  if (!is_all_zero(pads) && pads == window_pads(x, window_size, same))
    return {x, tflite::Padding::SAME};
  return {pad_by(e, x, pads, value), tflite::Padding::VALID};
}

Value* pad_for_window(Emitter& e, Value* x, const Sizes& window_size, const Window& window,
                      Value* value) {
  return pad_by(e, x, window_pads(x, window_size, window), value);
}

Value* window_tap(Emitter& e, Value* x, const Sizes& window_size, const Window& window,
                  const Sizes& offset) {
  auto rank = window_size.size() + 2;
  Sizes begin(rank, 0), end(rank, 0), strides(rank, 1);
  tflite::StridedSliceOptionsT options;
  options.begin_mask = options.end_mask = 1 | (1 << (rank - 1));
  for (std::size_t i = 0; i < window_size.size(); ++i) {
    begin[i + 1] = offset[i] * window.dilations[i];
    // Counted from the end, so that the size may be free.
    end[i + 1] = begin[i + 1] - (extent(window_size[i], window.dilations[i]) - 1);
    if (end[i + 1] == 0) options.end_mask |= 1 << (i + 1);
    strides[i + 1] = window.strides[i];
  }
  bool whole = std::all_of(window_size.begin(), window_size.end(), [](auto s) { return s == 1; }) &&
               std::all_of(strides.begin(), strides.end(), [](auto s) { return s == 1; });
  if (whole) return x;
  return e.add(Op::STRIDED_SLICE, {x, e.i32(begin), e.i32(end), e.i32(strides)},
               std::move(options));
}

std::vector<Sizes> window_offsets(const Sizes& window_size) {
  std::vector<Sizes> offsets = {{}};
  for (std::int64_t size : window_size) {
    if (size < 1 || static_cast<std::uint64_t>(size) > kMaxPlaces / offsets.size())
      throw Unsupported("a window is empty or has too many places to be taken apart");
    std::vector<Sizes> longer;
    for (const Sizes& offset : offsets)
      for (std::int64_t i = 0; i < size; ++i) {
        longer.push_back(offset);
        longer.back().push_back(i);
      }
    offsets = std::move(longer);
  }
  return offsets;
}

Value* patches(Emitter& e, Value* x, const Sizes& window_size, const Window& window) {
  if (is_square_tiling(x, window_size, window)) return space_to_depth(e, x, window_size[0]);
  Value* padded = pad_for_window(e, x, window_size, window, nullptr);
  std::vector<Value*> taps;
  for (const Sizes& offset : window_offsets(window_size))
    taps.push_back(window_tap(e, padded, window_size, window, offset));
  return concat(e, taps, x->shape().rank() - 1);
}

}  // namespace litecast::emit
