// Reductions along axes, and running sums.
#include "ops/dtype_sets.h"
#include "ops/families.h"
#include "ops/fold.h"
#include "ops/known_contents.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;

// What a kernel sums in: wide enough that rounding and overflow come last.
template <class T>
using Total = std::conditional_t<is_real_float<T>, double, std::uint64_t>;

// A Reduction has `Accumulator<T>`, `initial<T>()`, `join(so far, x)` and
// `finish<T>(so far, number of elements)`, which may give nothing.
struct Sum {
  template <class T>
  static constexpr bool takes = is_real<T>;
  template <class T>
  using Accumulator = Total<T>;
  template <class T>
  static Total<T> initial() {
    return 0;
  }
  template <class T>
  static Total<T> join(Total<T> total, T x) {
    return total + static_cast<Total<T>>(x);
  }
  template <class T>
  static std::optional<T> finish(Total<T> total, std::int64_t) {
    return static_cast<T>(static_cast<Wide<T>>(total));
  }
};

struct Mean : Sum {
  template <class T>
  static std::optional<T> finish(Total<T> total, std::int64_t count) {
    if constexpr (std::is_integral_v<T>) {
      if (count == 0) return std::nullopt;
      return static_cast<T>(static_cast<std::int64_t>(total) / count);
    } else {
      return static_cast<T>(static_cast<Wide<T>>(total / static_cast<double>(count)));
    }
  }
};

struct Product {
  template <class T>
  static constexpr bool takes = is_real<T>;
  template <class T>
  using Accumulator = Total<T>;
  template <class T>
  static Total<T> initial() {
    return 1;
  }
  template <class T>
  static Total<T> join(Total<T> total, T x) {
    return total * static_cast<Total<T>>(x);
  }
  template <class T>
  static std::optional<T> finish(Total<T> total, std::int64_t) {
    return static_cast<T>(static_cast<Wide<T>>(total));
  }
};

struct Keeps {
  template <class T>
  using Accumulator = T;
  template <class T>
  static std::optional<T> finish(T best, std::int64_t) {
    return best;
  }
};

// NaN is greater and less than everything: once it is met it stays.
struct Max : Keeps {
  template <class T>
  static constexpr bool takes = is_real<T>;
  template <class T>
  static T initial() {
    using Limits = std::numeric_limits<T>;
    return Limits::has_infinity ? static_cast<T>(-Limits::infinity()) : Limits::lowest();
  }
  template <class T>
  static T join(T best, T x) {
    return x > best || x != x ? x : best;
  }
};

struct Min : Keeps {
  template <class T>
  static constexpr bool takes = is_real<T>;
  template <class T>
  static T initial() {
    using Limits = std::numeric_limits<T>;
    return Limits::has_infinity ? Limits::infinity() : Limits::max();
  }
  template <class T>
  static T join(T best, T x) {
    return x < best || x != x ? x : best;
  }
};

struct Any : Keeps {
  template <class T>
  static constexpr bool takes = std::is_same_v<T, Bool>;
  template <class T>
  static T initial() {
    return false;
  }
  template <class T>
  static T join(T any, T x) {
    return any || x;
  }
};

struct All : Keeps {
  template <class T>
  static constexpr bool takes = std::is_same_v<T, Bool>;
  template <class T>
  static T initial() {
    return true;
  }
  template <class T>
  static T join(T all, T x) {
    return all && x;
  }
};

// The shape with 1 for each reduced axis; nothing when an axis is out of range.
std::optional<ir::StaticShape> kept_shape(const HostTensor& x, const HostTensor& axes) {
  ir::StaticShape kept = x.shape;
  for (const std::int64_t value : integers_of(axes)) {
    const auto axis = normalized_axis(value, static_cast<int>(x.shape.size()));
    if (!axis) return std::nullopt;
    kept[static_cast<std::size_t>(*axis)] = 1;
  }
  return kept;
}

template <class Reduction>
bool fold_reduce(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  if (any_quantized(node)) return false;
  const auto kept = kept_shape(in[0], in[1]);
  if (!kept) return false;
  return with_element(in[0].dtype, [&]<class T>(Element<T>) {
    if constexpr (!Reduction::template takes<T>) {
      return false;
    } else {
      using Accumulator = typename Reduction::template Accumulator<T>;
      const auto x = in[0].data<T>();
      const auto result = out[0].data<T>();
      std::vector<Accumulator> totals(result.size(), Reduction::template initial<T>());
      for_each_broadcast<1>(in[0].shape, {&*kept}, [&](auto i, auto o) {
        totals[o] = Reduction::template join<T>(totals[o], x[i]);
      });
      const auto of_each = result.empty() ? 0 : static_cast<std::int64_t>(x.size() / result.size());
      for (std::size_t i = 0; i < result.size(); ++i) {
        const std::optional<T> value = Reduction::template finish<T>(totals[i], of_each);
        if (!value) return false;
        result[i] = *value;
      }
      return true;
    }
  });
}

Results infer_reduced(const OpView& node, ir::DimContext& dims,
                      const ir::Quantization* quantization) {
  const ir::Shape& shape = node.shape(0);
  const bool keep_dims = node.as<tflite::ReducerOptionsT>().keep_dims;
  if (!shape.is_ranked()) return one_result(node.dtype(0), ir::Shape::unranked(), quantization);
  const auto axes = axes_of(node, 1, shape.rank());
  if (!axes) return tl::unexpected(axes.error());
  ir::Shape result = *axes       ? reduced_shape(shape, **axes, keep_dims)
                     : keep_dims ? unknown_shape(dims, shape.rank(), "reduced")
                                 : ir::Shape::unranked();
  return one_result(node.dtype(0), std::move(result), quantization);
}

Results infer_reduce(const OpView& node, ir::DimContext& dims) {
  return infer_reduced(node, dims, nullptr);
}
// The kernels of these take one scale for operand and result.
Results infer_extreme(const OpView& node, ir::DimContext& dims) {
  return infer_reduced(node, dims, node.in(0)->type().quantization);
}

std::int64_t macs_of_operand(const OpView& node) {
  return node.shape(0).elements().constant().value_or(0);
}

// A vector of known sizes reduces to one of them.
template <BinaryDim join>
Contents contents_of_reduction(const OpView& node, int, ir::DimContext&) {
  const auto x = node.dims(0);
  const auto axes = node.integers(1);
  if (!x || x->empty() || !axes || axes->size() != 1 || node.shape(0).rank() != 1)
    return std::nullopt;
  ir::Dim total = x->front();
  for (std::size_t i = 1; i < x->size(); ++i) {
    const auto joined = join(total, (*x)[i]);
    if (!joined) return std::nullopt;
    total = *joined;
    // Keeps the next step within 64 bits.
    if (!contents_in_range({total}, INT32)) return std::nullopt;
  }
  return contents_in_range({total}, node.dtype(0));
}

Results infer_cumsum(const OpView& node, ir::DimContext& dims) {
  const ir::Shape& shape = node.shape(0);
  if (shape.is_ranked()) {
    const auto axes = axes_of(node, 1, shape.rank());
    if (!axes) return tl::unexpected(axes.error());
  }
  return same_as_operand(node, dims);
}

template <class T>
void cumulate(const tflite::CumsumOptionsT& options, const AxisSplit& split, std::span<const T> x,
              std::span<T> y) {
  for (std::int64_t outer = 0; outer < split.outer; ++outer) {
    for (std::int64_t inner = 0; inner < split.inner; ++inner) {
      Total<T> total = 0;
      for (std::int64_t k = 0; k < split.size; ++k) {
        const std::int64_t place = options.reverse ? split.size - 1 - k : k;
        const auto at =
            static_cast<std::size_t>((outer * split.size + place) * split.inner + inner);
        const Total<T> before = total;
        total += static_cast<Total<T>>(x[at]);
        y[at] = static_cast<T>(static_cast<Wide<T>>(options.exclusive ? before : total));
      }
    }
  }
}

bool fold_cumsum(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto axes = integers_of(in[1]);
  if (axes.size() != 1) return false;
  const auto axis = normalized_axis(axes[0], static_cast<int>(in[0].shape.size()));
  if (!axis) return false;
  const AxisSplit split = split_at(in[0].shape, *axis);
  return with_number(in[0].dtype, [&]<class T>(Element<T>) {
    cumulate<T>(node.as<tflite::CumsumOptionsT>(), split, in[0].data<T>(), out[0].data<T>());
    return true;
  });
}

std::vector<OperandSpec> tensor_and_axes(DTypeSet dtypes, DTypeSet quantized = {}) {
  return {{.name = "x", .dtypes = dtypes, .quantized = quantized},
          {.name = "axes", .dtypes = {INT32}, .max_rank = 1}};
}

constexpr DTypeSet kSummed = {FLOAT32, INT32, INT64, UINT8, INT8, INT16};

}  // namespace

std::span<const OpInfo> reduce_family() {
  static const OpInfo family[] = {
      {.op = Op::SUM,
       .operands = tensor_and_axes(kSummed, kQuantizedTypes),
       .infer = infer_reduce,
       .fold = fold_reduce<Sum>,
       .contents = contents_of_reduction<dim_add>,
       .layout = Layout::axes_operand,
       .versions = {{first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.10.0", "1.15.0"},
       .macs = macs_of_operand},
      {.op = Op::MEAN,
       .operands = tensor_and_axes(kSummed, kQuantizedTypes),
       .infer = infer_reduce,
       .fold = fold_reduce<Mean>,
       .layout = Layout::axes_operand,
       .versions = {{first_is<INT16>, 3}, {first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.6.0", "1.14.0", "2.4.0"},
       .macs = macs_of_operand},
      {.op = Op::REDUCE_MAX,
       .operands = tensor_and_axes(kSummed),
       .infer = infer_extreme,
       .fold = fold_reduce<Max>,
       .contents = contents_of_reduction<dim_max>,
       .layout = Layout::axes_operand,
       .versions = {{first_is<INT16>, 3}, {first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.11.0", "1.14.0", "2.5.0"},
       .macs = macs_of_operand},
      {.op = Op::REDUCE_MIN,
       .operands = tensor_and_axes(kSummed),
       .infer = infer_extreme,
       .fold = fold_reduce<Min>,
       .contents = contents_of_reduction<dim_min>,
       .layout = Layout::axes_operand,
       .versions = {{first_is<INT16>, 3}, {first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.11.0", "1.14.0", "2.5.0"},
       .macs = macs_of_operand},
      {.op = Op::REDUCE_PROD,
       .operands = tensor_and_axes({FLOAT32, INT32, INT64, INT8, INT16}, {INT8, INT16}),
       .infer = infer_reduce,
       .fold = fold_reduce<Product>,
       .contents = contents_of_reduction<dim_mul>,
       .layout = Layout::axes_operand,
       .versions = {{first_is<INT8, INT16>, 2}, {nullptr, 1}},
       .min_runtime = {"1.11.0", "2.6.0"},
       .macs = macs_of_operand},
      {.op = Op::REDUCE_ANY,
       .operands = tensor_and_axes({BOOL}),
       .infer = infer_reduce,
       .fold = fold_reduce<Any>,
       .contents = contents_of_reduction<dim_max>,
       .layout = Layout::axes_operand,
       .min_runtime = {"1.11.0"},
       .macs = macs_of_operand},
      {.op = Op::REDUCE_ALL,
       .operands = tensor_and_axes({BOOL}),
       .infer = infer_reduce,
       .fold = fold_reduce<All>,
       .contents = contents_of_reduction<dim_min>,
       .layout = Layout::axes_operand,
       .min_runtime = {"2.6.0"},
       .macs = macs_of_operand},
      {.op = Op::CUMSUM,
       .operands = {{.name = "x", .dtypes = {FLOAT32, INT32, INT64}, .min_rank = 1},
                    {.name = "axis", .dtypes = {INT32}, .max_rank = 1}},
       .infer = infer_cumsum,
       .fold = fold_cumsum,
       .layout = Layout::axes_operand,
       .min_runtime = {"2.4.0"}},
  };
  return family;
}

}  // namespace litecast::ops
