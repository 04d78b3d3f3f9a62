// Ops that look for elements: the greatest, the distinct, the interval they fall in.
#include <algorithm>
#include <numeric>

#include "ops/families.h"
#include "ops/fold.h"
#include "ops/infer.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;
using Kind = LimitViolation::Kind;

Expected<DType> index_dtype(const OpView& node, DType dtype) {
  if (dtype == INT32 || dtype == INT64) return dtype;
  return violation(Kind::option, -1,
                   std::string(ir::name(node.op)) + " gives indices of type i32 or i64, not " +
                       std::string(ir::short_name(dtype)));
}

template <class OptionsT>
Results infer_arg(const OpView& node, ir::DimContext&) {
  const auto dtype = index_dtype(node, node.as<OptionsT>().output_type);
  if (!dtype) return tl::unexpected(dtype.error());
  const ir::Shape& shape = node.shape(0);
  if (!shape.is_ranked()) return one_result(*dtype, ir::Shape::unranked());
  const auto axes = axes_of(node, 1, shape.rank());
  if (!axes) return tl::unexpected(axes.error());
  // The axis is a single number, which the result lacks.
  if (!*axes || (*axes)->size() != 1) return one_result(*dtype, ir::Shape::unranked());
  return one_result(*dtype, reduced_shape(shape, **axes, false));
}

template <class T>
void write_index(HostTensor& out, std::size_t at, T index) {
  if (out.dtype == INT32)
    out.data<std::int32_t>()[at] = static_cast<std::int32_t>(index);
  else
    out.data<std::int64_t>()[at] = static_cast<std::int64_t>(index);
}

// The first of the best ones; NaN is never better.
template <bool greatest>
bool fold_arg(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto axes = integers_of(in[1]);
  if (axes.size() != 1) return false;
  const auto axis = normalized_axis(axes[0], static_cast<int>(in[0].shape.size()));
  if (!axis) return false;
  const AxisSplit split = split_at(in[0].shape, *axis);
  if (split.size == 0) return false;
  return with_element(in[0].dtype, [&]<class T>(Element<T>) {
    if constexpr (!is_real<T> && !std::is_same_v<T, Bool>) {
      return false;
    } else {
      const auto x = in[0].data<T>();
      for (std::int64_t o = 0; o < split.outer * split.inner; ++o) {
        const std::int64_t first = o / split.inner * split.size * split.inner + o % split.inner;
        std::int64_t best = 0;
        for (std::int64_t k = 1; k < split.size; ++k) {
          const T a = x[first + k * split.inner], b = x[first + best * split.inner];
          if (b != b || (greatest ? a > b : a < b)) best = k;
        }
        write_index(out[0], static_cast<std::size_t>(o), best);
      }
      return true;
    }
  });
}

Results infer_top_k(const OpView& node, ir::DimContext& dims) {
  const ir::Type& x = node.in(0)->type();
  const DType indices = node.dtype(1);
  const auto k = node.dims(1);
  if (k && k->size() != 1) return violation(Kind::shape, 1, "TOPK_V2 takes one number k");
  ir::Shape shape = ir::Shape::unranked();
  if (x.shape.is_ranked()) {
    const ir::Dim count = k ? k->front() : dims.fresh("k");
    const auto size = x.shape[-1].constant();
    if (count.is_constant() && (count.value() < 0 || (size && count.value() > *size))) {
      return violation(Kind::shape, 1,
                       "TOPK_V2 looks for " + ir::to_string(count) + " elements in an axis of " +
                           ir::to_string(x.shape[-1]));
    }
    std::vector<ir::Dim> sizes = x.shape.dims();
    sizes.back() = count;
    shape = ir::Shape(std::move(sizes));
  }
  return std::vector<ir::Type>{{x.dtype, shape, x.quantization}, {indices, shape}};
}

// The order of two elements, by their numbers. Not a template: kernels are made for many types.
using Before = std::function<bool(std::size_t, std::size_t)>;

std::vector<std::size_t> sorted(std::size_t count, const Before& before) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return before(a, b); });
  return order;
}

// The first element of each distinct value, and for each element the number of its value.
struct Distinct {
  std::vector<std::size_t> firsts;
  std::vector<std::size_t> value_of;
};
Distinct distinct(std::size_t count, const Before& before) {
  std::map<std::size_t, std::size_t, Before> known(before);
  Distinct result;
  for (std::size_t i = 0; i < count; ++i) {
    const auto [value, is_new] = known.try_emplace(i, result.firsts.size());
    if (is_new) result.firsts.push_back(i);
    result.value_of.push_back(value->second);
  }
  return result;
}

bool fold_top_k(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto k = integers_of(in[1]);
  const auto size = static_cast<std::size_t>(in[0].shape.back());
  if (k.size() != 1 || k[0] < 0 || static_cast<std::size_t>(k[0]) > size || out[1].dtype != INT32)
    return false;
  const auto count = static_cast<std::size_t>(k[0]);
  return with_number(in[0].dtype, [&]<class T>(Element<T>) {
    const auto x = in[0].data<T>();
    for (std::size_t row = 0; size > 0 && row < x.size() / size; ++row) {
      const auto values = x.subspan(row * size, size);
      if (std::any_of(values.begin(), values.end(), [](T value) { return value != value; }))
        return false;
      const auto order = sorted(size, [&](auto a, auto b) { return values[a] > values[b]; });
      for (std::size_t i = 0; i < count; ++i) {
        out[0].data<T>()[row * count + i] = values[order[i]];
        out[1].data<std::int32_t>()[row * count + i] = static_cast<std::int32_t>(order[i]);
      }
    }
    return true;
  });
}

Results infer_unique(const OpView& node, ir::DimContext& dims) {
  const auto indices = index_dtype(node, node.as<tflite::UniqueOptionsT>().idx_out_type);
  if (!indices) return tl::unexpected(indices.error());
  const ir::Type& x = node.in(0)->type();
  return std::vector<ir::Type>{{x.dtype, {dims.fresh("unique")}, x.quantization},
                               {*indices, x.shape}};
}

bool fold_unique(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  return with_number(in[0].dtype, [&]<class T>(Element<T>) {
    const auto x = in[0].data<T>();
    if (std::any_of(x.begin(), x.end(), [](T value) { return value != value; })) return false;
    const auto [firsts, value_of] = distinct(x.size(), [&](auto a, auto b) { return x[a] < x[b]; });
    for (std::size_t i = 0; i < x.size(); ++i) write_index(out[1], i, value_of[i]);
    std::vector<T> values;
    for (const auto first : firsts) values.push_back(x[first]);
    out[0].shape = {static_cast<std::int64_t>(values.size())};
    const auto bytes = std::as_bytes(std::span(values));
    out[0].bytes.assign(bytes.begin(), bytes.end());
    return true;
  });
}

Results infer_bucketize(const OpView& node, ir::DimContext&) {
  const auto& boundaries = node.as<tflite::BucketizeOptionsT>().boundaries;
  if (!std::is_sorted(boundaries.begin(), boundaries.end()))
    return violation(Kind::option, -1, "BUCKETIZE takes boundaries in ascending order");
  return one_result(INT32, node.shape(0));
}

bool fold_bucketize(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto& boundaries = node.as<tflite::BucketizeOptionsT>().boundaries;
  return with_number(in[0].dtype, [&]<class T>(Element<T>) {
    const auto x = in[0].data<T>();
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto bucket =
          std::upper_bound(boundaries.begin(), boundaries.end(), x[i], [](T value, float boundary) {
            return static_cast<double>(value) < static_cast<double>(boundary);
          });
      out[0].data<std::int32_t>()[i] = static_cast<std::int32_t>(bucket - boundaries.begin());
    }
    return true;
  });
}

std::vector<OperandSpec> tensor_and_axis() {
  return {{.name = "x", .dtypes = {FLOAT32, UINT8, INT8, INT32, BOOL}, .min_rank = 1},
          {.name = "axis", .dtypes = {INT32, INT64}, .max_rank = 1}};
}

}  // namespace

std::span<const OpInfo> search_family() {
  static const OpInfo family[] = {
      {.op = Op::ARG_MAX,
       .operands = tensor_and_axis(),
       .infer = infer_arg<tflite::ArgMaxOptionsT>,
       .fold = fold_arg<true>,
       .layout = Layout::axes_operand,
       .versions = {{first_is<BOOL>, 3}, {first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.9.0", "1.14.0", "2.9.0"}},
      {.op = Op::ARG_MIN,
       .operands = tensor_and_axis(),
       .infer = infer_arg<tflite::ArgMinOptionsT>,
       .fold = fold_arg<false>,
       .layout = Layout::axes_operand,
       .versions = {{first_is<BOOL>, 3}, {first_is<INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.9.0", "1.14.0", "2.9.0"}},
      {.op = Op::TOPK_V2,
       .operands = {{.name = "x",
                     .dtypes = {FLOAT32, UINT8, INT8, INT16, INT32, INT64},
                     .min_rank = 1},
                    {.name = "k", .dtypes = {INT32, INT16}, .max_rank = 1}},
       .infer = infer_top_k,
       .fold = fold_top_k,
       .versions = {{[](const OpView& node) {
                       return first_is<INT16>(node) || operand_is<1, INT16>(node) ||
                              result_is<1, INT16>(node);
                     },
                     3},
                    {first_is<INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.7.0", "1.14.0", "2.13.0"}},
      {.op = Op::UNIQUE,
       .operands = {{.name = "x",
                     .dtypes = {FLOAT32, UINT8, INT8, INT16, INT32, INT64},
                     .min_rank = 1,
                     .max_rank = 1}},
       .infer = infer_unique,
       .fold = fold_unique,
       .min_runtime = {"1.14.0"}},
      {.op = Op::BUCKETIZE,
       .operands = {{.name = "x", .dtypes = {FLOAT32, FLOAT64, INT32, INT64}}},
       .infer = infer_bucketize,
       .fold = fold_bucketize,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"2.8.0"}},
  };
  return family;
}

}  // namespace litecast::ops
