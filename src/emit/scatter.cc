#include "emit/scatter.h"

#include <fmt/format.h>

#include <numeric>
#include <set>

#include "emit/arith.h"
#include "emit/complex_math.h"
#include "emit/gather.h"
#include "emit/movement.h"
#include "emit/segment.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

// A type of the kernel in which sums come out the same after a cast back.
std::optional<DType> summable(DType dtype) {
  switch (dtype) {
    case DType::INT16:
    case DType::UINT16:
    case DType::UINT32:
    case DType::INT8:
    case DType::UINT8:
      return DType::INT32;
    case DType::UINT64:
      return DType::INT64;
    default:
      return std::nullopt;
  }
}

// How many axes of x an index names.
int depth_of(const Value* x, const Value* indices) {
  if (!x->shape().is_ranked() || !indices->shape().is_ranked() || indices->shape().rank() == 0)
    throw Unsupported("the ranks of a scatter must be known");
  const Dim depth = indices->shape()[-1];
  if (!depth.is_constant() || depth.value() > x->shape().rank())
    throw Unsupported("the number of axes that an index names must be known");
  return static_cast<int>(depth.value());
}

Dim product(std::span<const Dim> dims) {
  return std::accumulate(dims.begin(), dims.end(), Dim(1), [](Dim a, Dim b) { return a * b; });
}

std::span<const Dim> indexed_dims(const Value* x, int depth) {
  return std::span(x->shape().dims()).first(static_cast<std::size_t>(depth));
}

// The number of the row that each index names, as i32[count].
Value* row_numbers(Emitter& e, Value* indices, std::span<const Dim> dims) {
  indices = cast(e, indices, DType::INT32);
  const Dim count =
      product(std::span(indices->shape().dims()).first(indices->shape().dims().size() - 1));
  if (dims.size() == 1) return reshape(e, indices, Shape{count});
  std::vector<Dim> strides;
  for (std::size_t i = 0; i < dims.size(); ++i) strides.push_back(product(dims.subspan(i + 1)));
  Value* weighted = mul(e, indices, shape_value(e, strides));
  const int last = -1;
  return reshape(e, reduce(e, Op::SUM, weighted, {&last, 1}, false), Shape{count});
}

std::optional<std::vector<std::int64_t>> constant_rows(Emitter& e, Value* indices,
                                                       std::span<const Dim> dims) {
  if (!indices->is_constant() || !std::ranges::all_of(dims, &Dim::is_constant)) return std::nullopt;
  return known_integers(row_numbers(e, indices, dims));
}

bool has_duplicates(const std::vector<std::int64_t>& rows) {
  return std::set(rows.begin(), rows.end()).size() != rows.size();
}

// True at the rows that indices name, shaped to broadcast over x.
Value* touched(Emitter& e, Value* x, Value* indices, int depth) {
  std::vector<Dim> places(indices->shape().dims().begin(), indices->shape().dims().end() - 1);
  Value* flags = fill(e, Shape(std::move(places)), e.scalar(DType::BOOL, 1));
  Value* mask = scatter_nd(e, indices, flags, shape_value(e, indexed_dims(x, depth)));
  std::vector<int> rest;
  for (int axis = depth; axis < x->shape().rank(); ++axis) rest.push_back(axis);
  return expand_dims(e, mask, rest);
}

Shape rows_shape(const Value* x, int depth) {
  const std::span<const Dim> dims = x->shape().dims();
  return Shape{product(dims.first(static_cast<std::size_t>(depth))),
               product(dims.subspan(static_cast<std::size_t>(depth)))};
}

Value* updates_as_rows(Emitter& e, Value* updates, const Value* indices) {
  const std::span<const Dim> dims = updates->shape().dims();
  const std::size_t places = indices->shape().dims().size() - 1;
  return reshape(e, updates, Shape{product(dims.first(places)), product(dims.subspan(places))});
}

}  // namespace

Value* scatter_nd(Emitter& e, Value* indices, Value* updates, Value* shape) {
  indices = cast(e, indices, DType::INT32);
  auto made = e.attempt(Op::SCATTER_ND, {indices, updates, shape});
  if (made) return made->at(0);
  if (updates->dtype() == DType::COMPLEX64)
    return as_pairs(e, updates, [&](Value* pairs) {
      return scatter_nd(e, indices, pairs, concat(e, {shape, e.i32({2})}, 0));
    });
  if (auto other = summable(updates->dtype()))
    return cast(e, e.add(Op::SCATTER_ND, {indices, cast(e, updates, *other), shape}),
                updates->dtype());
  throw Unsupported("SCATTER_ND: " + made.error().message);
}

Value* replace_rows(Emitter& e, Value* x, const std::vector<std::int64_t>& rows, Value* updates) {
  if (rank_of(x) < 1 || !x->shape()[0].is_constant())
    throw Unsupported("the tensor that is updated must have a fixed number of rows",
                      "give the model inputs fixed sizes");
  const std::int64_t count = x->shape()[0].value();
  std::vector<std::int64_t> source(static_cast<std::size_t>(count));
  std::iota(source.begin(), source.end(), 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] < 0 || rows[i] >= count)
      throw Unsupported(fmt::format("the index {} is out of range", rows[i]));
    source[static_cast<std::size_t>(rows[i])] = count + static_cast<std::int64_t>(i);
  }
  return gather(e, concat(e, {x, updates}, 0), e.i32(source), 0);
}

Value* scatter_update(Emitter& e, Value* x, Value* indices, Value* updates) {
  const int depth = depth_of(x, indices);
  const auto rows = constant_rows(e, indices, indexed_dims(x, depth));
  if (rows && has_duplicates(*rows)) {
    Value* replaced = replace_rows(e, reshape(e, x, rows_shape(x, depth)), *rows,
                                   updates_as_rows(e, updates, indices));
    return reshape(e, replaced, x->shape());
  }
  Value* scattered = scatter_nd(e, indices, updates, shape_value(e, x->shape().dims()));
  return select(e, touched(e, x, indices, depth), scattered, x);
}

Value* scatter_extreme(Emitter& e, Op segment_op, Value* x, Value* indices, Value* updates) {
  const int depth = depth_of(x, indices);
  const auto dims = indexed_dims(x, depth);
  Value* best = unsorted_segment(e, segment_op, updates_as_rows(e, updates, indices),
                                 row_numbers(e, indices, dims), dim_value(e, product(dims)));
  const Op op = segment_op == Op::UNSORTED_SEGMENT_MAX ? Op::MAXIMUM : Op::MINIMUM;
  return binary(e, op, x, reshape(e, best, x->shape()));
}

Value* set_rows(Emitter& e, Value* x, Value* begin, Value* rows) {
  const int rank = rank_of(x);
  std::vector<Value*> start(static_cast<std::size_t>(rank), e.scalar_i32(0));
  start[0] = cast(e, begin, DType::INT32);
  Value* place = e.add(Op::PACK, std::move(start), tflite::PackOptionsT{.values_count = rank});
  return move(e, Op::DYNAMIC_UPDATE_SLICE, {x, rows, place}, 0);
}

Value* set_row(Emitter& e, Value* x, Value* index, Value* item) {
  const int first = 0;
  return set_rows(e, x, index, expand_dims(e, item, {&first, 1}));
}

}  // namespace litecast::emit
