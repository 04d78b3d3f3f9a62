// Fold kernels of elementwise ops, made from what the op does to one element.
#pragma once

#include "ops/fused_activation.h"
#include "ops/kernel.h"

namespace litecast::ops {

// Quantized numbers mean something else than their bytes: kernels on values leave them alone.
bool any_quantized(const OpView& node);

// An Operation has `apply(x, y)` over Wide<T>, which may give nothing (a division by zero): then
// the node is not folded. `takes<T>` says for which types it exists.
template <class Operation, class T>
bool fold_binary_of(std::span<const HostTensor> in, HostTensor& out,
                    tflite::ActivationFunctionType activation) {
  const auto a = in[0].data<T>(), b = in[1].data<T>();
  const auto result = out.data<T>();
  bool defined = true;
  for_each_broadcast<2>(
      out.shape, {&in[0].shape, &in[1].shape}, [&](std::int64_t o, std::int64_t i, std::int64_t j) {
        using W = Wide<T>;
        const std::optional<W> value = Operation::apply(static_cast<W>(a[i]), static_cast<W>(b[j]));
        if (value)
          result[o] = static_cast<T>(activate(activation, *value));
        else
          defined = false;
      });
  return defined;
}

template <class Operation>
bool fold_binary(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  if (any_quantized(node)) return false;
  return with_element(in[0].dtype, [&]<class T>(Element<T>) {
    if constexpr (Operation::template takes<T>)
      return fold_binary_of<Operation, T>(in, out[0], Operation::activation(node));
    else
      return false;
  });
}

// A predicate's `apply(x, y)` gives bool.
template <class Predicate>
bool fold_predicate(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  if (any_quantized(node)) return false;
  return with_element(in[0].dtype, [&]<class T>(Element<T>) {
    if constexpr (!Predicate::template takes<T>) {
      return false;
    } else {
      const auto a = in[0].data<T>(), b = in[1].data<T>();
      const auto result = out[0].data<Bool>();
      for_each_broadcast<2>(out[0].shape, {&in[0].shape, &in[1].shape},
                            [&](std::int64_t o, std::int64_t i, std::int64_t j) {
                              result[o] = Predicate::apply(a[i], b[j]);
                            });
      return true;
    }
  });
}

// An Operation has `apply(x)` over Wide<T>; the result has the operand's type.
template <class Operation>
bool fold_unary(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  if (any_quantized(node)) return false;
  return with_element(in[0].dtype, [&]<class T>(Element<T>) {
    if constexpr (!Operation::template takes<T>) {
      return false;
    } else {
      const Operation operation(node);
      const auto x = in[0].data<T>();
      const auto result = out[0].data<T>();
      for (std::size_t i = 0; i < x.size(); ++i)
        result[i] = static_cast<T>(operation.apply(static_cast<Wide<T>>(x[i])));
      return true;
    }
  });
}

// For operations without options.
struct PlainOperation {
  PlainOperation() = default;
  explicit PlainOperation(const OpView&) {}
};
// The same on floats alone.
struct OfFloat : PlainOperation {
  using PlainOperation::PlainOperation;
  template <class T>
  static constexpr bool takes = is_real_float<T>;
};

template <class T>
inline constexpr bool is_real = is_real_float<T> || std::is_integral_v<T>;

// Integer arithmetic as the machine does it: modulo 2^bits. Floats as they are.
template <class T, class F>
T wrapping(T a, T b, F f) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(f(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
  else
    return f(a, b);
}

}  // namespace litecast::ops
