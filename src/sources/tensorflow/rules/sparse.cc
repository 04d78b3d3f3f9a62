// Sparse tensors: indices[n, rank], values[n] and a shape; and sums over rows that indices choose,
// of which embeddings of sets are made.
#include "emit/complex.h"
#include "emit/gather.h"
#include "emit/matmul.h"
#include "emit/scatter.h"
#include "emit/segment.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

// One coordinate of all indices[n, rank]: i32[n].
Value* coordinate(Emitter& e, Value* indices, std::int64_t axis) {
  const std::int64_t begin[] = {0, axis};
  const Dim size[] = {indices->shape()[0], 1};
  const int last = 1;
  return emit::cast(e, emit::squeeze(e, emit::slice(e, indices, begin, size), {&last, 1}),
                    DType::INT32);
}

void check_indices(const Value* indices) {
  if (!indices->shape().is_ranked() || indices->shape().rank() != 2 ||
      !indices->shape()[1].is_constant())
    throw Unsupported("the rank of a sparse tensor must be known");
}

Value* size_at(Emitter& e, Value* vector, std::int64_t index) {
  return emit::gather(e, emit::cast(e, vector, DType::INT32), e.scalar_i32(index), 0);
}

// Rows of b, weighted by the sparse matrix's elements, are added up by its rows.
void sparse_dense_mat_mul(RuleContext& c) {
  Emitter& e = c.e;
  Value *indices = c.input(0), *values = c.input(1), *b = c.input(3);
  check_indices(indices);
  if (emit::rank_of(b) != 2) throw Unsupported("a product of matrices has operands of rank 2");
  const std::int64_t row_axis = c.attr_bool("adjoint_a") ? 1 : 0;
  if (c.attr_bool("adjoint_a")) values = emit::conjugate(e, values);
  if (c.attr_bool("adjoint_b"))
    b = emit::conjugate(e, emit::transpose(e, b, emit::last_axes_swapped(2)));
  Value* rows = emit::gather(e, b, coordinate(e, indices, 1 - row_axis), 0);
  const int last = 1;
  Value* weighted = emit::mul(e, rows, emit::expand_dims(e, values, {&last, 1}));
  c.output(emit::unsorted_segment(e, Op::UNSORTED_SEGMENT_SUM, weighted,
                                  coordinate(e, indices, row_axis),
                                  size_at(e, c.input(2), row_axis)));
}

enum class Combiner { sum, mean, sqrt_n };

// Sorted segments end with the highest number.
Value* count_of_segments(RuleContext& c, Value* ids) {
  if (c.input_count() > 3) return emit::cast(c.e, c.input(3), DType::INT32);
  const int axis = 0;
  return emit::add(c.e, emit::reduce(c.e, Op::REDUCE_MAX, ids, {&axis, 1}, false),
                   c.e.scalar_i32(1));
}

// By how much a combiner divides each sum: f32[count], shaped for rows of a tensor of `rank`.
Value* divisor_of(Emitter& e, Combiner combiner, Value* ids, Value* count, int rank) {
  Value* rows_each = emit::segment_sizes(e, ids, count, DType::FLOAT32, rank);
  Value* divisor = emit::max(e, rows_each, e.scalar(DType::FLOAT32, 1));
  return combiner == Combiner::sqrt_n ? emit::unary(e, Op::SQRT, divisor) : divisor;
}

template <Combiner combiner>
void sparse_segment(RuleContext& c) {
  Emitter& e = c.e;
  Value* ids = emit::cast(e, c.input(2), DType::INT32);
  Value* rows = emit::gather(e, c.input(0), c.input(1), 0);
  Value* count = count_of_segments(c, ids);
  Value* sums = emit::unsorted_segment(e, Op::UNSORTED_SEGMENT_SUM, rows, ids, count);
  if (combiner == Combiner::sum) return c.output(sums);
  Value* divisor = divisor_of(e, combiner, ids, count, sums->shape().rank());
  c.output(emit::div(e, sums, emit::cast(e, divisor, sums->dtype())));
}

// Each segment's gradient goes to all rows that were added up in it. Operands: the gradient, the
// rows, the numbers of their segments, how many rows there are.
template <Combiner combiner>
void sparse_segment_grad(RuleContext& c) {
  Emitter& e = c.e;
  Value *dy = c.input(0), *ids = emit::cast(e, c.input(2), DType::INT32);
  if (combiner != Combiner::sum) {
    Value* count = emit::dim_value(e, dy->shape()[0]);
    Value* divisor = divisor_of(e, combiner, ids, count, emit::rank_of(dy));
    dy = emit::div(e, dy, emit::cast(e, divisor, dy->dtype()));
  }
  c.output(emit::unsorted_segment(e, Op::UNSORTED_SEGMENT_SUM, emit::gather(e, dy, ids, 0),
                                  c.input(1), emit::cast(e, c.input(3), DType::INT32)));
}

// The dense tensor; elements that are named twice are added.
Value* densified(RuleContext& c, Value* indices, Value* values, Value* shape) {
  return emit::scatter_nd(c.e, indices, values, emit::cast(c.e, shape, DType::INT32));
}

void sparse_dense_add(RuleContext& c) {
  Value* dense = densified(c, c.input(0), c.input(1), c.input(2));
  c.output(emit::add(c.e, c.input(3), dense));
}

void sparse_reduce_sum(RuleContext& c) {
  check_indices(c.input(0));
  Value* dense = densified(c, c.input(0), c.input(1), c.input(2));
  c.output(emit::reduce_by(c.e, Op::SUM, dense, c.input(3), c.attr_bool("keep_dims")));
}

// The values, combined with what stands in their places in a dense tensor that broadcasts.
template <Op op>
void sparse_dense_elementwise(RuleContext& c) {
  Emitter& e = c.e;
  Value *indices = c.input(0), *dense = c.input(3);
  check_indices(indices);
  const int rank = static_cast<int>(indices->shape()[1].value());
  std::vector<int> missing;
  for (int axis = emit::rank_of(dense); axis < rank; ++axis)
    missing.push_back(axis - dense->shape().rank());
  dense = emit::expand_dims(e, dense, missing);
  std::vector<std::int64_t> broadcasts;
  for (int axis = 0; axis < rank; ++axis)
    broadcasts.push_back(dense->shape()[axis] == Dim(1) ? 0 : 1);
  Value* places = emit::mul(e, emit::cast(e, indices, DType::INT32), e.i32(broadcasts));
  c.output(emit::binary(e, op, c.input(1), emit::gather_nd(e, dense, places)));
}

// How far apart elements lie that differ by one along each axis: of a shape's sizes.
std::vector<Value*> strides_of(Emitter& e, const std::vector<Value*>& sizes) {
  std::vector<Value*> strides(sizes.size());
  Value* stride = e.scalar(DType::INT64, 1);
  for (std::size_t axis = sizes.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride = emit::mul(e, stride, sizes[axis]);
  }
  return strides;
}

std::vector<Value*> elements_of(Emitter& e, Value* vector, std::int64_t count) {
  std::vector<Value*> elements;
  for (std::int64_t i = 0; i < count; ++i)
    elements.push_back(emit::gather(e, vector, e.scalar_i32(i), 0));
  return elements;
}

std::int64_t length_of(const Value* vector, const char* what) {
  if (!vector->shape().is_ranked() || vector->shape().rank() != 1 ||
      !vector->shape()[0].is_constant())
    throw Unsupported(std::string(what) + " must have a known length");
  return vector->shape()[0].value();
}

// The number of each element in row-major order: i64[n].
Value* flat_places(Emitter& e, Value* indices, Value* shape) {
  const auto strides = strides_of(e, elements_of(e, shape, length_of(shape, "a sparse shape")));
  std::vector<Value*> rows;
  const int first = 0, last = -1;
  for (Value* stride : strides) rows.push_back(emit::expand_dims(e, stride, {&first, 1}));
  Value* weighted = emit::mul(e, indices, emit::concat(e, rows, 0));
  return emit::reduce(e, Op::SUM, weighted, {&last, 1}, false);
}

// The new shape with its −1 replaced.
Value* completed(Emitter& e, Value* old_shape, Value* new_shape) {
  const int axis = 0;
  Value* open = emit::binary(e, Op::EQUAL, new_shape, e.scalar(DType::INT64, -1));
  Value* others = emit::select(e, open, e.scalar(DType::INT64, 1), new_shape);
  Value* known = emit::reduce(e, Op::REDUCE_PROD, others, {&axis, 1}, false);
  Value* whole = emit::reduce(e, Op::REDUCE_PROD, old_shape, {&axis, 1}, false);
  return emit::select(e, open, emit::binary(e, Op::FLOOR_DIV, whole, known), new_shape);
}

void sparse_reshape(RuleContext& c) {
  Emitter& e = c.e;
  Value* indices = c.input(0);
  check_indices(indices);
  Value* shape = completed(e, c.input(1), c.input(2));
  Value* places = flat_places(e, indices, c.input(1));
  const auto sizes = elements_of(e, shape, length_of(shape, "a sparse shape"));
  c.output(0, emit::coordinates(e, places, sizes, 1));
  c.output(1, shape);
}

// Row-major order.
void sparse_reorder(RuleContext& c) {
  Emitter& e = c.e;
  Value* indices = c.input(0);
  check_indices(indices);
  Value* places = flat_places(e, indices, c.input(2));
  Value* falling = emit::sub(e, e.scalar(DType::INT64, -1), places);
  Value* count = emit::dim_value(e, indices->shape()[0]);
  Value* order = e.add_all(Op::TOPK_V2, {falling, count}).at(1);
  c.output(0, emit::gather(e, indices, order, 0));
  c.output(1, emit::gather(e, c.input(1), order, 0));
}

// The elements within a box, counted from its corner.
void sparse_slice(RuleContext& c) {
  Emitter& e = c.e;
  Value *indices = c.input(0), *start = c.input(3);
  check_indices(indices);
  Value* end = emit::min(e, emit::add(e, start, c.input(4)), c.input(2));
  const int last = 1;
  Value* inside =
      emit::binary(e, Op::LOGICAL_AND, emit::binary(e, Op::GREATER_EQUAL, indices, start),
                   emit::binary(e, Op::LESS, indices, end));
  inside = emit::reduce(e, Op::REDUCE_ALL, inside, {&last, 1}, false);
  Value* chosen = e.add(Op::WHERE, {inside});
  c.output(0, emit::sub(e, emit::gather_nd(e, indices, chosen), start));
  c.output(1, emit::gather_nd(e, c.input(1), chosen));
  c.output(2, emit::sub(e, end, emit::min(e, start, c.input(2))));
}

// Where each row's entries begin once rows without any have got one.
struct FilledRows {
  Value* is_empty;    // bool[rows]
  Value* begins;      // i32[rows]
  Value* total;       // i32: how many entries there are then
  Value* new_places;  // i32[n]: where the old entries stand
};

FilledRows fill_rows(Emitter& e, Value* entry_rows, Value* row_count) {
  Value* counts = emit::segment_sizes(e, entry_rows, row_count, DType::INT32);
  FilledRows filled;
  filled.is_empty = emit::binary(e, Op::EQUAL, counts, e.scalar_i32(0));
  Value* filled_counts = emit::max(e, counts, e.scalar_i32(1));
  filled.begins = emit::running_sum(e, filled_counts, true);
  const int axis = 0;
  filled.total = emit::reduce(e, Op::SUM, filled_counts, {&axis, 1}, false);
  // An entry moves by the number of empty rows before it.
  Value* added = emit::running_sum(e, emit::cast(e, filled.is_empty, DType::INT32), false);
  Value* moved = emit::gather(e, added, entry_rows, 0);
  filled.new_places = emit::add(e, emit::iota(e, entry_rows->shape()[0]), moved);
  return filled;
}

void sparse_fill_empty_rows(RuleContext& c) {
  Emitter& e = c.e;
  Value *indices = c.input(0), *values = c.input(1);
  check_indices(indices);
  const Dim rank = indices->shape()[1];
  if (rank == Dim(0)) throw Unsupported("a sparse tensor without axes has no rows");
  const FilledRows filled = fill_rows(e, coordinate(e, indices, 0), size_at(e, c.input(2), 0));
  const int last = 1;
  Value* empty_rows = e.add(Op::WHERE, {filled.is_empty});  // [added, 1], i64
  Value* empty_places = emit::gather(e, filled.begins, emit::squeeze(e, empty_rows, {&last, 1}), 0);
  Value* added = empty_rows;
  if (rank != Dim(1)) {
    Value* zeros =
        emit::fill(e, Shape{empty_rows->shape()[0], rank - Dim(1)}, e.scalar(DType::INT64, 0));
    added = emit::concat(e, {empty_rows, zeros}, 1);
  }
  // The order in which old entries and then new ones stand in the result.
  Value* places = emit::concat(e, {filled.new_places, empty_places}, 0);
  Value* order =
      emit::scatter_nd(e, emit::expand_dims(e, places, {&last, 1}),
                       emit::iota(e, places->shape()[0]), emit::reshape(e, filled.total, Shape{1}));
  Value* defaults = emit::fill(e, Shape{empty_rows->shape()[0]}, c.input(3));
  c.output(0, emit::gather(e, emit::concat(e, {indices, added}, 0), order, 0));
  c.output(1, emit::gather(e, emit::concat(e, {values, defaults}, 0), order, 0));
  c.output(2, filled.is_empty);
  c.output(3, emit::cast(e, filled.new_places, DType::INT64));
}

// What was there before gets its part back; all that was filled in came from the default.
void sparse_fill_empty_rows_grad(RuleContext& c) {
  Emitter& e = c.e;
  Value *places = emit::cast(e, c.input(0), DType::INT32), *dy = c.input(1);
  const int first = 0, last = -1;
  Value* kept = emit::scatter_nd(e, emit::expand_dims(e, places, {&last, 1}),
                                 emit::fill(e, places->shape(), e.scalar_i32(1)),
                                 emit::shape_value(e, dy->shape().dims()));
  Value* is_kept = emit::binary(e, Op::GREATER, kept, e.scalar_i32(0));
  Value* filled = emit::select(e, is_kept, e.scalar(dy->dtype(), 0), dy);
  c.output(0, emit::gather(e, dy, places, 0));
  c.output(1, emit::reduce(e, Op::SUM, filled, {&first, 1}, false));
}

constexpr Rule kSparseRules[] = {
    {"SparseDenseCwiseAdd", sparse_dense_elementwise<Op::ADD>},
    {"SparseDenseCwiseDiv", sparse_dense_elementwise<Op::DIV>},
    {"SparseDenseCwiseMul", sparse_dense_elementwise<Op::MUL>},
    {"SparseFillEmptyRows", sparse_fill_empty_rows},
    {"SparseFillEmptyRowsGrad", sparse_fill_empty_rows_grad},
    {"SparseReduceSum", sparse_reduce_sum},
    {"SparseReorder", sparse_reorder},
    {"SparseReshape", sparse_reshape},
    {"SparseSegmentMean", sparse_segment<Combiner::mean>},
    {"SparseSegmentMeanGrad", sparse_segment_grad<Combiner::mean>},
    {"SparseSegmentMeanWithNumSegments", sparse_segment<Combiner::mean>},
    {"SparseSegmentSqrtN", sparse_segment<Combiner::sqrt_n>},
    {"SparseSegmentSqrtNGrad", sparse_segment_grad<Combiner::sqrt_n>},
    {"SparseSegmentSqrtNWithNumSegments", sparse_segment<Combiner::sqrt_n>},
    {"SparseSegmentSum", sparse_segment<Combiner::sum>},
    {"SparseSegmentSumGrad", sparse_segment_grad<Combiner::sum>},
    {"SparseSegmentSumWithNumSegments", sparse_segment<Combiner::sum>},
    {"SparseSlice", sparse_slice},
    {"SparseTensorDenseAdd", sparse_dense_add},
    {"SparseTensorDenseMatMul", sparse_dense_mat_mul},
};

}  // namespace

std::span<const Rule> sparse() { return kSparseRules; }

}  // namespace litecast::tensorflow::rules
