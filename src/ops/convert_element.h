// One element of one type as another, as TensorFlow casts it.
#pragma once

#include <cmath>

#include "ops/kernel.h"

namespace litecast::ops {

template <class T>
inline constexpr bool is_complex_element =
    std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>;

// A real number as an integer: towards zero. What does not fit a signed register becomes its lowest
// number, as the processor has it, and shorter integers take the low bits.
template <class To>
To real_to_integer(double x) {
  using Register = std::conditional_t<(sizeof(To) < 4 || std::is_same_v<To, std::int32_t>),
                                      std::int32_t, std::int64_t>;
  using Limits = std::numeric_limits<Register>;
  constexpr double kEnd = -static_cast<double>(Limits::min());
  if constexpr (std::is_same_v<To, std::uint64_t>) {
    if (x >= kEnd && x < 2 * kEnd) return static_cast<std::uint64_t>(x);
  }
  const double whole = std::trunc(x);
  const bool fits = whole >= -kEnd && whole < kEnd;
  return static_cast<To>(fits ? static_cast<Register>(whole) : Limits::min());
}

template <class To, class From>
To convert_element(From x) {
  if constexpr (is_complex_element<From> && is_complex_element<To>) {
    return To(x);
  } else if constexpr (is_complex_element<From>) {
    return convert_element<To>(x.real());
  } else if constexpr (is_complex_element<To>) {
    return To(convert_element<typename To::value_type>(x));
  } else if constexpr (std::is_same_v<To, Bool>) {
    return Bool(x != From{});
  } else if constexpr (std::is_same_v<From, Bool>) {
    return convert_element<To>(static_cast<std::int32_t>(static_cast<bool>(x)));
  } else if constexpr (is_narrow_float<From>) {
    return convert_element<To>(static_cast<float>(x));
  } else if constexpr (is_narrow_float<To>) {
    return static_cast<To>(static_cast<float>(x));
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    return real_to_integer<To>(static_cast<double>(x));
  } else {
    return static_cast<To>(x);
  }
}

}  // namespace litecast::ops
