// Reductions of the rows that share a segment number.
#include "ops/families.h"
#include "ops/fold.h"
#include "ops/infer.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;
using Kind = LimitViolation::Kind;

// More segments than this are only hostile: the kernels count them in 32 bits.
constexpr std::int64_t kMostSegments = std::numeric_limits<std::int32_t>::max();

// The count of segments, then what the numbers leave of the data's shape.
ir::Shape segments_shape(const OpView& node, ir::Dim count) {
  const ir::Shape& data = node.shape(0);
  const ir::Shape& ids = node.shape(1);
  if (!data.is_ranked() || !ids.is_ranked()) return ir::Shape::unranked();
  std::vector<ir::Dim> sizes = {count};
  for (int i = ids.rank(); i < data.rank(); ++i) sizes.push_back(data[i]);
  return ir::Shape(std::move(sizes));
}

// The numbers stand for the leading axes of the data.
std::optional<LimitViolation> check_ids(const OpView& node) {
  const ir::Shape& data = node.shape(0);
  const ir::Shape& ids = node.shape(1);
  if (!data.is_ranked() || !ids.is_ranked()) return std::nullopt;
  bool fits = ids.rank() <= data.rank();
  for (int i = 0; fits && i < ids.rank(); ++i)
    fits = ids[i] == data[i] || !ids[i].is_constant() || !data[i].is_constant();
  if (fits) return std::nullopt;
  return LimitViolation{Kind::shape, 1,
                        std::string(ir::name(node.op)) +
                            " takes segment numbers for leading axes of the data, not " +
                            ir::to_string(ids) + " for " + ir::to_string(data)};
}

Results infer_segment_sum(const OpView& node, ir::DimContext& dims) {
  if (auto bad = check_ids(node)) return tl::unexpected(*bad);
  ir::Dim count = dims.fresh("segments");
  if (const auto ids = node.integers(1)) {
    const std::int64_t last = ids->empty() ? -1 : ids->back();
    if (last < -1 || last >= kMostSegments)
      return violation(Kind::shape, 1, "SEGMENT_SUM takes segment numbers from zero on");
    std::int64_t previous = -1;
    for (const std::int64_t id : *ids) {
      const bool follows = id == previous + 1 || (id == previous && id >= 0);
      if (!follows)
        return violation(Kind::shape, 1,
                         "SEGMENT_SUM takes ascending segments from zero on without a gap");
      previous = id;
    }
    count = last + 1;
  }
  return one_result(node.dtype(0), segments_shape(node, count));
}

Results infer_unsorted(const OpView& node, ir::DimContext& dims) {
  if (auto bad = check_ids(node)) return tl::unexpected(*bad);
  ir::Dim count = dims.fresh("segments");
  if (const auto given = node.dims(2)) {
    const bool fits = given->size() == 1 &&
                      (!given->front().is_constant() ||
                       (given->front().value() >= 0 && given->front().value() <= kMostSegments));
    if (!fits)
      return violation(Kind::shape, 2,
                       std::string(ir::name(node.op)) + " takes one count of segments");
    count = given->front();
  }
  return one_result(node.dtype(0), segments_shape(node, count));
}

struct SegmentSum {
  template <class T>
  static T initial() {
    return T{0};
  }
  template <class T>
  static T join(T total, T x) {
    return wrapping(total, x, [](auto a, auto b) { return a + b; });
  }
};

struct SegmentProduct {
  template <class T>
  static T initial() {
    return T{1};
  }
  template <class T>
  static T join(T total, T x) {
    return wrapping(total, x, [](auto a, auto b) { return a * b; });
  }
};

// A segment without rows holds the value that any other beats.
struct SegmentMax {
  template <class T>
  static T initial() {
    return std::numeric_limits<T>::lowest();
  }
  template <class T>
  static T join(T best, T x) {
    return x > best || x != x ? x : best;
  }
};

struct SegmentMin {
  template <class T>
  static T initial() {
    return std::numeric_limits<T>::max();
  }
  template <class T>
  static T join(T best, T x) {
    return x < best || x != x ? x : best;
  }
};

// Rows with a negative number belong nowhere.
template <class Reduction>
bool fold_segments(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto ids = integers_of(in[1]);
  if (out[0].shape.empty() || ids.empty()) return false;
  const std::int64_t count = out[0].shape[0];
  return with_number(in[0].dtype, [&]<class T>(Element<T>) {
    const auto data = in[0].data<T>();
    const auto result = out[0].data<T>();
    std::fill(result.begin(), result.end(), Reduction::template initial<T>());
    const std::size_t row = data.size() / ids.size();
    if (row * ids.size() != data.size() || row * static_cast<std::size_t>(count) != result.size())
      return false;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] < 0) continue;
      if (ids[i] >= count) return false;
      T* total = result.data() + static_cast<std::size_t>(ids[i]) * row;
      for (std::size_t k = 0; k < row; ++k)
        total[k] = Reduction::template join<T>(total[k], data[i * row + k]);
    }
    return true;
  });
}

bool fold_segment_sum(const OpView& node, std::span<const HostTensor> in,
                      std::span<HostTensor> out) {
  const auto ids = integers_of(in[1]);
  if (!std::is_sorted(ids.begin(), ids.end())) return false;
  return fold_segments<SegmentSum>(node, in, out);
}

std::int64_t macs_of_data(const OpView& node) {
  return node.shape(0).elements().constant().value_or(0);
}

constexpr DTypeSet kSegmentData = {FLOAT32, INT32};

std::vector<OperandSpec> unsorted() {
  return {{.name = "data", .dtypes = kSegmentData},
          {.name = "segment_ids", .dtypes = {INT32}},
          {.name = "num_segments", .dtypes = {INT32}, .max_rank = 1}};
}

}  // namespace

std::span<const OpInfo> segment_family() {
  static const OpInfo family[] = {
      {.op = Op::SEGMENT_SUM,
       .operands = {{.name = "data", .dtypes = kSegmentData, .min_rank = 1},
                    {.name = "segment_ids", .dtypes = {INT32}, .min_rank = 1, .max_rank = 1}},
       .infer = infer_segment_sum,
       .fold = fold_segment_sum,
       .min_runtime = {"2.2.0"},
       .macs = macs_of_data},
      {.op = Op::UNSORTED_SEGMENT_SUM,
       .operands = unsorted(),
       .infer = infer_unsorted,
       .fold = fold_segments<SegmentSum>,
       .min_runtime = {"2.10.0"},
       .macs = macs_of_data},
      {.op = Op::UNSORTED_SEGMENT_PROD,
       .operands = unsorted(),
       .infer = infer_unsorted,
       .fold = fold_segments<SegmentProduct>,
       .min_runtime = {"2.10.0"},
       .macs = macs_of_data},
      {.op = Op::UNSORTED_SEGMENT_MAX,
       .operands = unsorted(),
       .infer = infer_unsorted,
       .fold = fold_segments<SegmentMax>,
       .min_runtime = {"2.10.0"},
       .macs = macs_of_data},
      {.op = Op::UNSORTED_SEGMENT_MIN,
       .operands = unsorted(),
       .infer = infer_unsorted,
       .fold = fold_segments<SegmentMin>,
       .min_runtime = {"2.11.0"},
       .macs = macs_of_data},
  };
  return family;
}

}  // namespace litecast::ops
