// Labels from the scores that a network gives them step by step.
#include "emit/gather.h"
#include "emit/precision.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

// x[T, …] a step later, with `first` before.
Value* delayed(Emitter& e, Value* x, Value* first) {
  const Dim steps = x->shape()[0], batch = x->shape()[1];
  const std::int64_t begin[] = {0, 0};
  const Dim size[] = {steps - Dim(1), batch};
  Value* before = emit::fill(e, Shape{1, batch}, first);
  return emit::concat(e, {before, emit::slice(e, x, begin, size)}, 0);
}

// Which of labels[T, B] within the sequences are no blanks, and where it is asked no repetitions.
Value* is_kept(RuleContext& c, Value* labels, Value* within, Dim classes) {
  Value* blank = c.e.scalar_i32(c.attr_int("blank_index"));
  if (c.attr_int("blank_index") < 0) blank = emit::add(c.e, emit::dim_value(c.e, classes), blank);
  Value* kept =
      emit::binary(c.e, Op::LOGICAL_AND, within, emit::binary(c.e, Op::NOT_EQUAL, labels, blank));
  if (!c.attr_bool("merge_repeated")) return kept;
  Value* changes =
      emit::binary(c.e, Op::NOT_EQUAL, labels, delayed(c.e, labels, c.e.scalar_i32(-1)));
  return emit::binary(c.e, Op::LOGICAL_AND, kept, changes);
}

Value* column_sums(Emitter& e, Value* x, Op op = Op::SUM) {
  const int steps = 0;
  return emit::reduce(e, op, x, {&steps, 1}, false);
}

// The best label of each step, without repetitions and blanks, as a sparse tensor.
void ctc_greedy_decoder(RuleContext& c) {
  Emitter& e = c.e;
  if (emit::rank_of(c.input(0)) != 3) throw Unsupported("scores of another rank than 3");
  if (c.input(0)->dtype() == DType::FLOAT64)
    throw Unsupported("the kernels compute nothing in float64", "compute in float32 (tf.cast)");
  Value* scores = emit::cast(e, c.input(0), DType::FLOAT32);
  const Dim steps = scores->shape()[0];
  const int classes = 2, last = 1;
  Value* labels = e.add(Op::ARG_MAX, {scores, e.scalar_i32(classes)},
                        tflite::ArgMaxOptionsT{.output_type = DType::INT32});
  Value* step = emit::expand_dims(e, emit::iota(e, steps), {&last, 1});
  Value* within = emit::binary(e, Op::LESS, step, c.input(1));
  Value* kept = is_kept(c, labels, within, scores->shape()[classes]);

  constexpr int kBatchFirst[] = {1, 0};
  Value* by_row = emit::transpose(e, kept, kBatchFirst);
  Value* places = e.add(Op::WHERE, {by_row});
  Value* ones = emit::cast(e, by_row, DType::INT32);
  Value* ranks =
      e.add(Op::CUMSUM, {ones, e.scalar_i32(last)}, tflite::CumsumOptionsT{.exclusive = true});
  const auto at_places = [&](Value* x) {
    return emit::cast(e, emit::gather_nd(e, x, places), DType::INT64);
  };
  Value* rows = e.add(Op::GATHER, {places, e.i32({0})}, tflite::GatherOptionsT{.axis = 1});
  Value* rank = emit::expand_dims(e, at_places(ranks), {&last, 1});
  c.output(0, emit::concat(e, {emit::cast(e, rows, DType::INT64), rank}, 1));
  c.output(1, at_places(emit::transpose(e, labels, kBatchFirst)));

  Value* counts = column_sums(e, emit::cast(e, kept, DType::INT32));
  Value* longest = emit::reshape(e, column_sums(e, counts, Op::REDUCE_MAX), Shape{1});
  Value* batch = emit::shape_value(e, std::vector{scores->shape()[1]});
  c.output(2, emit::cast(e, emit::concat(e, {batch, longest}, 0), DType::INT64));

  Value* best = emit::reduce(e, Op::REDUCE_MAX, scores, {&classes, 1}, false);
  Value* sum = column_sums(e, emit::select(e, within, best, emit::f32(e, 0)));
  Value* log = emit::expand_dims(e, emit::unary(e, Op::NEG, sum), {&last, 1});
  c.output(3, emit::cast(e, log, c.input(0)->dtype()));
}

constexpr Rule kDecodingRules[] = {
    {"CTCGreedyDecoder", ctc_greedy_decoder},
};

}  // namespace

std::span<const Rule> decoding() { return kDecodingRules; }

}  // namespace litecast::tensorflow::rules
