// Determinants, inverses and solutions of linear systems, of matrices whose size is small and
// known.
#include "emit/factorization.h"

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
};

}  // namespace

std::span<const Rule> factorization() { return kFactorizationRules; }

}  // namespace litecast::tensorflow::rules
