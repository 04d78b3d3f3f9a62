// Functions of one tensor, element by element.
#include <cmath>
#include <cstring>

#include "ops/families.h"
#include "ops/fold.h"
#include "ops/known_contents.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;

struct OfReal : PlainOperation {
  using PlainOperation::PlainOperation;
  template <class T>
  static constexpr bool takes = is_real<T>;
};
struct Abs : OfReal {
  using OfReal::OfReal;
  template <class T>
  T apply(T x) const {
    if constexpr (std::is_floating_point_v<T>)
      return std::abs(x);
    else
      return x < 0 ? wrapping(T{0}, x, [](auto a, auto b) { return a - b; }) : x;
  }
};

struct Neg : OfReal {
  using OfReal::OfReal;
  template <class T>
  T apply(T x) const {
    if constexpr (std::is_floating_point_v<T>)
      return -x;
    else
      return wrapping(T{0}, x, [](auto a, auto b) { return a - b; });
  }
};

struct Sign : OfReal {
  using OfReal::OfReal;
  template <class T>
  T apply(T x) const {
    if (x != x) return x;
    return static_cast<T>((x > 0) - (x < 0));
  }
};

struct Square : OfReal {
  using OfReal::OfReal;
  template <class T>
  T apply(T x) const {
    return wrapping(x, x, [](auto a, auto b) { return a * b; });
  }
};

struct Exp : OfFloat {
  using OfFloat::OfFloat;
  template <class T>
  T apply(T x) const {
    return std::exp(x);
  }
};

struct Log : OfFloat {
  using OfFloat::OfFloat;
  template <class T>
  T apply(T x) const {
    return std::log(x);
  }
};

struct Sqrt : OfFloat {
  using OfFloat::OfFloat;
  template <class T>
  T apply(T x) const {
    return std::sqrt(x);
  }
};

struct Rsqrt : OfFloat {
  using OfFloat::OfFloat;
  template <class T>
  T apply(T x) const {
    return T{1} / std::sqrt(x);
  }
};

struct Sin : OfFloat {
  using OfFloat::OfFloat;
  template <class T>
  T apply(T x) const {
    return std::sin(x);
  }
};

struct Cos : OfFloat {
  using OfFloat::OfFloat;
  template <class T>
  T apply(T x) const {
    return std::cos(x);
  }
};

struct Ceil : OfFloat {
  using OfFloat::OfFloat;
  template <class T>
  T apply(T x) const {
    return std::ceil(x);
  }
};

struct Floor : OfFloat {
  using OfFloat::OfFloat;
  template <class T>
  T apply(T x) const {
    return std::floor(x);
  }
};

struct Round : OfFloat {
  using OfFloat::OfFloat;
  // Halves go to the even neighbour, in whatever rounding mode the process is.
  template <class T>
  T apply(T x) const {
    const T rounded = std::round(x);
    if (std::abs(x - std::trunc(x)) != T{0.5}) return rounded;
    return std::copysign(T{2} * std::round(x / T{2}), x);
  }
};

struct LogicalNot : PlainOperation {
  using PlainOperation::PlainOperation;
  template <class T>
  static constexpr bool takes = std::is_same_v<T, Bool>;
  Bool apply(Bool x) const { return !x; }
};

// The real number that a complex operand gives.
Results infer_real_part(const OpView& node, ir::DimContext&) {
  const DType dtype = node.dtype(0) == COMPLEX64 ? FLOAT32 : FLOAT64;
  return one_result(dtype, node.shape(0));
}

template <auto part>
bool fold_complex(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  return with_float(out[0].dtype, [&]<class T>(Element<T>) {
    if constexpr (!std::is_floating_point_v<T>) {
      return false;
    } else {
      const auto x = in[0].data<std::complex<T>>();
      std::transform(x.begin(), x.end(), out[0].data<T>().begin(), part);
      return true;
    }
  });
}
constexpr auto kReal = [](auto x) { return x.real(); };
constexpr auto kImag = [](auto x) { return x.imag(); };
constexpr auto kComplexAbs = [](auto x) { return std::abs(x); };

// The result type comes from the caller: options do not tell it.
bool fold_bitcast(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  if (in[0].bytes.size() != out[0].bytes.size()) return false;
  std::copy(in[0].bytes.begin(), in[0].bytes.end(), out[0].bytes.begin());
  return true;
}

Contents contents_of_not(const OpView& node, int, ir::DimContext&) {
  return map_contents(node, [](ir::Dim x) { return dim_sub(1, x); });
}

std::vector<OperandSpec> one(DTypeSet dtypes, DTypeSet quantized = {}) {
  return {{.name = "x", .dtypes = dtypes, .quantized = quantized}};
}

bool is_quantized_int16(const OpView& node) {
  return first_is<INT16>(node) && is_quantized<0>(node);
}

}  // namespace

std::span<const OpInfo> unary_family() {
  static const OpInfo family[] = {
      {.op = Op::ABS,
       .operands = one({FLOAT32, INT8, INT16, INT32}, {INT8}),
       .infer = same_as_operand,
       .fold = fold_unary<Abs>,
       .contents = unary_contents<dim_abs>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT32>, 5},
                    {is_quantized_int16, 3},
                    {first_is<INT16>, 4},
                    {first_is<INT8, UINT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.13.0", "2.4.0", "2.5.0", "2.6.0", "2.12.0"}},
      {.op = Op::NEG,
       .operands = one({FLOAT32, FLOAT16, BFLOAT16, INT8, INT16, INT32, INT64}),
       .infer = same_as_operand,
       .fold = fold_unary<Neg>,
       .contents = unary_contents<dim_neg>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.9.0"}},
      {.op = Op::SIGN,
       .operands = one({FLOAT32, FLOAT64, INT32}),
       .infer = same_as_operand,
       .fold = fold_unary<Sign>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT32>, 2}, {nullptr, 1}},
       .min_runtime = {"2.11.0", "2.12.0"}},
      {.op = Op::EXP,
       .operands = one({FLOAT32, INT8, INT16}, {INT8, INT16}),
       .infer = same_as_operand,
       .fold = fold_unary<Exp>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT8, INT16>, 2}, {nullptr, 1}},
       .min_runtime = {"1.7.0", "2.12.0"}},
      {.op = Op::LOG,
       .operands = one({FLOAT32, INT8, INT16}, {INT8, INT16}),
       .infer = same_as_operand,
       .fold = fold_unary<Log>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT8, INT16>, 2}, {nullptr, 1}},
       .min_runtime = {"1.14.0", "2.15.0"}},
      {.op = Op::SQRT,
       .operands = one({FLOAT32, INT8, INT16}, {INT8, INT16}),
       .infer = same_as_operand,
       .fold = fold_unary<Sqrt>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT8, INT16>, 2}, {nullptr, 1}},
       .min_runtime = {"1.10.0", "2.21.0"}},
      {.op = Op::RSQRT,
       .operands = one({FLOAT32, INT8, INT16}, {INT8, INT16}),
       .infer = same_as_operand,
       .fold = fold_unary<Rsqrt>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT16>, 3}, {first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.10.0", "2.5.0", "2.15.0"}},
      {.op = Op::SQUARE,
       .operands = one({FLOAT32}),
       .infer = same_as_operand,
       .fold = fold_unary<Square>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.12.0"}},
      {.op = Op::SIN,
       .operands = one({FLOAT32, FLOAT16}),
       .infer = same_as_operand,
       .fold = fold_unary<Sin>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<FLOAT16>, 2}, {nullptr, 1}},
       .min_runtime = {"1.9.0", "2.23.0"}},
      {.op = Op::COS,
       .operands = one({FLOAT32, FLOAT16}),
       .infer = same_as_operand,
       .fold = fold_unary<Cos>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<FLOAT16>, 2}, {nullptr, 1}},
       .min_runtime = {"1.14.0", "2.23.0"}},
      {.op = Op::CEIL,
       .operands = one({FLOAT32}),
       .infer = same_as_operand,
       .fold = fold_unary<Ceil>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.14.0"}},
      {.op = Op::FLOOR,
       .operands = one({FLOAT32, FLOAT16, BFLOAT16}),
       .infer = same_as_operand,
       .fold = fold_unary<Floor>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.9.0"}},
      {.op = Op::ROUND,
       .operands = one({FLOAT32, FLOAT16, BFLOAT16}),
       .infer = same_as_operand,
       .fold = fold_unary<Round>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.14.0"}},
      {.op = Op::LOGICAL_NOT,
       .operands = one({BOOL}),
       .infer = same_as_operand,
       .fold = fold_unary<LogicalNot>,
       .contents = contents_of_not,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.11.0"}},
      {.op = Op::REAL,
       .operands = one({COMPLEX64, COMPLEX128}),
       .infer = infer_real_part,
       .fold = fold_complex<kReal>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"2.5.0"}},
      {.op = Op::IMAG,
       .operands = one({COMPLEX64, COMPLEX128}),
       .infer = infer_real_part,
       .fold = fold_complex<kImag>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"2.5.0"}},
      {.op = Op::COMPLEX_ABS,
       .operands = one({COMPLEX64, COMPLEX128}),
       .infer = infer_real_part,
       .fold = fold_complex<kComplexAbs>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"2.5.0"}},
      {.op = Op::BITCAST,
       .operands = one(kAnyDType),
       .fold = fold_bitcast,
       .min_runtime = {"2.13.0"}},
  };
  return family;
}

}  // namespace litecast::ops
