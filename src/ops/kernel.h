// What fold kernels share: dispatch over element types and iteration over broadcast shapes.
#pragma once

#include <Eigen/Core>
#include <array>
#include <complex>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "ops/op_info.h"

namespace litecast::ops {

using Half = Eigen::half;
using BFloat16 = Eigen::bfloat16;

// A byte of a BOOL tensor. Files may hold other values than 0 and 1, which a C++ bool must not.
struct Bool {
  std::uint8_t byte = 0;
  Bool() = default;
  Bool(bool value) : byte(value) {}  // NOLINT: it is a bool
  operator bool() const { return byte != 0; }
};

template <class T>
inline constexpr bool is_narrow_float = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;
template <class T>
inline constexpr bool is_real_float = std::is_floating_point_v<T> || is_narrow_float<T>;
// The type in which an element is computed: narrow floats are computed as float and rounded.
template <class T>
using Wide = std::conditional_t<is_narrow_float<T>, float, T>;

template <class T>
struct Element {
  using type = T;
};

// Calls `f(Element<T>{})` with the C++ type of the dtype; false for types without one (STRING,
// sub-byte, float8, RESOURCE, VARIANT).
template <class F>
bool with_element(DType dtype, F&& f) {
  switch (dtype) {
    case DType::FLOAT32:
      return f(Element<float>{});
    case DType::FLOAT16:
      return f(Element<Half>{});
    case DType::BFLOAT16:
      return f(Element<BFloat16>{});
    case DType::FLOAT64:
      return f(Element<double>{});
    case DType::INT8:
      return f(Element<std::int8_t>{});
    case DType::INT16:
      return f(Element<std::int16_t>{});
    case DType::INT32:
      return f(Element<std::int32_t>{});
    case DType::INT64:
      return f(Element<std::int64_t>{});
    case DType::UINT8:
      return f(Element<std::uint8_t>{});
    case DType::UINT16:
      return f(Element<std::uint16_t>{});
    case DType::UINT32:
      return f(Element<std::uint32_t>{});
    case DType::UINT64:
      return f(Element<std::uint64_t>{});
    case DType::BOOL:
      return f(Element<Bool>{});
    case DType::COMPLEX64:
      return f(Element<std::complex<float>>{});
    case DType::COMPLEX128:
      return f(Element<std::complex<double>>{});
    default:
      return false;
  }
}
// Only real numbers: no BOOL, no complex.
template <class F>
bool with_number(DType dtype, F&& f) {
  return with_element(dtype, [&]<class T>(Element<T> tag) {
    if constexpr (std::is_integral_v<T> || is_real_float<T>)
      return f(tag);
    else
      return false;
  });
}
template <class F>
bool with_float(DType dtype, F&& f) {
  return with_element(dtype, [&]<class T>(Element<T> tag) {
    if constexpr (is_real_float<T>)
      return f(tag);
    else
      return false;
  });
}
// Only integers: no BOOL.
template <class F>
bool with_integer(DType dtype, F&& f) {
  return with_element(dtype, [&]<class T>(Element<T> tag) {
    if constexpr (std::is_integral_v<T>)
      return f(tag);
    else
      return false;
  });
}
// By size alone, for kernels that only move elements; types of one size share one instance.
template <class F>
bool with_word(DType dtype, F&& f) {
  switch (ir::byte_width(dtype)) {
    case 1:
      return f(Element<std::uint8_t>{});
    case 2:
      return f(Element<std::uint16_t>{});
    case 4:
      return f(Element<std::uint32_t>{});
    case 8:
      return f(Element<std::uint64_t>{});
    case 16:
      return f(Element<std::array<std::uint64_t, 2>>{});
    default:
      return false;
  }
}

// Row-major distances between neighbours along each axis, in elements.
std::vector<std::int64_t> row_major_strides(const ir::StaticShape& shape);
// The distances to use for a tensor of `shape` while iterating over `out`: 0 where it broadcasts.
std::vector<std::int64_t> broadcast_strides(const ir::StaticShape& shape,
                                            const ir::StaticShape& out);

// Neighbours that a broadcast visits one after the other: `count` elements of the result from
// number `out` on, and of operand k those from `at[k]` on, `step[k]` apart.
struct BroadcastRun {
  std::int64_t out = 0;
  std::int64_t count = 0;
  std::array<std::int64_t, 3> at{};
  std::array<std::int64_t, 3> step{};
};

// The runs of at most three operands that are broadcast to `out`, in the result's order. Axes along
// which all of them go on evenly make one run.
class BroadcastRuns {
 public:
  BroadcastRuns(const ir::StaticShape& out, std::span<const ir::StaticShape* const> operands);
  // The next one; false after the last.
  bool next(BroadcastRun& run);

 private:
  struct Axis {
    std::int64_t size = 1;
    std::int64_t index = 0;
    std::array<std::int64_t, 3> strides{};
  };
  static bool goes_on(const Axis& outer, const Axis& inner);

  std::vector<Axis> axes_;  // without the innermost, which is run_
  BroadcastRun run_;
  bool done_ = false;
};

// Calls `f(o, i_0, …)` for each element of `out` in order, with its number and the number of the
// element of each of `shapes` that is broadcast to it.
template <std::size_t n, class F>
void for_each_broadcast(const ir::StaticShape& out,
                        const std::array<const ir::StaticShape*, n>& shapes, F&& f) {
  BroadcastRuns runs(out, shapes);
  for (BroadcastRun run; runs.next(run);)
    for (std::int64_t i = 0; i < run.count; ++i) [&]<std::size_t... k>(std::index_sequence<k...>) {
        f(run.out + i, run.at[k] + i * run.step[k]...);
      }
  (std::make_index_sequence<n>());
}

// A shape seen around one axis: outer × size × inner elements.
struct AxisSplit {
  std::int64_t outer = 1;
  std::int64_t size = 1;
  std::int64_t inner = 1;
};
AxisSplit split_at(const ir::StaticShape& shape, int axis);

// The integers of a tensor of any integer type; empty for other types.
std::vector<std::int64_t> integers_of(const HostTensor& tensor);

// The strings of a STRING tensor in the runtime's layout (int32 count, count + 1 offsets,
// characters). Nothing when the layout is broken.
std::optional<std::vector<std::string_view>> strings_of(const HostTensor& tensor);

}  // namespace litecast::ops
