#include "emit/factorization.h"

#include <fmt/format.h>

#include "emit/arith.h"
#include "emit/conv.h"
#include "emit/gather.h"
#include "emit/precision.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

std::int64_t order_of(const Value* a) {
  if (!a->shape().is_ranked() || a->shape().rank() < 2 || !a->shape()[-1].is_constant() ||
      a->shape()[-1] != a->shape()[-2])
    throw Unsupported("matrices that are not square, or whose size is not known",
                      "give the matrices a fixed size");
  const std::int64_t n = a->shape()[-1].value();
  if (n < 1 || n > kMaxMatrixSize)
    throw Unsupported(fmt::format("matrices of {} rows: only up to {} are taken apart into ops", n,
                                  kMaxMatrixSize),
                      "compute this outside of the model");
  return n;
}

std::vector<Dim> batch_dims_of(const Value* x) {
  return {x->shape().dims().begin(), x->shape().dims().end() - 2};
}

Dim batch_count(std::span<const Dim> dims) {
  Dim result = 1;
  for (Dim dim : dims) result = result * dim;
  return result;
}

// […, rows, columns] → [batch, rows, columns], on which all steps work.
Value* flat_batch(Emitter& e, Value* x) {
  return reshape(e, x, Shape{batch_count(batch_dims_of(x)), x->shape()[-2], x->shape()[-1]});
}

Value* with_batch(Emitter& e, Value* x, std::vector<Dim> batch) {
  batch.insert(batch.end(), x->shape().dims().begin() + 1, x->shape().dims().end());
  return reshape(e, x, Shape(std::move(batch)));
}

// Column k of [batch, n, m], as [batch, n, 1]; row k as [batch, 1, m].
Value* column_of(Emitter& e, Value* x, std::int64_t k) {
  return slice(e, x, std::vector<std::int64_t>{0, 0, k},
               std::vector{x->shape()[0], x->shape()[1], Dim(1)});
}
Value* row_of(Emitter& e, Value* x, std::int64_t k) {
  return slice(e, x, std::vector<std::int64_t>{0, k, 0},
               std::vector{x->shape()[0], Dim(1), x->shape()[2]});
}

// 1 from row k on.
Value* rows_from(Emitter& e, std::int64_t n, std::int64_t k) {
  std::vector<float> mask(static_cast<std::size_t>(n));
  for (std::int64_t i = k; i < n; ++i) mask[static_cast<std::size_t>(i)] = 1;
  return f32_tensor(e, {1, n, 1}, mask);
}

Value* swapped(Emitter& e, Value* x) {
  constexpr int kSwapped[] = {0, 2, 1};
  return transpose(e, x, kSwapped);
}

// The row of the largest magnitude of a column among rows that no pivot stands in: [batch, 1].
Value* pivot_row(Emitter& e, Value* column, Value* used) {
  Value* magnitude = unary(e, Op::ABS, column);
  if (used) magnitude = select(e, used, f32(e, -1), magnitude);
  return e.add(Op::ARG_MAX, {magnitude, e.scalar_i32(1)},
               tflite::ArgMaxOptionsT{.output_type = DType::INT32});
}

// True at that row: [batch, n, 1].
Value* at_row(Emitter& e, Value* row, std::int64_t n) {
  const int last = -1;
  Value* equal = binary(e, Op::EQUAL, row, iota(e, n));
  return expand_dims(e, equal, {&last, 1});
}

}  // namespace

Value* cholesky(Emitter& e, Value* a) {
  const std::int64_t n = order_of(a);
  const auto batch = batch_dims_of(a);
  Value* rest = flat_batch(e, a);
  std::vector<Value*> columns;
  for (std::int64_t k = 0; k < n; ++k) {
    Value* column = column_of(e, rest, k);
    Value* column_below = k == 0 ? column : mul(e, column, rows_from(e, n, k));
    Value* pivot = row_of(e, column, k);
    columns.push_back(div(e, column_below, unary(e, Op::SQRT, pivot)));
    if (k + 1 < n) rest = sub(e, rest, mul(e, columns.back(), swapped(e, columns.back())));
  }
  return with_batch(e, concat(e, columns, 2), batch);
}

Value* triangular_solve(Emitter& e, Value* a, Value* b, bool lower) {
  const std::int64_t n = order_of(a);
  if (!b->shape().is_ranked() || b->shape().rank() < 2 || b->shape()[-2] != Dim(n))
    throw Unsupported("a right side that does not fit the matrix");
  const auto batch = ir::broadcast(Shape(batch_dims_of(a)), Shape(batch_dims_of(b)));
  if (!batch) throw Unsupported("the batches of a linear system contradict each other");
  const auto broadcast = [&](Value* x) {
    std::vector<Dim> dims = batch->dims();
    dims.insert(dims.end(), {x->shape()[-2], x->shape()[-1]});
    return flat_batch(e, broadcast_to(e, x, Shape(std::move(dims))));
  };
  Value* matrix = broadcast(a);
  Value* rest = broadcast(b);
  std::vector<Value*> rows(static_cast<std::size_t>(n));
  for (std::int64_t step = 0; step < n; ++step) {
    const std::int64_t k = lower ? step : n - 1 - step;
    Value* column = column_of(e, matrix, k);
    Value* row = div(e, row_of(e, rest, k), row_of(e, column, k));
    rows[static_cast<std::size_t>(k)] = row;
    if (step + 1 < n) rest = sub(e, rest, mul(e, column, row));
  }
  return with_batch(e, concat(e, rows, 1), batch->dims());
}

// Rows stay where they are: each step takes the best row that has not been taken, and clears its
// column from all others.
Elimination eliminate(Emitter& e, Value* a, Value* b) {
  const std::int64_t n = order_of(a);
  const auto batch = batch_dims_of(a);
  Value* rest = flat_batch(e, a);
  if (b) rest = concat(e, {rest, flat_batch(e, b)}, 2);
  Value* used = nullptr;
  std::vector<Value*> pivots, order;
  for (std::int64_t k = 0; k < n; ++k) {
    Value* column = column_of(e, rest, k);
    Value* row = pivot_row(e, column, used);
    Value* is_pivot = at_row(e, row, n);
    Value* chosen = gather(e, rest, row, 1, 1);
    Value* pivot = column_of(e, chosen, k);
    pivots.push_back(pivot);
    order.push_back(row);
    if (!b && k + 1 == n) break;
    Value* scaled = div(e, chosen, pivot);
    rest = select(e, is_pivot, scaled, sub(e, rest, mul(e, column, scaled)));
    used = used ? binary(e, Op::LOGICAL_OR, used, is_pivot) : is_pivot;
  }
  const int last = 2;
  Value* permutation = concat(e, order, 1);
  Elimination result;
  result.pivots = squeeze(e, concat(e, pivots, 1), {&last, 1});
  if (b) {
    const std::int64_t begin[] = {0, 0, n};
    const Dim size[] = {rest->shape()[0], n, rest->shape()[2] - Dim(n)};
    Value* solution = gather(e, slice(e, rest, begin, size), permutation, 1, 1);
    result.solution = with_batch(e, solution, batch);
  } else {
    result.solution = nullptr;
  }
  result.pivots = with_batch(e, result.pivots, batch);
  result.permutation = with_batch(e, permutation, batch);
  return result;
}

// The product of the signs of all p[j] − p[i] with i < j.
Value* permutation_sign(Emitter& e, Value* permutation) {
  const std::int64_t n = permutation->shape()[-1].value();
  const int axis = permutation->shape().rank() - 1;
  if (n == 1) return squeeze(e, fill(e, permutation->shape(), f32(e, 1)), {&axis, 1});
  std::vector<std::int64_t> first, second;
  for (std::int64_t j = 1; j < n; ++j)
    for (std::int64_t i = 0; i < j; ++i) {
      first.push_back(i);
      second.push_back(j);
    }
  Value* p = cast(e, permutation, DType::FLOAT32);
  Value* differences = sub(e, gather(e, p, e.i32(second), axis), gather(e, p, e.i32(first), axis));
  return reduce(e, Op::REDUCE_PROD, unary(e, Op::SIGN, differences), {&axis, 1}, false);
}

Value* identity_like(Emitter& e, const Value* a) {
  const std::int64_t n = order_of(a);
  std::vector<float> unit(static_cast<std::size_t>(n * n));
  for (std::int64_t i = 0; i < n; ++i) unit[static_cast<std::size_t>(i * n + i)] = 1;
  return broadcast_to(e, f32_tensor(e, {n, n}, unit), a->shape());
}

}  // namespace litecast::emit
