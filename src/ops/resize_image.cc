// Resizing of images. Data is channels-last.
#include <cmath>

#include "ops/conv_limits.h"
#include "ops/dtype_sets.h"
#include "ops/families.h"
#include "ops/move.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using Kind = LimitViolation::Kind;
using ir::Dim;
using ir::Shape;

// How places of the result are mapped to the image.
struct Sampling {
  bool align_corners;
  bool half_pixel_centers;
};
Sampling sampling(const OpView& node) {
  if (node.op == Op::RESIZE_BILINEAR) {
    const auto& options = node.as<tflite::ResizeBilinearOptionsT>();
    return {options.align_corners, options.half_pixel_centers};
  }
  const auto& options = node.as<tflite::ResizeNearestNeighborOptionsT>();
  return {options.align_corners, options.half_pixel_centers};
}

Results infer_resize(const OpView& node, ir::DimContext& dims) {
  const Sampling s = sampling(node);
  if (node.op == Op::RESIZE_BILINEAR && s.align_corners && s.half_pixel_centers)
    return violation(Kind::option, -1,
                     "RESIZE_BILINEAR aligns corners or takes half pixel centers, not both");
  const Shape x = ranked_or_unknown(node.shape(0), 4, dims);
  const auto size = shape_from_operand(node, 1, dims);
  if (!size) return tl::unexpected(size.error());
  const Shape resized = ranked_or_unknown(*size, 2, dims);
  if (resized.rank() != 2) {
    return violation(Kind::shape, 1,
                     fmt::format("{} takes a height and a width, not {} sizes", ir::name(node.op),
                                 resized.rank()));
  }
  return moved_result(node, 0, Shape{x[0], resized[0], resized[1], x[3]});
}

// ---- folding ----

float scale(std::int64_t in, std::int64_t out, bool align_corners) {
  return align_corners && out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                                  : static_cast<float>(in) / static_cast<float>(out);
}

std::int64_t nearest(std::int64_t place, std::int64_t in, std::int64_t out, const Sampling& s) {
  const float offset = s.half_pixel_centers ? 0.5f : 0.0f;
  const float at = (static_cast<float>(place) + offset) * scale(in, out, s.align_corners);
  const auto index = static_cast<std::int64_t>(s.align_corners ? std::round(at) : std::floor(at));
  return std::clamp<std::int64_t>(index, 0, in - 1);
}

bool fold_nearest(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const Sampling s = sampling(node);
  const auto &x = in[0].shape, &y = out[0].shape;
  if (x[1] == 0 || x[2] == 0) return false;
  const Strided from = row_major(x), to = row_major(y);
  Move move({&in[0]}, out[0]);
  for (std::int64_t i = 0; i < y[1]; ++i)
    for (std::int64_t j = 0; j < y[2]; ++j) {
      const std::int64_t row = nearest(i, x[1], y[1], s), column = nearest(j, x[2], y[2], s);
      move.copy(0, {x[0], x[3]},
                {{from.strides[0], 1}, row * from.strides[1] + column * from.strides[2]},
                {{to.strides[0], 1}, i * to.strides[1] + j * to.strides[2]});
    }
  return move.finish();
}

// Two neighbours and how far the place is from the first.
struct Between {
  std::int64_t low;
  std::int64_t high;
  float fraction;
};
Between between(std::int64_t place, std::int64_t in, std::int64_t out, const Sampling& s) {
  const float factor = scale(in, out, s.align_corners);
  const float at = s.half_pixel_centers ? (static_cast<float>(place) + 0.5f) * factor - 0.5f
                                        : static_cast<float>(place) * factor;
  const float low = std::floor(at);
  const auto index = static_cast<std::int64_t>(low);
  return {std::clamp<std::int64_t>(index, 0, in - 1),
          std::clamp<std::int64_t>(index + 1, 0, in - 1), at - low};
}

bool fold_bilinear(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const Sampling s = sampling(node);
  const auto &x = in[0].shape, &y = out[0].shape;
  if (in[0].dtype != DType::FLOAT32 || x[1] == 0 || x[2] == 0) return false;
  const float* data = in[0].data<float>().data();
  float* result = out[0].data<float>().data();
  for (std::int64_t n = 0; n < y[0]; ++n)
    for (std::int64_t i = 0; i < y[1]; ++i)
      for (std::int64_t j = 0; j < y[2]; ++j) {
        const Between rows = between(i, x[1], y[1], s), columns = between(j, x[2], y[2], s);
        const auto pixel = [&](std::int64_t row, std::int64_t column) {
          return data + ((n * x[1] + row) * x[2] + column) * x[3];
        };
        const float *a = pixel(rows.low, columns.low), *b = pixel(rows.low, columns.high),
                    *c = pixel(rows.high, columns.low), *d = pixel(rows.high, columns.high);
        for (std::int64_t k = 0; k < x[3]; ++k) {
          const float top = a[k] + (b[k] - a[k]) * columns.fraction;
          const float bottom = c[k] + (d[k] - c[k]) * columns.fraction;
          *result++ = top + (bottom - top) * rows.fraction;
        }
      }
  return true;
}

bool takes_half_pixels(const OpView& node) { return sampling(node).half_pixel_centers; }
bool is_shifted(const OpView& node) {
  return sampling(node).half_pixel_centers || sampling(node).align_corners;
}

}  // namespace

std::span<const OpInfo> resize_image_family() {
  constexpr DTypeSet images = {DType::FLOAT32, DType::UINT8, DType::INT8, DType::INT16};
  constexpr DTypeSet words = {DType::FLOAT32, DType::FLOAT16, DType::BFLOAT16, DType::UINT8,
                              DType::INT8,    DType::INT16,   DType::UINT16,   DType::INT32,
                              DType::UINT32,  DType::BOOL};
  const OperandSpec size = {.name = "size", .dtypes = {DType::INT32}, .min_rank = 1, .max_rank = 1};
  static const OpInfo family[] = {
      {.op = Op::RESIZE_BILINEAR,
       .operands = {{.name = "x", .dtypes = images, .min_rank = 4, .max_rank = 4}, size},
       .infer = infer_resize,
       .fold = fold_bilinear,
       .versions = {{first_is<DType::INT16>, 4},
                    {takes_half_pixels, 3},
                    {first_is<DType::INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.7.0", "1.14.0", "2.2.0", "2.5.0"}},
      {.op = Op::RESIZE_NEAREST_NEIGHBOR,
       .operands = {{.name = "x", .dtypes = words, .min_rank = 4, .max_rank = 4}, size},
       .infer = infer_resize,
       .fold = fold_nearest,
       .versions =
           {{first_is<DType::INT16>, 4}, {is_shifted, 3}, {first_is<DType::INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.13.1", "1.14.0", "2.3.0", "2.4.0"}},
  };
  return family;
}

}  // namespace litecast::ops
