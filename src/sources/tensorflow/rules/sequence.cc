// Ops that search in tensors, and whose results' sizes data decide.
#include "emit/gather.h"
#include "emit/scatter.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

Value* where(Emitter& e, Value* condition) {
  if (Value* places = e.try_add(Op::WHERE, {condition})) return places;
  Value* zero = e.scalar(condition->dtype(), 0);
  return e.add(Op::WHERE, {emit::binary(e, Op::NOT_EQUAL, condition, zero)});
}

void where_rule(RuleContext& c) { c.output(where(c.e, c.input(0))); }

struct Distinct {
  Value* values;
  Value* indices;  // which of them each element is
};

// Types that the kernel lacks are told apart as int64.
Distinct distinct(Emitter& e, Value* x, DType index_type) {
  if (!x->shape().is_ranked() || x->shape().rank() != 1)
    throw Unsupported("the runtime finds distinct elements of vectors only",
                      "flatten the tensor first");
  const tflite::UniqueOptionsT options{.idx_out_type = index_type};
  if (auto made = e.attempt(Op::UNIQUE, {x}, options)) return {made->at(0), made->at(1)};
  // The bits of float64: fractions would be cut off.
  const auto convert = x->dtype() == DType::FLOAT64 ? emit::bitcast : emit::cast;
  const auto made = e.add_all(Op::UNIQUE, {convert(e, x, DType::INT64)}, options);
  return {convert(e, made.at(0), x->dtype()), made.at(1)};
}

Distinct output_distinct(RuleContext& c, DType index_type) {
  const Distinct found = distinct(c.e, c.input(0), index_type);
  c.output(0, found.values);
  c.output(1, emit::cast(c.e, found.indices, c.attr_type("out_idx")));
  return found;
}

void unique(RuleContext& c) { output_distinct(c, c.attr_type("out_idx")); }

// Indices that elements are counted by must be int32.
void unique_with_counts(RuleContext& c) {
  const Distinct found = output_distinct(c, DType::INT32);
  Value* count = emit::dim_value(c.e, found.values->shape()[0]);
  Value* counts = emit::segment_sizes(c.e, found.indices, count, DType::INT32);
  c.output(2, emit::cast(c.e, counts, c.attr_type("out_idx")));
}

// Rows whose partition has that number, in order.
void dynamic_partition(RuleContext& c) {
  const std::int64_t count = c.attr_int("num_partitions");
  for (std::int64_t i = 0; i < count; ++i) {
    Value* chosen = emit::binary(c.e, Op::EQUAL, c.input(1), c.e.scalar_i32(i));
    c.output(static_cast<int>(i), emit::gather_nd(c.e, c.input(0), where(c.e, chosen)));
  }
}

// Elements of x that y lacks.
void list_diff(RuleContext& c) {
  Value* x = c.input(0);
  const int last = 1, first = 0;
  Value* equal = emit::binary(c.e, Op::EQUAL, emit::expand_dims(c.e, x, {&last, 1}),
                              emit::expand_dims(c.e, c.input(1), {&first, 1}));
  Value* found = emit::reduce(c.e, Op::REDUCE_ANY, equal, {&last, 1}, false);
  Value* places = where(c.e, emit::unary(c.e, Op::LOGICAL_NOT, found));
  c.output(0, emit::gather_nd(c.e, x, places));
  c.output(1, emit::cast(c.e, emit::squeeze(c.e, places, {&last, 1}), c.attr_type("out_idx")));
}

// How many of the sorted elements in the same row come before each value.
template <Op comes_before>
void search_sorted(RuleContext& c) {
  const int middle = 1, last = 2;
  Value* sorted = emit::expand_dims(c.e, c.input(0), {&middle, 1});
  Value* values = emit::expand_dims(c.e, c.input(1), {&last, 1});
  Value* before = emit::binary(c.e, comes_before, sorted, values);
  Value* count =
      emit::reduce(c.e, Op::SUM, emit::cast(c.e, before, DType::INT32), {&last, 1}, false);
  c.output(emit::cast(c.e, count, c.attr_type("out_type")));
}

void bucketize(RuleContext& c) {
  tflite::BucketizeOptionsT options;
  options.boundaries = c.attr_floats("boundaries");
  c.output(c.e.add(Op::BUCKETIZE, {c.input(0)}, std::move(options)));
}

constexpr Rule kSequenceRules[] = {
    {"Bucketize", bucketize},
    {"DynamicPartition", dynamic_partition},
    {"ListDiff", list_diff},
    {"LowerBound", search_sorted<Op::LESS>},
    {"Unique", unique},
    {"UniqueV2", unique},
    {"UniqueWithCounts", unique_with_counts},
    {"UniqueWithCountsV2", unique_with_counts},
    {"UpperBound", search_sorted<Op::LESS_EQUAL>},
    {"Where", where_rule},
};

}  // namespace

std::span<const Rule> sequence() { return kSequenceRules; }

}  // namespace litecast::tensorflow::rules
