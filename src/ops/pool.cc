// Pooling over two spatial axes. Data is channels-last.
#include <cmath>

#include "ops/conv_limits.h"
#include "ops/dtype_sets.h"
#include "ops/families.h"
#include "ops/fused_activation.h"
#include "ops/move.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using ir::Shape;

Results infer_pool(const OpView& node, ir::DimContext& dims) {
  const auto& options = node.as<tflite::Pool2DOptionsT>();
  if (auto bad = check_activation(node, options.fused_activation_function))
    return tl::unexpected(*bad);
  const Shape x = ranked_or_unknown(node.shape(0), 4, dims);
  const auto height =
      window_output(node, {x[1], options.filter_height, options.stride_h}, options.padding);
  const auto width =
      window_output(node, {x[2], options.filter_width, options.stride_w}, options.padding);
  if (!height) return tl::unexpected(height.error());
  if (!width) return tl::unexpected(width.error());
  return moved_result(node, 0, Shape{x[0], *height, *width, x[3]});
}

// ---- folding ----

// The elements of one axis that the window at a place covers.
struct Cover {
  std::int64_t begin;
  std::int64_t end;
};
Cover cover(std::int64_t place, std::int64_t size, std::int64_t count, std::int64_t filter,
            std::int64_t stride, tflite::Padding padding) {
  std::int64_t begin = place * stride;
  if (padding == tflite::Padding::SAME)
    begin -= std::max<std::int64_t>((count - 1) * stride + filter - size, 0) / 2;
  return {std::max<std::int64_t>(begin, 0), std::min(begin + filter, size)};
}

// A Pooling has `add(x)` for each element that the window covers and `result()`.
template <class T, class Pooling>
void pool(const OpView& node, const HostTensor& in, HostTensor& out) {
  const auto& options = node.as<tflite::Pool2DOptionsT>();
  const auto &x = in.shape, &y = out.shape;
  const T* data = in.data<T>().data();
  T* result = out.data<T>().data();
  for (std::int64_t n = 0; n < y[0]; ++n)
    for (std::int64_t i = 0; i < y[1]; ++i)
      for (std::int64_t j = 0; j < y[2]; ++j)
        for (std::int64_t c = 0; c < y[3]; ++c) {
          const Cover rows =
              cover(i, x[1], y[1], options.filter_height, options.stride_h, options.padding);
          const Cover columns =
              cover(j, x[2], y[2], options.filter_width, options.stride_w, options.padding);
          Pooling pooling;
          for (std::int64_t h = rows.begin; h < rows.end; ++h)
            for (std::int64_t w = columns.begin; w < columns.end; ++w)
              pooling.add(data[((n * x[1] + h) * x[2] + w) * x[3] + c]);
          *result++ = activate(options.fused_activation_function, static_cast<T>(pooling.result()));
        }
}

struct Average {
  double sum = 0;
  int count = 0;
  void add(float x) { sum += static_cast<double>(x), ++count; }
  double result() const { return count == 0 ? 0 : sum / count; }
};
struct RootMeanSquare {
  double sum = 0;
  int count = 0;
  void add(float x) { sum += static_cast<double>(x) * static_cast<double>(x), ++count; }
  double result() const { return count == 0 ? 0 : std::sqrt(sum / count); }
};
template <class T>
struct MaximumOfWindow {
  T most = std::numeric_limits<T>::lowest();
  void add(T x) { most = std::max(most, x); }
  T result() const { return most; }
};

bool is_cheap(const OpView& node, const HostTensor& in, const HostTensor& out) {
  const auto& options = node.as<tflite::Pool2DOptionsT>();
  constexpr std::int64_t kMost = std::int64_t{1} << 26;
  return saturating_product({out.elements(),
                             std::min<std::int64_t>(options.filter_height, in.shape[1]),
                             std::min<std::int64_t>(options.filter_width, in.shape[2])}) <= kMost;
}

template <class Pooling>
bool fold_pool(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  if (in[0].dtype != DType::FLOAT32 || !is_cheap(node, in[0], out[0])) return false;
  pool<float, Pooling>(node, in[0], out[0]);
  return true;
}

bool fold_max_pool(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  if (node.in(0)->type().quantization != nullptr || !is_cheap(node, in[0], out[0])) return false;
  return with_number(in[0].dtype, [&]<class T>(Element<T>) {
    if constexpr (is_narrow_float<T>) return false;
    pool<T, MaximumOfWindow<T>>(node, in[0], out[0]);
    return true;
  });
}

}  // namespace

std::span<const OpInfo> pool_family() {
  constexpr DTypeSet pooled = {DType::FLOAT32, DType::UINT8, DType::INT8, DType::INT16};
  const OperandSpec x = {
      .name = "x", .dtypes = pooled, .min_rank = 4, .max_rank = 4, .quantized = kQuantizedTypes};
  static const std::vector<VersionRule> versions = {
      {first_and_result_are<DType::INT16>, 3}, {first_is<DType::INT8>, 2}, {nullptr, 1}};
  static const OpInfo family[] = {
      {.op = Op::AVERAGE_POOL_2D,
       .operands = {x},
       .infer = infer_pool,
       .fold = fold_pool<Average>,
       .versions = versions,
       .min_runtime = {"1.5.0", "1.14.0", "2.3.0"}},
      {.op = Op::MAX_POOL_2D,
       .operands = {{.name = "x", .dtypes = pooled, .min_rank = 4, .max_rank = 4}},
       .infer = infer_pool,
       .fold = fold_max_pool,
       .versions = versions,
       .min_runtime = {"1.5.0", "1.14.0", "2.3.0"}},
      {.op = Op::L2_POOL_2D,
       .operands = {{.name = "x", .dtypes = {DType::FLOAT32}, .min_rank = 4, .max_rank = 4}},
       .infer = infer_pool,
       .fold = fold_pool<RootMeanSquare>,
       .min_runtime = {"1.5.0"}},
  };
  return family;
}

}  // namespace litecast::ops
