// Activation functions, element by element.
#include <cmath>

#include "ops/dtype_sets.h"
#include "ops/families.h"
#include "ops/fold.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;
using Activation = tflite::ActivationFunctionType;

template <Activation activation>
struct Clamped : OfFloat {
  using OfFloat::OfFloat;
  template <class T>
  T apply(T x) const {
    return activate(activation, x);
  }
};

struct Tanh : OfFloat {
  using OfFloat::OfFloat;
  template <class T>
  T apply(T x) const {
    return std::tanh(x);
  }
};

struct Relu0To1 : OfFloat {
  using OfFloat::OfFloat;
  template <class T>
  T apply(T x) const {
    return x < 0 ? T{0} : x > 1 ? T{1} : x;
  }
};

struct LeakyRelu : OfFloat {
  explicit LeakyRelu(const OpView& node) : alpha(node.as<tflite::LeakyReluOptionsT>().alpha) {}
  template <class T>
  T apply(T x) const {
    return x > 0 ? x : x * static_cast<T>(alpha);
  }
  float alpha;
};

struct Elu : OfFloat {
  using OfFloat::OfFloat;
  template <class T>
  T apply(T x) const {
    return x < 0 ? std::expm1(x) : x;
  }
};

struct Gelu : OfFloat {
  explicit Gelu(const OpView& node) : approximate(node.as<tflite::GeluOptionsT>().approximate) {}
  template <class T>
  T apply(T x) const {
    if (approximate) {
      constexpr T kRootTwoOverPi = static_cast<T>(0.79788456080286535588);
      const T inner = kRootTwoOverPi * (x + static_cast<T>(0.044715) * x * x * x);
      return T{0.5} * x * (T{1} + std::tanh(inner));
    }
    // erfc keeps the digits of the left tail, where 1 + erf would cancel them.
    constexpr T kRootHalf = static_cast<T>(0.70710678118654752440);
    return T{0.5} * x * std::erfc(-x * kRootHalf);
  }
  bool approximate;
};

struct HardSwish : OfFloat {
  using OfFloat::OfFloat;
  template <class T>
  T apply(T x) const {
    return x * activate(Activation::RELU6, x + T{3}) / T{6};
  }
};

struct Logistic : OfFloat {
  using OfFloat::OfFloat;
  template <class T>
  T apply(T x) const {
    return T{1} / (T{1} + std::exp(-x));
  }
};

struct Prelu {
  static Activation activation(const OpView&) { return Activation::NONE; }
  template <class T>
  static constexpr bool takes = is_real_float<T>;
  template <class T>
  static std::optional<T> apply(T x, T alpha) {
    return x >= 0 ? x : x * alpha;
  }
};

Results infer_prelu(const OpView& node, ir::DimContext&) {
  if (auto bad = check_equal_dtypes(node)) return tl::unexpected(*bad);
  auto joined = broadcast_operands(node, 4);
  if (!joined) return tl::unexpected(joined.error());
  const ir::Shape& x = node.shape(0);
  const ir::Shape& alpha = node.shape(1);
  if (x.is_ranked() && alpha.is_ranked() && alpha.rank() > x.rank()) {
    return violation(LimitViolation::Kind::rank, 1,
                     "PRELU takes an alpha that broadcasts to x: " + ir::to_string(alpha) +
                         " does not to " + ir::to_string(x));
  }
  return one_result(node.dtype(0), x);
}

std::vector<OperandSpec> one(DTypeSet dtypes, DTypeSet quantized) {
  return {{.name = "x", .dtypes = dtypes, .quantized = quantized}};
}

constexpr DTypeSet kBytes = {UINT8, INT8};
constexpr DTypeSet kFloatOrBytes = {FLOAT32, UINT8, INT8};
constexpr DTypeSet kFloatOrQuantized = {FLOAT32, UINT8, INT8, INT16};

}  // namespace

std::span<const OpInfo> activation_family() {
  static const OpInfo family[] = {
      {.op = Op::RELU,
       .operands = one(kFloatOrQuantized, kQuantizedTypes),
       .infer = same_as_operand,
       .fold = fold_unary<Clamped<Activation::RELU>>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT16>, 3}, {first_is<INT8, UINT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.5.0", "2.1.0", "2.5.0"}},
      {.op = Op::RELU6,
       .operands = one(kFloatOrQuantized, kQuantizedTypes),
       .infer = same_as_operand,
       .fold = fold_unary<Clamped<Activation::RELU6>>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT16>, 3}, {first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.5.0", "1.14.0", "2.5.0"}},
      {.op = Op::RELU_N1_TO_1,
       .operands = one(kFloatOrBytes, kBytes),
       .infer = same_as_operand,
       .fold = fold_unary<Clamped<Activation::RELU_N1_TO_1>>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.5.0"}},
      {.op = Op::RELU_0_TO_1,
       .operands = one(kFloatOrBytes, kBytes),
       .infer = same_as_operand,
       .fold = fold_unary<Relu0To1>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"2.10.0"}},
      {.op = Op::LEAKY_RELU,
       .operands = one(kFloatOrQuantized, kQuantizedTypes),
       .infer = same_as_operand,
       .fold = fold_unary<LeakyRelu>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT16>, 2}, {nullptr, 1}},
       .min_runtime = {"1.13.1", "2.3.0"}},
      {.op = Op::PRELU,
       .operands = {{.name = "x", .dtypes = kFloatOrQuantized, .quantized = kQuantizedTypes},
                    {.name = "alpha", .dtypes = kFloatOrQuantized, .quantized = kQuantizedTypes}},
       .infer = infer_prelu,
       .fold = fold_binary<Prelu>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.8.0"}},
      {.op = Op::ELU,
       .operands = one({FLOAT32, INT8}, {INT8}),
       .infer = same_as_operand,
       .fold = fold_unary<Elu>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.14.0"}},
      {.op = Op::GELU,
       .operands = one({FLOAT32, FLOAT16, UINT8, INT8, INT16}, kQuantizedTypes),
       .infer = same_as_operand,
       .fold = fold_unary<Gelu>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<FLOAT16>, 3}, {first_is<INT8, UINT8>, 2}, {nullptr, 1}},
       .min_runtime = {"2.9.0", "2.9.0", "2.23.0"}},
      {.op = Op::HARD_SWISH,
       .operands = one(kFloatOrBytes, kBytes),
       .infer = same_as_operand,
       .fold = fold_unary<HardSwish>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.15.0"}},
      {.op = Op::LOGISTIC,
       .operands = one({FLOAT32, FLOAT16, BFLOAT16, UINT8, INT8, INT16}, kQuantizedTypes),
       .infer = same_as_operand,
       .fold = fold_unary<Logistic>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_and_result_are<INT16>, 3}, {first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.14.0", "2.3.0"}},
      {.op = Op::TANH,
       .operands = one({FLOAT32, FLOAT16, BFLOAT16, UINT8, INT8, INT16}, kQuantizedTypes),
       .infer = same_as_operand,
       .fold = fold_unary<Tanh>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_and_result_are<INT16>, 3}, {first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.14.0", "2.3.0"}},
  };
  return family;
}

}  // namespace litecast::ops
