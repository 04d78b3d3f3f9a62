#include "emit/scatter.h"

#include "emit/gather.h"
#include "emit/movement.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

void scatter_nd(RuleContext& c) {
  Value* shape = emit::cast(c.e, c.input(2), DType::INT32);
  c.output(emit::scatter_nd(c.e, c.input(0), c.input(1), shape));
}

void update(RuleContext& c) {
  c.output(emit::scatter_update(c.e, c.input(0), c.input(1), c.input(2)));
}

template <Op op>
void accumulate(RuleContext& c) {
  Value* x = c.input(0);
  Value* shape = emit::shape_value(c.e, x->shape().dims());
  Value* sums = emit::scatter_nd(c.e, c.input(1), c.input(2), shape);
  c.output(emit::binary(c.e, op, x, sums));
}

template <Op op>
void extreme(RuleContext& c) {
  c.output(emit::scatter_extreme(c.e, op, c.input(0), c.input(1), c.input(2)));
}

void invert_permutation(RuleContext& c) {
  Value* x = c.input(0);
  const DType dtype = x->dtype();
  const Dim count = x->shape()[0];
  const int last = -1;
  Value* places = emit::expand_dims(c.e, emit::cast(c.e, x, DType::INT32), {&last, 1});
  Value* inverse = emit::scatter_nd(c.e, places, emit::iota(c.e, count),
                                    emit::shape_value(c.e, std::vector{count}));
  c.output(emit::cast(c.e, inverse, dtype));
}

void sparse_to_dense(RuleContext& c) {
  c.output(
      emit::move(c.e, Op::SPARSE_TO_DENSE, {c.input(0), c.input(1), c.input(2), c.input(3)}, 2));
}

// Row numbers of the inplace ops, which count around: a column of indices.
Value* row_indices(RuleContext& c) {
  Value* rows = emit::cast(c.e, c.input(1), DType::INT32);
  rows = emit::reshape(c.e, rows, Shape{rows->shape().elements(), 1});
  Value* count = emit::dim_value(c.e, c.input(0)->shape()[0]);
  return emit::binary(c.e, Op::FLOOR_MOD, rows, count);
}

void inplace_update(RuleContext& c) {
  c.output(emit::scatter_update(c.e, c.input(0), row_indices(c), c.input(2)));
}

template <Op op>
void inplace_accumulate(RuleContext& c) {
  Value* x = c.input(0);
  Value* shape = emit::shape_value(c.e, x->shape().dims());
  Value* sums = emit::scatter_nd(c.e, row_indices(c), c.input(2), shape);
  c.output(emit::binary(c.e, op, x, sums));
}

// Data as rows, one for each index.
Value* as_rows(Emitter& e, Value* data, const Value* indices) {
  std::vector<Dim> dims = {indices->shape().elements()};
  dims.insert(dims.end(), data->shape().dims().begin() + indices->shape().rank(),
              data->shape().dims().end());
  return emit::reshape(e, data, Shape(std::move(dims)));
}

// Where each row of the result comes from; a later one wins.
std::vector<std::int64_t> sources_of(const std::vector<std::int64_t>& places) {
  std::int64_t count = 0;
  for (std::int64_t place : places) count = std::max(count, place + 1);
  if (count > static_cast<std::int64_t>(places.size()))
    throw Unsupported("the indices of a stitch leave places open");
  std::vector<std::int64_t> sources(static_cast<std::size_t>(count), 0);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i] < 0) throw Unsupported("an index of a stitch is negative");
    sources[static_cast<std::size_t>(places[i])] = static_cast<std::int64_t>(i);
  }
  return sources;
}

Value* sources_at_run_time(Emitter& e, Value* places) {
  const int axis = 0;
  Value* highest = emit::reduce(e, Op::REDUCE_MAX, places, {&axis, 1}, false);
  Value* count = emit::add(e, highest, e.scalar_i32(1));
  Value* last = e.add(Op::UNSORTED_SEGMENT_MAX, {emit::iota(e, places->shape()[0]), places, count});
  return emit::binary(e, Op::MAXIMUM, last, e.scalar_i32(0));
}

void dynamic_stitch(RuleContext& c) {
  const int count = c.input_count() / 2;
  std::vector<Value*> places, rows;
  for (int i = 0; i < count; ++i) {
    Value* indices = c.input(i);
    places.push_back(emit::reshape(c.e, indices, Shape{indices->shape().elements()}));
    rows.push_back(as_rows(c.e, c.input(count + i), indices));
  }
  Value* all_places = emit::concat(c.e, places, 0);
  const auto known = emit::known_integers(all_places);
  Value* sources = known ? c.e.i32(sources_of(*known)) : sources_at_run_time(c.e, all_places);
  c.output(emit::gather(c.e, emit::concat(c.e, rows, 0), sources, 0));
}

constexpr Rule kScatterRules[] = {
    {"DynamicStitch", dynamic_stitch},
    {"InplaceAdd", inplace_accumulate<Op::ADD>},
    {"InplaceSub", inplace_accumulate<Op::SUB>},
    {"InplaceUpdate", inplace_update},
    {"InvertPermutation", invert_permutation},
    {"ParallelDynamicStitch", dynamic_stitch},
    {"ScatterNd", scatter_nd},
    {"ScatterNdNonAliasingAdd", accumulate<Op::ADD>},
    {"SparseToDense", sparse_to_dense},
    {"TensorScatterAdd", accumulate<Op::ADD>},
    {"TensorScatterMax", extreme<Op::UNSORTED_SEGMENT_MAX>},
    {"TensorScatterMin", extreme<Op::UNSORTED_SEGMENT_MIN>},
    {"TensorScatterSub", accumulate<Op::SUB>},
    {"TensorScatterUpdate", update},
};

}  // namespace

std::span<const Rule> scatter() { return kScatterRules; }

}  // namespace litecast::tensorflow::rules
