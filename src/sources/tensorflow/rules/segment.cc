// Sums and extremes over segments of rows, and histograms.
#include "emit/segment.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

template <Op op>
void unsorted(RuleContext& c) {
  c.output(emit::unsorted_segment(c.e, op, c.input(0), c.input(1), c.input(2)));
}

// Sorted segments end with the highest number.
Value* segment_count(RuleContext& c) {
  Value* ids = emit::cast(c.e, c.input(1), DType::INT32);
  Value* last = c.e.add(Op::STRIDED_SLICE, {ids, c.e.i32({-1}), c.e.i32({0}), c.e.i32({1})},
                        tflite::StridedSliceOptionsT{.shrink_axis_mask = 1});
  return emit::add(c.e, last, c.e.scalar_i32(1));
}

// How many rows each segment has, shaped to broadcast over rows of the data.
Value* members(RuleContext& c, Value* count, DType dtype) {
  return emit::segment_sizes(c.e, c.input(1), count, dtype, c.input(0)->shape().rank());
}

// The kernel of SEGMENT_SUM refuses numbers that leave one out.
void segment_sum(RuleContext& c) {
  Value* ids = emit::cast(c.e, c.input(1), DType::INT32);
  if (ids->is_constant())
    if (Value* sum = c.e.try_add(Op::SEGMENT_SUM, {c.input(0), ids})) return c.output(sum);
  c.output(
      emit::unsorted_segment(c.e, Op::UNSORTED_SEGMENT_SUM, c.input(0), ids, segment_count(c)));
}

void segment_mean(RuleContext& c) {
  Value* count = segment_count(c);
  Value* sums =
      emit::unsorted_segment(c.e, Op::UNSORTED_SEGMENT_SUM, c.input(0), c.input(1), count);
  const DType dtype = c.input(0)->dtype();
  Value* rows = members(c, count, DType::FLOAT32);
  Value* divisor = emit::max(c.e, rows, c.e.scalar(DType::FLOAT32, 1));
  c.output(emit::div(c.e, sums, emit::cast(c.e, divisor, dtype)));
}

// A segment without rows gives zero here, the extreme of the type in the kernel.
template <Op op>
void segment_extreme(RuleContext& c) {
  Value* count = segment_count(c);
  Value* best = emit::unsorted_segment(c.e, op, c.input(0), c.input(1), count);
  Value* has_rows =
      emit::binary(c.e, Op::GREATER, members(c, count, DType::INT32), c.e.scalar_i32(0));
  c.output(emit::select(c.e, has_rows, best, c.e.scalar(best->dtype(), 0)));
}

void segment_product(RuleContext& c) {
  c.output(emit::unsorted_segment(c.e, Op::UNSORTED_SEGMENT_PROD, c.input(0), c.input(1),
                                  segment_count(c)));
}

// Each number as a row with a one (or its weight) in its place, added up. Numbers beyond `size`
// have no place.
Value* histogram(RuleContext& c, Value* numbers, bool binary) {
  Value* weights = c.input(2);
  const DType dtype = weights->dtype();
  const bool weighted = weights->shape().elements() != Dim(0);
  Value* rows = c.e.add(Op::ONE_HOT,
                        {numbers, emit::cast(c.e, c.input(1), DType::INT32), c.e.scalar(dtype, 1),
                         c.e.scalar(dtype, 0)},
                        tflite::OneHotOptionsT{.axis = -1});
  const int axis = numbers->shape().rank() - 1;
  if (weighted && !binary) {
    const int last = -1;
    weights = emit::reshape(c.e, weights, numbers->shape());
    rows = emit::mul(c.e, rows, emit::expand_dims(c.e, weights, {&last, 1}));
  }
  return emit::reduce(c.e, binary ? Op::REDUCE_MAX : Op::SUM, rows, {&axis, 1}, false);
}

void bincount(RuleContext& c) {
  Value* numbers = c.input(0);
  c.output(histogram(c, emit::reshape(c.e, numbers, Shape{numbers->shape().elements()}), false));
}

void dense_bincount(RuleContext& c) {
  c.output(histogram(c, c.input(0), c.attr_bool("binary_output")));
}

constexpr Rule kSegmentRules[] = {
    {"Bincount", bincount},
    {"DenseBincount", dense_bincount},
    {"SegmentMax", segment_extreme<Op::UNSORTED_SEGMENT_MAX>},
    {"SegmentMean", segment_mean},
    {"SegmentMin", segment_extreme<Op::UNSORTED_SEGMENT_MIN>},
    {"SegmentProd", segment_product},
    {"SegmentSum", segment_sum},
    {"UnsortedSegmentMax", unsorted<Op::UNSORTED_SEGMENT_MAX>},
    {"UnsortedSegmentMin", unsorted<Op::UNSORTED_SEGMENT_MIN>},
    {"UnsortedSegmentProd", unsorted<Op::UNSORTED_SEGMENT_PROD>},
    {"UnsortedSegmentSum", unsorted<Op::UNSORTED_SEGMENT_SUM>},
};

}  // namespace

std::span<const Rule> segment() { return kSegmentRules; }

}  // namespace litecast::tensorflow::rules
