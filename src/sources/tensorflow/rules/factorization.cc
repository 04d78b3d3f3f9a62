// Determinants, inverses and solutions of linear systems, of matrices whose size is small and
// known.
#include "emit/factorization.h"

#include "emit/conv.h"
#include "emit/pad.h"
#include "emit/precision.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

Value* matrix_operand(RuleContext& c, int index) {
  Value* x = c.input(index);
  if (x->dtype() != DType::FLOAT32 && !ir::is_half(x->dtype()))
    throw Unsupported("linear systems in another type than float32",
                      "compute in float32 (tf.cast)");
  return emit::cast(c.e, x, DType::FLOAT32);
}

void output_like_input(RuleContext& c, int index, Value* value) {
  c.output(index, emit::cast(c.e, value, c.input(0)->dtype()));
}

Value* transposed(Emitter& e, Value* x) {
  return emit::transpose(e, x, emit::last_axes_swapped(emit::rank_of(x)));
}

void cholesky(RuleContext& c) {
  output_like_input(c, 0, emit::cholesky(c.e, matrix_operand(c, 0)));
}

void triangular_solve(RuleContext& c) {
  bool lower = c.attr_bool("lower");
  Value* matrix = matrix_operand(c, 0);
  if (c.attr_bool("adjoint")) {
    matrix = transposed(c.e, matrix);
    lower = !lower;
  }
  output_like_input(c, 0, emit::triangular_solve(c.e, matrix, matrix_operand(c, 1), lower));
}

void solve(RuleContext& c) {
  Value* matrix = matrix_operand(c, 0);
  if (c.attr_bool("adjoint")) matrix = transposed(c.e, matrix);
  output_like_input(c, 0, emit::eliminate(c.e, matrix, matrix_operand(c, 1)).solution);
}

void inverse(RuleContext& c) {
  Value* matrix = matrix_operand(c, 0);
  if (c.attr_bool("adjoint")) matrix = transposed(c.e, matrix);
  Value* unit = emit::identity_like(c.e, matrix);
  output_like_input(c, 0, emit::eliminate(c.e, matrix, unit).solution);
}

Value* over_the_last(RuleContext& c, Op op, Value* x) {
  const int axis = x->shape().rank() - 1;
  return emit::reduce(c.e, op, x, {&axis, 1}, false);
}

void determinant(RuleContext& c) {
  const auto steps = emit::eliminate(c.e, matrix_operand(c, 0), nullptr);
  Value* product = over_the_last(c, Op::REDUCE_PROD, steps.pivots);
  output_like_input(c, 0, emit::mul(c.e, product, emit::permutation_sign(c.e, steps.permutation)));
}

void log_determinant(RuleContext& c) {
  const auto steps = emit::eliminate(c.e, matrix_operand(c, 0), nullptr);
  Value* signs = over_the_last(c, Op::REDUCE_PROD, emit::unary(c.e, Op::SIGN, steps.pivots));
  output_like_input(c, 0, emit::mul(c.e, signs, emit::permutation_sign(c.e, steps.permutation)));
  Value* logs = emit::unary(c.e, Op::LOG, emit::unary(c.e, Op::ABS, steps.pivots));
  output_like_input(c, 1, over_the_last(c, Op::SUM, logs));
}

// x moved along axis `rank − 2` by one, zeros in the place that gets free.
Value* shifted_rows(Emitter& e, Value* x, bool down) {
  const int rank = emit::rank_of(x);
  const auto axis = static_cast<std::size_t>(rank - 2);
  std::vector<Dim> sizes = x->shape().dims();
  std::vector<std::int64_t> begin(static_cast<std::size_t>(rank), 0);
  emit::Pads pads(static_cast<std::size_t>(rank), {Dim(0), Dim(0)});
  sizes[axis] = sizes[axis] - Dim(1);
  begin[axis] = down ? 0 : 1;
  pads[axis] = down ? std::array<Dim, 2>{1, 0} : std::array<Dim, 2>{0, 1};
  return emit::pad_by(e, emit::slice(e, x, begin, sizes), pads, nullptr);
}

// A diagonal […, 1, m] or […, m] as a column.
Value* column(RuleContext& c, Value* diagonal, Dim size) {
  std::vector<Dim> dims = diagonal->shape().dims();
  dims.resize(dims.size() - 2);
  dims.insert(dims.end(), {size, Dim(1)});
  return emit::reshape(c.e, diagonal, Shape(std::move(dims)));
}

// Row i of the product: sub_i·x_{i−1} + main_i·x_i + super_i·x_{i+1}.
void tridiagonal_matmul(RuleContext& c) {
  Value* x = c.input(3);
  if (emit::rank_of(x) < 2) throw Unsupported("the right-hand side is no matrix");
  const auto scaled = [&](int index, Value* rows) {
    return emit::mul(c.e, column(c, c.input(index), x->shape()[-2]), rows);
  };
  Value* sum = emit::add(c.e, scaled(1, x), scaled(0, shifted_rows(c.e, x, false)));
  c.output(emit::add(c.e, sum, scaled(2, shifted_rows(c.e, x, true))));
}

// The three diagonals […, 3, m], written as a matrix: above, on and below the main one. The last
// entry of the upper one and the first of the lower stand outside.
Value* tridiagonal_matrix(RuleContext& c, Value* diagonals) {
  const std::int64_t m = diagonals->shape()[-1].value();
  Value* matrix = nullptr;
  const auto parts = emit::split(c.e, diagonals, emit::rank_of(diagonals) - 2, 3);
  for (std::int64_t d = 0; d < 3; ++d) {
    std::vector<float> places(static_cast<std::size_t>(m * m), 0);
    for (std::int64_t row = 0; row < m; ++row)
      if (const std::int64_t at = row + 1 - d; at >= 0 && at < m)
        places[static_cast<std::size_t>(row * m + at)] = 1;
    Value* placed = emit::mul(c.e, column(c, parts[static_cast<std::size_t>(d)], m),
                              emit::f32_tensor(c.e, {m, m}, places));
    matrix = matrix ? emit::add(c.e, matrix, placed) : placed;
  }
  return matrix;
}

void tridiagonal_solve(RuleContext& c) {
  Value* diagonals = matrix_operand(c, 0);
  if (emit::rank_of(diagonals) < 2 || !diagonals->shape()[-1].is_constant())
    throw Unsupported("diagonals whose length is not known", "give the matrices a fixed size");
  if (diagonals->shape()[-1].value() > emit::kMaxMatrixSize)
    throw Unsupported(fmt::format("matrices of more than {} rows are not taken apart into ops",
                                  emit::kMaxMatrixSize),
                      "compute this outside of the model");
  Value* matrix = tridiagonal_matrix(c, diagonals);
  output_like_input(c, 0, emit::eliminate(c.e, matrix, matrix_operand(c, 1)).solution);
}

constexpr Rule kFactorizationRules[] = {
    {"BatchCholesky", cholesky},
    {"BatchMatrixDeterminant", determinant},
    {"BatchMatrixInverse", inverse},
    {"BatchMatrixSolve", solve},
    {"BatchMatrixTriangularSolve", triangular_solve},
    {"Cholesky", cholesky},
    {"LogMatrixDeterminant", log_determinant},
    {"MatrixDeterminant", determinant},
    {"MatrixInverse", inverse},
    {"MatrixSolve", solve},
    {"MatrixTriangularSolve", triangular_solve},
    {"TridiagonalMatMul", tridiagonal_matmul},
    {"TridiagonalSolve", tridiagonal_solve},
};

}  // namespace

std::span<const Rule> factorization() { return kFactorizationRules; }

}  // namespace litecast::tensorflow::rules
