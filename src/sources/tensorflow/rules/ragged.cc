// Ragged tensors: rows of different lengths one after the other, and where each of them ends.
#include "emit/gather.h"
#include "emit/scatter.h"
#include "emit/segment.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

constexpr int kFirst = 0, kLast = 1;

// Entries [from, end − trim) of a vector.
Value* stretch(Emitter& e, Value* vector, std::int64_t from, std::int64_t trim) {
  const Dim size = vector->shape()[0] - Dim(from + trim);
  return emit::slice(e, vector, std::vector{from}, std::vector{size});
}

void check_vector(const Value* x) {
  if (!x->shape().is_ranked() || x->shape().rank() != 1)
    throw Unsupported("a partition of rows must be a vector");
}

// All i32[rows].
struct Rows {
  Value* begins;
  Value* lengths;
};

Rows rows_of_splits(Emitter& e, Value* splits) {
  check_vector(splits);
  splits = emit::cast(e, splits, DType::INT32);
  Value* begins = stretch(e, splits, 0, 1);
  return {begins, emit::sub(e, stretch(e, splits, 1, 0), begins)};
}

Rows rows_of_ids(Emitter& e, Value* ids, Value* count) {
  check_vector(ids);
  ids = emit::cast(e, ids, DType::INT32);
  Value* lengths = emit::segment_sizes(e, ids, count, DType::INT32);
  return {emit::running_sum(e, lengths, true), lengths};
}

// The row of each element, and how many elements of the row come before it: i32[total].
struct Elements {
  Value* splits;  // i32[rows + 1]
  Value* row;
  Value* offset;
};

Elements elements_of(Emitter& e, Value* lengths) {
  Elements elements;
  elements.splits = emit::concat(e, {e.i32({0}), emit::running_sum(e, lengths, false)}, 0);
  Value* total = emit::reduce(e, Op::SUM, lengths, {&kFirst, 1}, false);
  // Each row but the first adds one to the numbers from its begin on. A row that begins behind all
  // elements does so beyond the end.
  Value* begins = stretch(e, elements.splits, 1, 1);
  Value* ones = emit::fill(e, begins->shape(), e.scalar_i32(1));
  Value* size = emit::reshape(e, emit::add(e, total, e.scalar_i32(1)), Shape{1});
  Value* steps = emit::scatter_nd(e, emit::expand_dims(e, begins, {&kLast, 1}), ones, size);
  Value* numbers = emit::running_sum(e, steps, false);
  Value* places = e.add(Op::RANGE, {e.scalar_i32(0), total, e.scalar_i32(1)});
  elements.row = emit::gather(e, numbers, places, 0);
  elements.offset = emit::sub(e, places, emit::gather(e, elements.splits, elements.row, 0));
  return elements;
}

// ⌈|limit − start| / |delta|⌉ where delta leads from start to limit, else 0.
Value* range_lengths(Emitter& e, Value* start, Value* limit, Value* delta) {
  Value* distance = emit::sub(e, limit, start);
  Value* zero = e.scalar(delta->dtype(), 0);
  if (!ir::is_integer(delta->dtype())) {
    Value* steps = emit::unary(e, Op::CEIL, emit::div(e, distance, delta));
    return emit::cast(e, emit::max(e, steps, zero), DType::INT32);
  }
  // Rounding up is rounding down of the negative.
  Value* steps = emit::binary(e, Op::FLOOR_DIV, emit::unary(e, Op::NEG, distance), delta);
  return emit::cast(e, emit::max(e, emit::unary(e, Op::NEG, steps), zero), DType::INT32);
}

void ragged_range(RuleContext& c) {
  Emitter& e = c.e;
  Shape shape = Shape{1};
  for (int i = 0; i < 3; ++i)
    if (emit::rank_of(c.input(i)) == 1) shape = c.input(i)->shape();
  Value* starts = emit::broadcast_to(e, c.input(0), shape);
  Value* deltas = emit::broadcast_to(e, c.input(2), shape);
  const Elements elements =
      elements_of(e, range_lengths(e, starts, emit::broadcast_to(e, c.input(1), shape), deltas));
  Value* offset = emit::cast(e, elements.offset, starts->dtype());
  Value* grown = emit::mul(e, offset, emit::gather(e, deltas, elements.row, 0));
  c.output(0, emit::cast(e, elements.splits, c.attr_type("Tsplits")));
  c.output(1, emit::add(e, emit::gather(e, starts, elements.row, 0), grown));
}

// The number of columns: a known one, or the length of the longest row.
Value* column_count(Emitter& e, Value* lengths, std::int64_t wanted) {
  if (wanted >= 0) return e.scalar_i32(wanted);
  Value* longest = emit::reduce(e, Op::REDUCE_MAX, lengths, {&kFirst, 1}, false);
  return emit::max(e, longest, e.scalar_i32(0));
}

// values[n, inner…] → [rows, columns, inner…]; `filling` stands behind the end of a row.
Value* dense_rows(Emitter& e, Value* values, const Rows& rows, std::int64_t columns,
                  Value* filling) {
  Value* offsets = columns >= 0
                       ? emit::iota(e, columns)
                       : e.add(Op::RANGE, {e.scalar_i32(0), column_count(e, rows.lengths, columns),
                                           e.scalar_i32(1)});
  const auto column = [&](Value* v) { return emit::expand_dims(e, v, {&kLast, 1}); };
  Value* inside = emit::binary(e, Op::LESS, offsets, column(rows.lengths));
  Value* places = emit::add(e, column(rows.begins), offsets);
  // The filling is one more row.
  places = emit::select(e, inside, places, emit::dim_value(e, values->shape()[0]));
  std::vector<Dim> one_row = values->shape().dims();
  one_row[0] = 1;
  Value* more = emit::broadcast_to(e, filling, Shape(std::move(one_row)));
  return emit::gather(e, emit::concat(e, {values, more}, 0), places, 0);
}

Rows partition(RuleContext& c, const std::vector<std::string>& types, std::size_t level) {
  Value* tensor = c.input(3 + static_cast<int>(level));
  if (types[level] == "ROW_SPLITS") return rows_of_splits(c.e, tensor);
  if (types[level] != "VALUE_ROWIDS" || level == 0)
    throw Unsupported("rows of a ragged tensor that are given by " + types[level]);
  Value* above = c.input(2 + static_cast<int>(level));
  if (types[level - 1] == "FIRST_DIM_SIZE")
    return rows_of_ids(c.e, tensor,
                       emit::reshape(c.e, emit::cast(c.e, above, DType::INT32), Shape{}));
  if (types[level - 1] != "VALUE_ROWIDS")
    throw Unsupported("a ragged tensor whose partitions are of several kinds");
  return rows_of_ids(c.e, tensor, emit::dim_value(c.e, above->shape()[0]));
}

// From the innermost rows outwards.
void ragged_tensor_to_tensor(RuleContext& c) {
  Emitter& e = c.e;
  const auto types = c.attr_strings("row_partition_types");
  const auto shape = c.constant_integers(0, "the shape of the tensor");
  Value* dense = c.input(1);
  if (static_cast<int>(types.size()) + 3 != c.input_count())
    throw Unsupported("partitions and their kinds differ in number");
  emit::rank_of(dense);
  const bool sized = !types.empty() && types[0] == "FIRST_DIM_SIZE";
  const std::size_t levels = types.size() - (sized ? 1 : 0);
  for (std::size_t level = levels; level-- > 0;) {
    const std::int64_t columns = level + 1 < shape.size() ? shape[level + 1] : -1;
    const Rows rows = partition(c, types, level + (sized ? 1 : 0));
    dense = dense_rows(e, dense, rows, columns, c.input(2));
  }
  if (!shape.empty() && shape[0] >= 0 && dense->shape()[0] != Dim(shape[0]))
    throw Unsupported("a number of rows that is not that of the ragged tensor");
  c.output(dense);
}

// Only of two axes, one of them ragged.
void check_rank_one(RuleContext& c, const char* attribute) {
  if (c.attr_int(attribute) != 1)
    throw Unsupported("a ragged tensor with several ragged axes", "flatten its inner rows first");
}

void ragged_gather(RuleContext& c) {
  Emitter& e = c.e;
  check_rank_one(c, "PARAMS_RAGGED_RANK");
  Value* indices = c.input(2);
  check_vector(indices);
  const Rows rows = rows_of_splits(e, c.input(0));
  const Elements elements = elements_of(e, emit::gather(e, rows.lengths, indices, 0));
  Value* begins = emit::gather(e, emit::gather(e, rows.begins, indices, 0), elements.row, 0);
  c.output(0, emit::cast(e, elements.splits, c.attr_type("Tsplits")));
  c.output(1, emit::gather(e, c.input(1), emit::add(e, begins, elements.offset), 0));
}

void ragged_tensor_to_sparse(RuleContext& c) {
  Emitter& e = c.e;
  check_rank_one(c, "RAGGED_RANK");
  check_vector(c.input(1));
  const Rows rows = rows_of_splits(e, c.input(0));
  const Elements elements = elements_of(e, rows.lengths);
  Value* indices = emit::concat(e,
                                {emit::expand_dims(e, elements.row, {&kLast, 1}),
                                 emit::expand_dims(e, elements.offset, {&kLast, 1})},
                                1);
  Value* columns = emit::reshape(e, column_count(e, rows.lengths, -1), Shape{1});
  Value* count = emit::shape_value(e, std::vector{rows.lengths->shape()[0]});
  c.output(0, emit::cast(e, indices, DType::INT64));
  c.output(1, c.input(1));
  c.output(2, emit::cast(e, emit::concat(e, {count, columns}, 0), DType::INT64));
}

constexpr Rule kRaggedRules[] = {
    {"RaggedGather", ragged_gather},
    {"RaggedRange", ragged_range},
    {"RaggedTensorToSparse", ragged_tensor_to_sparse},
    {"RaggedTensorToTensor", ragged_tensor_to_tensor},
};

}  // namespace

std::span<const Rule> ragged() { return kRaggedRules; }

}  // namespace litecast::tensorflow::rules
