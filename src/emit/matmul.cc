#include "emit/matmul.h"

#include "emit/arith.h"
#include "emit/complex.h"
#include "emit/precision.h"
#include "emit/shape.h"
#include "emit/weight.h"

namespace litecast::emit {
namespace {

constexpr int kMaxBatchMatmulRank = 5;

Value* transposed(Emitter& e, Value* matrices) {
  return transpose_weight(e, matrices, last_axes_swapped(matrices->shape().rank()));
}

Shape batch_of(const Shape& shape) {
  auto dims = shape.dims();
  dims.resize(dims.size() - 2);
  return Shape(std::move(dims));
}

Shape with_matrix(const Shape& batch, Dim rows, Dim columns) {
  auto dims = batch.dims();
  dims.push_back(rows);
  dims.push_back(columns);
  return Shape(std::move(dims));
}

Value* with_batch(Emitter& e, Value* x, const Shape& batch) {
  return broadcast_to(e, x, with_matrix(batch, x->shape()[-2], x->shape()[-1]));
}

Value* with_flat_batch(Emitter& e, Value* x) {
  Dim batch = batch_of(x->shape()).elements();
  return reshape(e, x, Shape{batch, x->shape()[-2], x->shape()[-1]});
}

// Leading axes of size 1 aside, b is one matrix for all of a.
bool is_one_matrix(const Value* a, const Value* b) {
  const auto& dims = b->shape().dims();
  return b->shape().rank() <= a->shape().rank() &&
         std::all_of(dims.begin(), dims.end() - 2, [](Dim d) { return d == Dim(1); });
}

Value* fully_connected(Emitter& e, Value* a, Value* b, bool adj_a, bool adj_b) {
  Value* matrix = b->shape().rank() == 2 ? b : reshape(e, b, Shape{b->shape()[-2], b->shape()[-1]});
  tflite::FullyConnectedOptionsT options;
  options.keep_num_dims = a->shape().rank() != 2;
  return e.add(Op::FULLY_CONNECTED,
               {adj_a ? transposed(e, a) : a, adj_b ? matrix : transposed(e, matrix), nullptr},
               std::move(options));
}

Value* batch_matmul(Emitter& e, Value* a, Value* b, bool adj_a, bool adj_b) {
  if (std::max(a->shape().rank(), b->shape().rank()) > kMaxBatchMatmulRank) {
    auto batch = ir::broadcast(batch_of(a->shape()), batch_of(b->shape()));
    if (!batch) throw Unsupported("the batch sizes of a matrix product contradict each other");
    Value* y = batch_matmul(e, with_flat_batch(e, with_batch(e, a, *batch)),
                            with_flat_batch(e, with_batch(e, b, *batch)), adj_a, adj_b);
    return reshape(e, y, with_matrix(*batch, y->shape()[-2], y->shape()[-1]));
  }
  tflite::BatchMatMulOptionsT options;
  options.adj_x = adj_a;
  options.adj_y = adj_b;
  return e.add(Op::BATCH_MATMUL, {a, b}, std::move(options));
}

// Sums of no products; the kernels do not take empty matrices.
Value* empty_sums(Emitter& e, Value* a, Value* b, bool adj_a, bool adj_b) {
  auto batch = ir::broadcast(batch_of(a->shape()), batch_of(b->shape()));
  if (!batch) throw Unsupported("the batch sizes of a matrix product contradict each other");
  Dim rows = a->shape()[adj_a ? -1 : -2], columns = b->shape()[adj_b ? -2 : -1];
  return fill(e, with_matrix(*batch, rows, columns), e.scalar(DType::FLOAT32, 0));
}

Value* float_matmul(Emitter& e, Value* a, Value* b, bool adj_a, bool adj_b) {
  if (a->shape()[adj_a ? -2 : -1] == Dim(0)) return empty_sums(e, a, b, adj_a, adj_b);
  if (is_weight(b) && is_one_matrix(a, b)) return fully_connected(e, a, b, adj_a, adj_b);
  return batch_matmul(e, a, b, adj_a, adj_b);
}

// Exact: the kernels have no integer products, but sums of products do.
Value* integer_matmul(Emitter& e, Value* a, Value* b, bool adj_a, bool adj_b) {
  DType wide = ir::bit_width(a->dtype()) < 32 ? DType::INT32 : a->dtype();
  Value* rows = cast(e, adj_a ? transposed(e, a) : a, wide);
  Value* columns = cast(e, adj_b ? transposed(e, b) : b, wide);
  int ra = rows->shape().rank(), rb = columns->shape().rank();
  const int after_rows[] = {ra}, before_columns[] = {rb - 2};
  Value* products =
      mul(e, expand_dims(e, rows, after_rows), expand_dims(e, columns, before_columns));
  const int contracted[] = {products->shape().rank() - 2};
  return cast(e, reduce(e, Op::SUM, products, contracted, false), a->dtype());
}

ComplexParts conjugate_if(Emitter& e, ComplexParts parts, bool yes) {
  return yes ? ComplexParts{parts.real, unary(e, Op::NEG, parts.imag)} : parts;
}

}  // namespace

Value* matmul(Emitter& e, Value* a, Value* b, bool adj_a, bool adj_b) {
  if (!a->shape().is_ranked() || !b->shape().is_ranked() || a->shape().rank() < 2 ||
      b->shape().rank() < 2)
    throw Unsupported("a matrix product needs operands of known rank, at least 2");
  if (is_complex(a) || is_complex(b)) {
    // The adjoint of a complex matrix is conjugated.
    ComplexParts left = conjugate_if(e, complex_parts(e, a), adj_a);
    ComplexParts right = conjugate_if(e, complex_parts(e, b), adj_b);
    return make_complex(e, bilinear(e, left, right, [&](Value* x, Value* y) {
                          return matmul(e, x, y, adj_a, adj_b);
                        }));
  }
  if (!ir::is_float(a->dtype())) return integer_matmul(e, a, b, adj_a, adj_b);
  return in_f32(e, {a, b}, [&](auto in) { return float_matmul(e, in[0], in[1], adj_a, adj_b); });
}

}  // namespace litecast::emit
