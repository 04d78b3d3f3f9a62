// Ranks and places of elements: k-th and k best ones, histograms, coordinates.
#include "emit/gather.h"
#include "emit/precision.h"
#include "emit/segment.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

using emit::binary;

// An order turned around: the largest of −1 − x, or −x of floats, is the smallest of x.
Value* turned_around(Emitter& e, Value* x) {
  if (!ir::is_integer(x->dtype())) return emit::unary(e, Op::NEG, x);
  return emit::sub(e, e.scalar(x->dtype(), -1), x);
}

// A type that TOPK_V2 and the reversal above take.
Value* sortable(Emitter& e, Value* x) {
  const DType dtype = x->dtype();
  if (dtype == DType::UINT64)
    throw Unsupported("an order of uint64, for which the runtime has no kernel", "use int64");
  if (dtype == DType::UINT32) return emit::cast(e, x, DType::INT64);
  return ir::is_integer(dtype) && ir::byte_width(dtype) < 4 ? emit::cast(e, x, DType::INT32) : x;
}

struct Best {
  Value* values;
  Value* indices;
};

// The k best along the last axis, in order.
Best best(Emitter& e, Value* x, Value* k, bool largest) {
  Value* compared = sortable(e, x);
  if (!largest) compared = turned_around(e, compared);
  const auto made = e.add_all(Op::TOPK_V2, {compared, k});
  Value* values = largest ? made.at(0) : turned_around(e, made.at(0));
  return {emit::cast(e, values, x->dtype()), made.at(1)};
}

Value* last_element(Emitter& e, Value* x) {
  const int rank = x->shape().rank();
  std::vector<std::int64_t> begin(static_cast<std::size_t>(rank), 0), ends(begin), ones(begin);
  begin.back() = -1;
  ones.assign(ones.size(), 1);
  const int others = (1 << (rank - 1)) - 1;
  const tflite::StridedSliceOptionsT options{
      .begin_mask = others, .end_mask = others, .shrink_axis_mask = 1 << (rank - 1)};
  return e.add(Op::STRIDED_SLICE, {x, e.i32(begin), e.i32(ends), e.i32(ones)}, options);
}

void nth_element(RuleContext& c) {
  if (emit::rank_of(c.input(0)) < 1) throw Unsupported("the n-th element of a scalar");
  Value* n = emit::reshape(c.e, emit::cast(c.e, c.input(1), DType::INT32), Shape{});
  Value* k = emit::add(c.e, n, c.e.scalar_i32(1));
  c.output(last_element(c.e, best(c.e, c.input(0), k, c.attr_bool("reverse")).values));
}

// The exact answer is one of those that the op allows.
void approx_top_k(RuleContext& c) {
  Value* x = c.input(0);
  const int rank = emit::rank_of(x);
  const int axis = emit::axis_of(c.attr_int("reduction_dimension"), rank);
  if (!c.attr_bool("aggregate_to_topk"))
    throw Unsupported("candidates of an approximate search that are not brought down to k",
                      "set aggregate_to_topk");
  std::vector<int> swapped;
  for (int i = 0; i < rank; ++i) swapped.push_back(i);
  std::swap(swapped[static_cast<std::size_t>(axis)], swapped.back());
  const Best found = best(c.e, emit::transpose(c.e, x, swapped), c.e.scalar_i32(c.attr_int("k")),
                          c.attr_bool("is_max_k"));
  c.output(0, emit::transpose(c.e, found.values, swapped));
  c.output(1, emit::transpose(c.e, found.indices, swapped));
}

// How many classes are more probable than the target's.
Value* rank_of_target(Emitter& e, Value* predictions, Value* target) {
  const int classes = 1;
  Value* own = emit::expand_dims(e, emit::gather(e, predictions, target, 1, 1), {&classes, 1});
  Value* better = emit::cast(e, binary(e, Op::GREATER, predictions, own), DType::INT32);
  return emit::reduce(e, Op::SUM, better, {&classes, 1}, false);
}

// No target is among the best that lies beyond the classes, or beside numbers that are not finite.
void in_top_k(RuleContext& c) {
  Emitter& e = c.e;
  Value* predictions = c.input(0);
  Value* targets = emit::cast(e, c.input(1), DType::INT32);
  Value* k =
      c.op() == "InTopK" ? e.scalar_i32(c.attr_int("k")) : emit::cast(e, c.input(2), DType::INT32);
  const int classes = 1;
  if (emit::rank_of(predictions) != 2) throw Unsupported("predictions have two axes");
  Value* last = emit::dim_value(e, predictions->shape()[1] - Dim(1));
  Value* within = emit::max(e, emit::min(e, targets, last), e.scalar_i32(0));
  Value* is_class = binary(e, Op::EQUAL, targets, within);
  Value* infinity = emit::f32(e, std::numeric_limits<double>::infinity());
  Value* finite = binary(e, Op::LESS, emit::unary(e, Op::ABS, predictions), infinity);
  Value* all_finite = emit::reduce(e, Op::REDUCE_ALL, finite, {&classes, 1}, false);
  Value* is_best = binary(e, Op::LESS, rank_of_target(e, predictions, within), k);
  c.output(binary(e, Op::LOGICAL_AND, is_best, binary(e, Op::LOGICAL_AND, is_class, all_finite)));
}

// Bins of equal width; what lies beyond the range counts in the first or the last.
void histogram_fixed_width(RuleContext& c) {
  Emitter& e = c.e;
  if (c.input(0)->dtype() == DType::FLOAT64) throw Unsupported("a histogram of float64");
  Value* values = emit::cast(e, c.input(0), DType::FLOAT32);
  Value* range = emit::cast(e, c.input(1), DType::FLOAT32);
  Value* bins = emit::reshape(e, emit::cast(e, c.input(2), DType::INT32), Shape{});
  values = emit::reshape(e, values, Shape{values->shape().elements()});
  Value* low = emit::gather(e, range, e.scalar_i32(0), 0);
  Value* width = emit::sub(e, emit::gather(e, range, e.scalar_i32(1), 0), low);
  Value* step = emit::div(e, width, emit::cast(e, bins, DType::FLOAT32));
  Value* place = emit::div(e, emit::sub(e, emit::max(e, values, low), low), step);
  Value* last = emit::sub(e, bins, e.scalar_i32(1));
  place = emit::min(e, place, emit::cast(e, last, DType::FLOAT32));
  Value* counts = emit::segment_sizes(e, emit::cast(e, place, DType::INT32), bins, DType::INT32);
  c.output(emit::cast(e, counts, c.attr_type("dtype")));
}

// Flat indices as coordinates: [rank, indices…].
void unravel_index(RuleContext& c) {
  Emitter& e = c.e;
  const auto dims = c.known_dims(1);
  if (!dims) throw Unsupported("the shape that indices belong to must be known");
  std::vector<Value*> sizes;
  for (Dim dim : *dims)
    sizes.push_back(emit::cast(e, emit::dim_value(e, dim), c.input(0)->dtype()));
  c.output(emit::coordinates(e, c.input(0), sizes, 0));
}

constexpr Rule kSearchRules[] = {
    {"ApproxTopK", approx_top_k}, {"HistogramFixedWidth", histogram_fixed_width},
    {"InTopK", in_top_k},         {"InTopKV2", in_top_k},
    {"NthElement", nth_element},  {"UnravelIndex", unravel_index},
};

}  // namespace

std::span<const Rule> search() { return kSearchRules; }

}  // namespace litecast::tensorflow::rules
