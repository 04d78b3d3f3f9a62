// Between real numbers and quantized ones.
#include <cmath>

#include "ops/convert_element.h"
#include "ops/families.h"
#include "ops/fold.h"
#include "ops/infer.h"
#include "ops/packed_integers.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;

bool is_per_channel(const ir::Quantization* quantization) {
  return quantization != nullptr && quantization->scales.size() > 1;
}
bool result_is_per_channel(const OpView& node) {
  return !node.results.empty() && is_per_channel(node.results[0].quantization);
}
bool is_per_channel_int8(const OpView& node) {
  return first_is<INT8>(node) && is_per_channel(node.in(0)->type().quantization);
}

struct IntegerRange {
  std::int32_t low;
  std::int32_t high;
};

std::optional<IntegerRange> range_of(DType dtype) {
  switch (dtype) {
    case INT8:
      return IntegerRange{-128, 127};
    case UINT8:
      return IntegerRange{0, 255};
    case INT16:
      return IntegerRange{-32768, 32767};
    case INT4:
      return IntegerRange{-8, 7};
    case UINT4:
      return IntegerRange{0, 15};
    default:
      return std::nullopt;
  }
}

// Halves go away from zero, as in the kernel.
std::int32_t quantized(float x, float scale, std::int64_t zero_point, IntegerRange range) {
  const double steps = std::round(x / scale) + static_cast<double>(zero_point);
  return static_cast<std::int32_t>(
      std::clamp(steps, static_cast<double>(range.low), static_cast<double>(range.high)));
}

// The scale and zero point of each element, by its place along the quantized axis.
class ChannelOf {
 public:
  ChannelOf(const ir::Quantization& quantization, const ir::StaticShape& shape)
      : channels_(quantization.scales.size()) {
    if (channels_ > 1) split_ = split_at(shape, quantization.axis);
  }
  bool fits(const ir::Quantization& quantization) const {
    return channels_ > 0 && quantization.zero_points.size() == channels_ &&
           (channels_ == 1 || split_.size == static_cast<std::int64_t>(channels_));
  }
  std::size_t operator()(std::size_t element) const {
    if (channels_ == 1) return 0;
    return element / static_cast<std::size_t>(split_.inner) % channels_;
  }

 private:
  std::size_t channels_;
  AxisSplit split_;
};

bool fold_quantize(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  if (node.results.empty() || in[0].dtype != FLOAT32) return false;
  const ir::Quantization* quantization = node.results[0].quantization;
  const auto range = range_of(out[0].dtype);
  if (quantization == nullptr || !range) return false;
  const ChannelOf channel_of(*quantization, in[0].shape);
  if (!channel_of.fits(*quantization)) return false;
  const auto x = in[0].data<float>();
  std::vector<std::int32_t> steps(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t channel = channel_of(i);
    if (std::isnan(x[i])) return false;
    steps[i] =
        quantized(x[i], quantization->scales[channel], quantization->zero_points[channel], *range);
  }
  if (ir::byte_width(out[0].dtype) == 0) {
    pack(std::vector<std::int8_t>(steps.begin(), steps.end()), out[0]);
    return true;
  }
  return with_integer(out[0].dtype, [&]<class T>(Element<T>) {
    std::transform(steps.begin(), steps.end(), out[0].data<T>().begin(),
                   [](std::int32_t step) { return static_cast<T>(step); });
    return true;
  });
}

Results infer_dequantize(const OpView& node, ir::DimContext&) {
  return one_result(FLOAT32, node.shape(0));
}

Results infer_fake_quant(const OpView& node, ir::DimContext& dims) {
  const auto& options = node.as<tflite::FakeQuantOptionsT>();
  const bool fits = options.num_bits >= 2 && options.num_bits <= 16 && options.min < options.max &&
                    options.min <= 0 && options.max >= 0;
  if (!fits || options.narrow_range) {
    return violation(LimitViolation::Kind::option, -1,
                     "FAKE_QUANT takes 2 to 16 bits and a range around zero, not narrowed");
  }
  return same_as_operand(node, dims);
}

// The range is moved so that zero is one of its steps.
struct FakeQuant : PlainOperation {
  template <class T>
  static constexpr bool takes = std::is_same_v<T, float>;
  explicit FakeQuant(const OpView& node) {
    const auto& options = node.as<tflite::FakeQuantOptionsT>();
    const float last = static_cast<float>((1 << std::clamp(options.num_bits, 2, 16)) - 1);
    scale = (options.max - options.min) / last;
    const float zero = std::clamp(std::round(-options.min / scale), 0.0f, last);
    low = -zero * scale;
    high = (last - zero) * scale;
  }
  float apply(float x) const {
    const float clamped = x < low ? low : x > high ? high : x;
    return std::floor((clamped - low) / scale + 0.5f) * scale + low;
  }
  float scale, low, high;
};

}  // namespace

std::span<const OpInfo> quantization_family() {
  static const OpInfo family[] = {
      // The result's type comes from the caller: only it knows scale and zero point.
      {.op = Op::QUANTIZE,
       .operands = {{.name = "x",
                     .dtypes = {FLOAT32, INT8, UINT8, INT16, INT32},
                     .quantized = {INT8, UINT8, INT16, INT32}}},
       .fold = fold_quantize,
       .layout = Layout::agnostic,
       .versions = {{first_or_result_is<UINT4>, 5},
                    {first_or_result_is<INT4>, 4},
                    {result_is_per_channel, 3},
                    {result_is<0, INT16>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.15.0", "2.7.0", "2.21.0", "2.21.0", "2.21.0"}},
      // Never folded: the constant is stored small, and matchers look through this op.
      {.op = Op::DEQUANTIZE,
       .operands = {{.name = "x",
                     .dtypes = {UINT8, INT8, INT16, INT4, UINT4, INT2, FLOAT16},
                     .quantized = {UINT8, INT8, INT16, INT4, UINT4, INT2}}},
       .infer = infer_dequantize,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<FLOAT8_E4M3FN, FLOAT8_E5M2>, 9},
                    {first_is<UINT4>, 8},
                    {first_is<INT2>, 7},
                    {first_is<INT4>, 6},
                    {first_is<INT16, FLOAT16>, 3},
                    {is_per_channel_int8, 5},
                    {first_is<INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.13.1", "1.14.0", "1.15.0", "2.2.0", "2.7.0", "2.18.0", "2.21.0", "2.22.0",
                       "2.23.0"}},
      {.op = Op::FAKE_QUANT,
       .operands = {{.name = "x", .dtypes = {FLOAT32}}},
       .infer = infer_fake_quant,
       .fold = fold_unary<FakeQuant>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{[](const OpView& node) {
                       return node.as<tflite::FakeQuantOptionsT>().narrow_range;
                     },
                     2},
                    {nullptr, 1}},
       .min_runtime = {"1.5.0", "1.10.0"}},
      // Not folded, for the reason of DEQUANTIZE.
      {.op = Op::DENSIFY,
       .operands = {{.name = "x", .dtypes = {FLOAT32, FLOAT16, INT8}}},
       .infer = same_type_as_operand,
       .min_runtime = {"2.2.0"}},
  };
  return family;
}

}  // namespace litecast::ops
