// Functions of each vector along the last axis: softmax and normalizations without weights.
#include <cmath>

#include "ops/families.h"
#include "ops/fold.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;

// Calls `f(x, y)` with each vector of the last axis and the place of its result.
template <class F>
bool for_each_vector(const OpView& node, const HostTensor& in, HostTensor& out, F f) {
  if (any_quantized(node) || in.shape.empty()) return false;
  const auto size = static_cast<std::size_t>(in.shape.back());
  return with_float(in.dtype, [&]<class T>(Element<T>) {
    const auto x = in.data<T>();
    const auto y = out.data<T>();
    for (std::size_t at = 0; at < x.size(); at += size)
      f(node, x.subspan(at, size), y.subspan(at, size));
    return true;
  });
}

template <class T>
double greatest(std::span<const T> x) {
  auto most = -std::numeric_limits<double>::infinity();
  for (const T value : x) most = std::max(most, static_cast<double>(value));
  return most;
}

constexpr auto softmax = []<class T>(const OpView& node, std::span<const T> x, std::span<T> y) {
  const double beta = node.as<tflite::SoftmaxOptionsT>().beta;
  const double most = greatest(x);
  double sum = 0;
  for (const T value : x) sum += std::exp((static_cast<double>(value) - most) * beta);
  for (std::size_t i = 0; i < x.size(); ++i)
    y[i] = static_cast<T>(
        static_cast<Wide<T>>(std::exp((static_cast<double>(x[i]) - most) * beta) / sum));
};

constexpr auto log_softmax = []<class T>(const OpView&, std::span<const T> x, std::span<T> y) {
  const double most = greatest(x);
  double sum = 0;
  for (const T value : x) sum += std::exp(static_cast<double>(value) - most);
  const double log_sum = std::log(sum);
  for (std::size_t i = 0; i < x.size(); ++i)
    y[i] = static_cast<T>(static_cast<Wide<T>>(static_cast<double>(x[i]) - most - log_sum));
};

constexpr auto l2_normalize = []<class T>(const OpView&, std::span<const T> x, std::span<T> y) {
  // The kernel's lower limit of the norm.
  constexpr double kEpsilon = 1e-6;
  double squares = 0;
  for (const T value : x) squares += static_cast<double>(value) * static_cast<double>(value);
  const double norm = std::max(std::sqrt(squares), kEpsilon);
  for (std::size_t i = 0; i < x.size(); ++i)
    y[i] = static_cast<T>(static_cast<Wide<T>>(static_cast<double>(x[i]) / norm));
};

constexpr auto normalize_response = []<class T>(const OpView& node, std::span<const T> x,
                                                std::span<T> y) {
  const auto& options = node.as<tflite::LocalResponseNormalizationOptionsT>();
  const auto size = static_cast<std::int64_t>(x.size());
  const std::int64_t radius = std::clamp<std::int64_t>(options.radius, 0, size);
  for (std::int64_t i = 0; i < size; ++i) {
    double squares = 0;
    for (std::int64_t j = std::max<std::int64_t>(i - radius, 0); j < std::min(i + radius + 1, size);
         ++j) {
      const auto value = static_cast<double>(x[static_cast<std::size_t>(j)]);
      squares += value * value;
    }
    const double scale = std::pow(options.bias + options.alpha * squares, -options.beta);
    const auto at = static_cast<std::size_t>(i);
    y[at] = static_cast<T>(static_cast<Wide<T>>(static_cast<double>(x[at]) * scale));
  }
};

template <const auto& of_vector>
bool fold_vectors(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  return for_each_vector(node, in[0], out[0], of_vector);
}

Results infer_l2_normalization(const OpView& node, ir::DimContext& dims) {
  if (node.as<tflite::L2NormOptionsT>().fused_activation_function !=
      tflite::ActivationFunctionType::NONE) {
    return violation(LimitViolation::Kind::option, -1,
                     "L2_NORMALIZATION takes no fused activation");
  }
  return same_as_operand(node, dims);
}

std::int64_t macs_response(const OpView& node) {
  const std::int64_t radius = node.as<tflite::LocalResponseNormalizationOptionsT>().radius;
  return node.shape(0).elements().constant().value_or(0) * (2 * radius + 1);
}

}  // namespace

std::span<const OpInfo> normalization_family() {
  static const OpInfo family[] = {
      {.op = Op::SOFTMAX,
       .operands = {{.name = "x",
                     .dtypes = {FLOAT32, FLOAT16, UINT8, INT8, INT16},
                     .min_rank = 1,
                     .quantized = {UINT8, INT8, INT16}}},
       .infer = same_as_operand,
       .fold = fold_vectors<softmax>,
       .versions =
           {{first_is<FLOAT16>, 4}, {first_is<INT16>, 3}, {first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.5.0", "1.14.0", "2.3.0", "2.23.0"}},
      {.op = Op::LOG_SOFTMAX,
       .operands = {{.name = "x",
                     .dtypes = {FLOAT32, UINT8, INT8},
                     .min_rank = 1,
                     .quantized = {UINT8, INT8}}},
       .infer = same_as_operand,
       .fold = fold_vectors<log_softmax>,
       .versions = {{first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.14.0"}},
      {.op = Op::L2_NORMALIZATION,
       .operands = {{.name = "x",
                     .dtypes = {FLOAT32, UINT8, INT8},
                     .min_rank = 1,
                     .quantized = {UINT8, INT8}}},
       .infer = infer_l2_normalization,
       .fold = fold_vectors<l2_normalize>,
       .versions = {{result_is<0, INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.5.0", "1.14.0"}},
      {.op = Op::LOCAL_RESPONSE_NORMALIZATION,
       .operands = {{.name = "x", .dtypes = {FLOAT32}, .min_rank = 4, .max_rank = 4}},
       .infer = same_as_operand,
       .fold = fold_vectors<normalize_response>,
       .min_runtime = {"1.5.0"},
       .macs = macs_response},
  };
  return family;
}

}  // namespace litecast::ops
