// Arithmetic on two tensors that broadcast, and sums of many.
#include <cmath>

#include "ops/dtype_sets.h"
#include "ops/families.h"
#include "ops/fold.h"
#include "ops/known_contents.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;
using Activation = tflite::ActivationFunctionType;

template <class T>
inline constexpr bool is_complex =
    std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>;

struct NoActivation {
  static Activation activation(const OpView&) { return Activation::NONE; }
};
template <class OptionsT>
struct FusedActivation {
  static Activation activation(const OpView& node) {
    return node.as<OptionsT>().fused_activation_function;
  }
};
struct Real : NoActivation {
  template <class T>
  static constexpr bool takes = is_real<T>;
};

struct Add : FusedActivation<tflite::AddOptionsT> {
  template <class T>
  static constexpr bool takes = is_real<T> || is_complex<T>;
  template <class T>
  static std::optional<T> apply(T a, T b) {
    return wrapping(a, b, [](auto x, auto y) { return x + y; });
  }
};

struct Sub : FusedActivation<tflite::SubOptionsT> {
  template <class T>
  static constexpr bool takes = is_real<T> || is_complex<T>;
  template <class T>
  static std::optional<T> apply(T a, T b) {
    return wrapping(a, b, [](auto x, auto y) { return x - y; });
  }
};

struct Mul : FusedActivation<tflite::MulOptionsT> {
  template <class T>
  static constexpr bool takes = is_real<T> || is_complex<T>;
  template <class T>
  static std::optional<T> apply(T a, T b) {
    return wrapping(a, b, [](auto x, auto y) { return x * y; });
  }
};

struct Div : FusedActivation<tflite::DivOptionsT> {
  template <class T>
  static constexpr bool takes = is_real<T>;
  template <class T>
  static std::optional<T> apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      if (b == 0) return std::nullopt;
      // The lowest number divided by -1 overflows; negation wraps.
      if constexpr (std::is_signed_v<T>)
        if (b == -1) return wrapping(T{0}, a, [](auto x, auto y) { return x - y; });
    }
    return static_cast<T>(a / b);
  }
};

struct FloorDiv : Real {
  template <class T>
  static std::optional<T> apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      const std::optional<T> quotient = Div::apply(a, b);
      if (!quotient || b == static_cast<T>(-1)) return quotient;
      const bool rounds_up = a % b != 0 && (a < 0) != (b < 0);
      return static_cast<T>(*quotient - (rounds_up ? 1 : 0));
    } else {
      return std::floor(a / b);
    }
  }
};

struct FloorMod : Real {
  template <class T>
  static std::optional<T> apply(T a, T b) {
    T remainder;
    if constexpr (std::is_integral_v<T>) {
      if (b == 0) return std::nullopt;
      if (std::is_signed_v<T> && b == static_cast<T>(-1)) return T{0};
      remainder = static_cast<T>(a % b);
    } else {
      remainder = std::fmod(a, b);
    }
    const bool other_sign = remainder != 0 && (remainder < 0) != (b < 0);
    return static_cast<T>(other_sign ? remainder + b : remainder);
  }
};

struct Maximum : Real {
  template <class T>
  static std::optional<T> apply(T a, T b) {
    if (a != a) return a;
    return b != b || b > a ? b : a;
  }
};

struct Minimum : Real {
  template <class T>
  static std::optional<T> apply(T a, T b) {
    if (a != a) return a;
    return b != b || b < a ? b : a;
  }
};

struct Pow : Real {
  template <class T>
  static std::optional<T> apply(T base, T exponent) {
    if constexpr (std::is_integral_v<T>) {
      if (exponent < 0) return std::nullopt;
      std::uint64_t power = 1;
      auto square = static_cast<std::uint64_t>(base);
      for (auto rest = static_cast<std::uint64_t>(exponent); rest != 0; rest >>= 1) {
        if (rest & 1) power *= square;
        square *= square;
      }
      return static_cast<T>(power);
    } else {
      return std::pow(base, exponent);
    }
  }
};

struct SquaredDifference : Real {
  template <class T>
  static std::optional<T> apply(T a, T b) {
    const T difference = *Sub::apply(a, b);
    return Mul::apply(difference, difference);
  }
};

struct Atan2 : NoActivation {
  template <class T>
  static constexpr bool takes = is_real_float<T>;
  template <class T>
  static std::optional<T> apply(T y, T x) {
    return std::atan2(y, x);
  }
};

struct Bits : NoActivation {
  template <class T>
  static constexpr bool takes = std::is_integral_v<T>;
};

struct BitwiseXor : Bits {
  template <class T>
  static std::optional<T> apply(T a, T b) {
    return static_cast<T>(a ^ b);
  }
};

struct RightShift : Bits {
  template <class T>
  static std::optional<T> apply(T a, T b) {
    // A shift by the width or more is undefined in C++; the kernels limit it.
    constexpr int kMost = std::numeric_limits<std::make_unsigned_t<T>>::digits - 1;
    const int shift =
        b < 0 ? 0 : static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(b), kMost));
    return static_cast<T>(a >> shift);
  }
};

// Known contents say nothing of a result that is clamped.
template <class Operation, BinaryDim f>
Contents activated_contents(const OpView& node, int, ir::DimContext&) {
  if (Operation::activation(node) != Activation::NONE) return std::nullopt;
  return zip_contents(node, f);
}

// The kernel compares bytes: all must have one scale, which the result shares.
// Of an op that fuses an activation.
template <class Operation, int max_rank>
Results infer_activated(const OpView& node, ir::DimContext&) {
  if (auto bad = check_activation(node, Operation::activation(node))) return tl::unexpected(*bad);
  return broadcast_result_up_to(node, max_rank);
}

Results infer_choice(const OpView& node, ir::DimContext& dims) {
  const auto* quantization = node.in(0)->type().quantization;
  if (node.in(1)->type().quantization != quantization)
    return violation(LimitViolation::Kind::option, 1,
                     std::string(ir::name(node.op)) + " takes operands of one scale");
  auto types = broadcast_result<5>(node, dims);
  if (types) types->front().quantization = quantization;
  return types;
}

// The op demands equal shapes, so sizes that are not proved equal are taken to be; nothing when
// they contradict each other.
std::optional<ir::Shape> unified(const ir::Shape& a, const ir::Shape& b) {
  if (!a.is_ranked()) return b;
  if (!b.is_ranked()) return a;
  if (a.rank() != b.rank()) return std::nullopt;
  std::vector<ir::Dim> dims = a.dims();
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const ir::Dim other = b.dims()[i];
    if (dims[i].is_constant() && other.is_constant() && dims[i] != other) return std::nullopt;
    if (other.is_constant()) dims[i] = other;
  }
  return ir::Shape(std::move(dims));
}

Results infer_equal_shapes(const OpView& node, ir::DimContext&) {
  if (auto bad = check_equal_dtypes(node)) return tl::unexpected(*bad);
  ir::Shape shape = node.shape(0);
  for (int i = 1; i < static_cast<int>(node.operands.size()); ++i) {
    auto joined = unified(shape, node.shape(i));
    if (!joined)
      return violation(LimitViolation::Kind::shape, i,
                       std::string(ir::name(node.op)) + " takes operands of one shape, not " +
                           ir::to_string(shape) + " and " + ir::to_string(node.shape(i)));
    shape = std::move(*joined);
  }
  return one_result(node.dtype(0), std::move(shape));
}

Results infer_add_n(const OpView& node, ir::DimContext& dims) {
  if (node.operands.size() < 2) {
    return violation(LimitViolation::Kind::option, -1, "ADD_N takes at least two operands");
  }
  return infer_equal_shapes(node, dims);
}

bool fold_add_n(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  if (any_quantized(node)) return false;
  return with_number(in[0].dtype, [&]<class T>(Element<T>) {
    const auto sum = out[0].data<T>();
    for (std::size_t i = 0; i < sum.size(); ++i) {
      auto total = static_cast<Wide<T>>(in[0].data<T>()[i]);
      for (const HostTensor& operand : in.subspan(1))
        total = *Add::apply(total, static_cast<Wide<T>>(operand.data<T>()[i]));
      sum[i] = static_cast<T>(total);
    }
    return true;
  });
}

std::int64_t macs_add_n(const OpView& node) {
  const auto elements = node.shape(0).elements().constant();
  return elements.value_or(0) * static_cast<std::int64_t>(node.operands.size() - 1);
}

bool has_unit_product_scale(const OpView& node) {
  const auto* a = node.in(0)->type().quantization;
  const auto* b = node.in(1)->type().quantization;
  const auto* result = node.results.empty() ? nullptr : node.results[0].quantization;
  for (const auto* each : {a, b, result})
    if (each == nullptr || each->scales.empty() || each->scales[0] == 0.0f) return false;
  return a->scales[0] * b->scales[0] / result->scales[0] >= 1.0f;
}

bool is_plain_int16(const OpView& node) {
  return first_is<INT16>(node) && !is_quantized<0>(node) && !is_quantized<1>(node);
}
bool is_plain_int16_or_uint32(const OpView& node) {
  return is_plain_int16(node) || first_is<UINT32>(node);
}
bool add_scales_freely(const OpView& node) {
  return first_and_result_are<INT16>(node) && !node.as<tflite::AddOptionsT>().pot_scale_int16;
}
bool sub_scales_freely(const OpView& node) {
  return first_and_result_are<INT16>(node) && !node.as<tflite::SubOptionsT>().pot_scale_int16;
}

constexpr DTypeSet kBitwise = {INT8, INT16, INT32, UINT8, UINT16, UINT32};

}  // namespace

std::span<const OpInfo> arithmetic_family() {
  static const OpInfo family[] = {
      {.op = Op::ADD,
       .operands = pair({FLOAT32, FLOAT16, INT32, INT64, UINT8, INT8, INT16}, kQuantizedBytes),
       .infer = infer_activated<Add, 6>,
       .fold = fold_binary<Add>,
       .contents = activated_contents<Add, dim_add>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<FLOAT16>, 6},
                    {is_plain_int16, 5},
                    {first_is<INT64>, 4},
                    {add_scales_freely, 3},
                    {first_is<INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.5.0", "1.14.0", "2.4.0", "2.6.0", "2.13.0", "2.23.0"}},
      {.op = Op::SUB,
       .operands = pair({FLOAT32, INT32, INT64, UINT8, INT8, INT16}, kQuantizedTypes),
       .infer = infer_activated<Sub, 6>,
       .fold = fold_binary<Sub>,
       .contents = activated_contents<Sub, dim_sub>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{sub_scales_freely, 5},
                    {first_is<INT64>, 4},
                    {broadcasts_above_rank<4>, 3},
                    {first_is<INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.6.0", "1.14.0", "2.3.0", "2.4.0", "2.4.0"}},
      {.op = Op::MUL,
       .operands = pair({FLOAT32, FLOAT16, INT32, INT64, UINT32, COMPLEX64, UINT8, INT8, INT16},
                        kQuantizedBytes),
       .infer = infer_activated<Mul, 6>,
       .fold = fold_binary<Mul>,
       .contents = activated_contents<Mul, dim_mul>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<FLOAT16>, 8},
                    {is_plain_int16_or_uint32, 7},
                    {first_is<COMPLEX64>, 6},
                    {first_is<INT64>, 5},
                    {first_is<INT16>, 4},
                    {has_unit_product_scale, 3},
                    {first_is<INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.5.0", "1.14.0", "1.15.0", "2.3.0", "2.6.0", "2.11.0", "2.13.0",
                       "2.23.0"}},
      {.op = Op::DIV,
       .operands = pair({FLOAT32, INT32, UINT8, INT8, INT16}, kQuantizedTypes),
       .infer = infer_activated<Div, 5>,
       .fold = fold_binary<Div>,
       .contents = activated_contents<Div, dim_div>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{broadcasts_above_rank<4>, 2}, {nullptr, 1}},
       .min_runtime = {"1.6.0", "2.3.0"}},
      {.op = Op::FLOOR_DIV,
       .operands = pair({FLOAT32, INT8, INT16, INT32}),
       .infer = broadcast_result<4>,
       .fold = fold_binary<FloorDiv>,
       .contents = binary_contents<dim_floor_div>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT16, INT8>, 3}, {first_is<FLOAT32>, 2}, {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.14.0", "2.13.0"}},
      {.op = Op::FLOOR_MOD,
       .operands = pair({FLOAT32, INT8, INT16, INT32, INT64}),
       .infer = broadcast_result<4>,
       .fold = fold_binary<FloorMod>,
       .contents = binary_contents<dim_floor_mod>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT16, INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.13.0", "2.13.0"}},
      {.op = Op::MAXIMUM,
       .operands = pair({FLOAT32, FLOAT16, BFLOAT16, UINT8, INT8, INT16, INT32, INT64}),
       .infer = infer_choice,
       .fold = fold_binary<Maximum>,
       .contents = binary_contents<dim_max>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_and_result_are<INT16>, 4},
                    {broadcasts_above_rank<4>, 3},
                    {first_is<INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.14.0", "2.3.0", "2.3.0"}},
      {.op = Op::MINIMUM,
       .operands = pair({FLOAT32, FLOAT16, BFLOAT16, UINT8, INT8, INT16, INT32, INT64}),
       .infer = infer_choice,
       .fold = fold_binary<Minimum>,
       .contents = binary_contents<dim_min>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_and_result_are<INT16>, 4},
                    {broadcasts_above_rank<4>, 3},
                    {first_is<INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.14.0", "2.3.0", "2.3.0"}},
      {.op = Op::POW,
       .operands = pair({FLOAT32, INT32}),
       .infer = broadcast_result<4>,
       .fold = fold_binary<Pow>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.10.0"}},
      {.op = Op::SQUARED_DIFFERENCE,
       .operands = pair({FLOAT32, INT32, INT8}, {INT8}),
       .infer = broadcast_result<4>,
       .fold = fold_binary<SquaredDifference>,
       .contents = binary_contents<dim_square_difference>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.13.1", "2.5.0"}},
      {.op = Op::ATAN2,
       .operands = pair({FLOAT32, FLOAT64, FLOAT16, BFLOAT16}),
       .infer = infer_equal_shapes,
       .fold = fold_binary<Atan2>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"2.10.0"}},
      {.op = Op::BITWISE_XOR,
       .operands = pair(kBitwise),
       .infer = broadcast_result<4>,
       .fold = fold_binary<BitwiseXor>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"2.13.0"}},
      {.op = Op::RIGHT_SHIFT,
       .operands = pair(kBitwise),
       .infer = broadcast_result<4>,
       .fold = fold_binary<RightShift>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"2.13.0"}},
      {.op = Op::ADD_N,
       .operands = {{.name = "input", .dtypes = {FLOAT32, INT32}, .variadic = true}},
       .infer = infer_add_n,
       .fold = fold_add_n,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.14.0"},
       .macs = macs_add_n},
  };
  return family;
}

}  // namespace litecast::ops
