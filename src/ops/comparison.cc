// Comparisons and logic of two tensors that broadcast.
#include "ops/dtype_sets.h"
#include "ops/families.h"
#include "ops/fold.h"
#include "ops/known_contents.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;

struct Ordered {
  template <class T>
  static constexpr bool takes = is_real<T>;
};
struct AnyElement {
  template <class T>
  static constexpr bool takes = true;
};
struct Logical {
  template <class T>
  static constexpr bool takes = std::is_same_v<T, Bool>;
};

struct Equal : AnyElement {
  template <class T>
  static bool apply(const T& a, const T& b) {
    return a == b;
  }
};
struct NotEqual : AnyElement {
  template <class T>
  static bool apply(const T& a, const T& b) {
    return a != b;
  }
};
struct Greater : Ordered {
  template <class T>
  static bool apply(const T& a, const T& b) {
    return a > b;
  }
};
struct GreaterEqual : Ordered {
  template <class T>
  static bool apply(const T& a, const T& b) {
    return a >= b;
  }
};
struct Less : Ordered {
  template <class T>
  static bool apply(const T& a, const T& b) {
    return a < b;
  }
};
struct LessEqual : Ordered {
  template <class T>
  static bool apply(const T& a, const T& b) {
    return a <= b;
  }
};
struct LogicalAnd : Logical {
  static bool apply(Bool a, Bool b) { return a && b; }
};
struct LogicalOr : Logical {
  static bool apply(Bool a, Bool b) { return a || b; }
};

// Strings, or whatever else `Predicate` takes.
template <class Predicate>
bool fold_equality(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  if (in[0].dtype != STRING) return fold_predicate<Predicate>(node, in, out);
  const auto a = strings_of(in[0]), b = strings_of(in[1]);
  if (!a || !b || static_cast<std::int64_t>(a->size()) != in[0].elements() ||
      static_cast<std::int64_t>(b->size()) != in[1].elements())
    return false;
  const auto result = out[0].data<Bool>();
  for_each_broadcast<2>(out[0].shape, {&in[0].shape, &in[1].shape}, [&](auto o, auto i, auto j) {
    result[static_cast<std::size_t>(o)] =
        Predicate::apply((*a)[static_cast<std::size_t>(i)], (*b)[static_cast<std::size_t>(j)]);
  });
  return true;
}

// Sizes that can be compared whatever values their symbols have.
std::optional<ir::Dim> dim_greater_equal(ir::Dim a, ir::Dim b) {
  if (is_non_negative(a - b)) return ir::Dim(1);
  if (is_non_negative(b - a - 1)) return ir::Dim(0);
  return std::nullopt;
}
std::optional<ir::Dim> dim_less_equal(ir::Dim a, ir::Dim b) { return dim_greater_equal(b, a); }
std::optional<ir::Dim> dim_greater(ir::Dim a, ir::Dim b) { return dim_greater_equal(a, b + 1); }
std::optional<ir::Dim> dim_less(ir::Dim a, ir::Dim b) { return dim_greater_equal(b, a + 1); }
std::optional<ir::Dim> dim_equal(ir::Dim a, ir::Dim b) {
  if (a == b) return ir::Dim(1);
  if (is_non_negative(a - b - 1) || is_non_negative(b - a - 1)) return ir::Dim(0);
  return std::nullopt;
}
std::optional<ir::Dim> dim_not_equal(ir::Dim a, ir::Dim b) {
  const auto equal = dim_equal(a, b);
  return equal ? dim_sub(1, *equal) : std::nullopt;
}

constexpr DTypeSet kOrdered = {FLOAT32, FLOAT16, INT16, INT32, INT64, UINT8, INT8};
// The kernel of NOT_EQUAL takes INT16, and leaves the result unwritten.
constexpr DTypeSet kDiffering = {FLOAT32, FLOAT16, INT32, INT64, UINT8, INT8, BOOL, STRING};

}  // namespace

std::span<const OpInfo> comparison_family() {
  static const OpInfo family[] = {
      {.op = Op::EQUAL,
       .operands = pair(kOrdered | DTypeSet{BOOL, STRING}, kQuantizedBytes),
       .infer = broadcast_predicate<4>,
       .fold = fold_equality<Equal>,
       .contents = binary_contents<dim_equal>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT16>, 5}, {first_is<STRING>, 3}, {first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.14.0", "2.3.0", "2.13.0", "2.21.0"}},
      {.op = Op::NOT_EQUAL,
       .operands = pair(kDiffering, kQuantizedBytes),
       .infer = broadcast_predicate<4>,
       .fold = fold_equality<NotEqual>,
       .contents = binary_contents<dim_not_equal>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT16>, 4}, {first_is<STRING>, 3}, {first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.14.0", "2.3.0", "2.21.0"}},
      {.op = Op::GREATER,
       .operands = pair(kOrdered, kQuantizedBytes),
       .infer = broadcast_predicate<4>,
       .fold = fold_predicate<Greater>,
       .contents = binary_contents<dim_greater>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.14.0"}},
      {.op = Op::GREATER_EQUAL,
       .operands = pair(kOrdered, kQuantizedBytes),
       .infer = broadcast_predicate<4>,
       .fold = fold_predicate<GreaterEqual>,
       .contents = binary_contents<dim_greater_equal>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT16>, 3}, {first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.14.0", "2.13.0"}},
      {.op = Op::LESS,
       .operands = pair(kOrdered, kQuantizedBytes),
       .infer = broadcast_predicate<4>,
       .fold = fold_predicate<Less>,
       .contents = binary_contents<dim_less>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT16>, 3}, {first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.14.0", "2.13.0"}},
      {.op = Op::LESS_EQUAL,
       .operands = pair(kOrdered, kQuantizedBytes),
       .infer = broadcast_predicate<4>,
       .fold = fold_predicate<LessEqual>,
       .contents = binary_contents<dim_less_equal>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.14.0"}},
      {.op = Op::LOGICAL_AND,
       .operands = pair({BOOL}),
       .infer = broadcast_predicate<4>,
       .fold = fold_predicate<LogicalAnd>,
       .contents = binary_contents<dim_min>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.11.0"}},
      {.op = Op::LOGICAL_OR,
       .operands = pair({BOOL}),
       .infer = broadcast_predicate<4>,
       .fold = fold_predicate<LogicalOr>,
       .contents = binary_contents<dim_max>,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"1.11.0"}},
  };
  return family;
}

}  // namespace litecast::ops
