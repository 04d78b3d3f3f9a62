// Matrices x[…, rows, columns].
#include "sources/tensorflow/result_shapes/parts.h"

namespace litecast::tensorflow::shapes {
namespace {

using ir::Dim;
using ir::Shape;

// Batch sizes, then these.
Shape with_matrix(const Shape& x, std::initializer_list<Dim> last) {
  if (!x.is_ranked() || x.rank() < 2) return Shape::unranked();
  std::vector<Dim> sizes(x.dims().begin(), x.dims().end() - 2);
  sizes.insert(sizes.end(), last.begin(), last.end());
  return Shape(std::move(sizes));
}

bool flag(const ForeignNode& n, std::string_view name) {
  return n.node.has_attr(name) && n.node.attr(name).boolean();
}

ResultShapes qr(const ForeignNode& n) {
  const Shape x = n.shape(0);
  if (!x.is_ranked() || x.rank() < 2) return {};
  const Dim rows = x[-2], columns = x[-1];
  const Dim inner = flag(n, "full_matrices") ? rows : ir::min(rows, columns);
  return {with_matrix(x, {rows, inner}), with_matrix(x, {inner, columns})};
}

ResultShapes svd(const ForeignNode& n) {
  const Shape x = n.shape(0);
  if (!x.is_ranked() || x.rank() < 2) return {};
  const Dim rows = x[-2], columns = x[-1], inner = ir::min(rows, columns);
  if (!flag(n, "compute_uv")) return {with_matrix(x, {inner}), Shape{Dim(0)}, Shape{Dim(0)}};
  const bool full = flag(n, "full_matrices");
  return {with_matrix(x, {inner}), with_matrix(x, {rows, full ? rows : inner}),
          with_matrix(x, {columns, full ? columns : inner})};
}

ResultShapes eigenvalues(const ForeignNode& n) {
  const Shape x = n.shape(0);
  if (!x.is_ranked() || x.rank() < 2) return {};
  return {with_matrix(x, {x[-1]}), flag(n, "compute_v") ? x : Shape{Dim(0)}};
}

ResultShapes lu(const ForeignNode& n) {
  const Shape x = n.shape(0);
  return {x, x.is_ranked() && x.rank() >= 2 ? with_matrix(x, {x[-1]}) : Shape::unranked()};
}

ResultShapes determinants(const ForeignNode& n) {
  const Shape all = with_matrix(n.shape(0), {});
  return {all, all};
}

ResultShapes solution(const ForeignNode& n) {
  const Shape a = n.shape(0), b = n.shape(1);
  if (!a.is_ranked() || !b.is_ranked() || a.rank() < 2 || a.rank() != b.rank()) return {};
  return {with_matrix(a, {a[-1], b[-1]})};
}

bool transposes(const ForeignNode& n, const char* transpose, const char* adjoint) {
  return flag(n, transpose) || flag(n, adjoint);
}

ResultShapes product(const ForeignNode& n) {
  const Shape a = n.shape(0), b = n.shape(1);
  if (!a.is_ranked() || !b.is_ranked() || a.rank() < 2 || b.rank() < 2) return {};
  const Dim rows = transposes(n, "transpose_a", "adj_x") ? a[-1] : a[-2];
  const Dim columns = transposes(n, "transpose_b", "adj_y") ? b[-2] : b[-1];
  const auto batch = ir::broadcast(with_matrix(a, {}), with_matrix(b, {}));
  if (!batch) return {};
  std::vector<Dim> sizes = batch->dims();
  sizes.insert(sizes.end(), {rows, columns});
  return {Shape(std::move(sizes))};
}

// Of a sparse matrix: indices, values, shape, then the dense one.
ResultShapes sparse_product(const ForeignNode& n) {
  const auto sparse = n.contents(2);
  const Shape b = n.shape(3);
  const bool is_known = sparse && sparse->size() == 2;
  const Dim rows = is_known ? (*sparse)[flag(n, "adjoint_a") ? 1 : 0] : n.unknown();
  if (!b.is_ranked() || b.rank() != 2) return {Shape{rows, n.unknown()}};
  return {Shape{rows, flag(n, "adjoint_b") ? b[0] : b[1]}};
}

constexpr ShapeRule kLinearAlgebraShapes[] = {
    {"BatchCholesky BatchMatrixInverse Cholesky MatrixExponential MatrixInverse MatrixLogarithm "
     "MatrixSquareRoot",
     like<0>},
    {"Qr", qr},
    {"Svd", svd},
    {"SelfAdjointEigV2 Eig", eigenvalues},
    {"Lu", lu},
    {"BatchMatrixDeterminant LogMatrixDeterminant MatrixDeterminant", determinants},
    {"BatchMatrixTriangularSolve MatrixSolve MatrixSolveLs MatrixTriangularSolve", solution},
    {"BatchMatMul BatchMatMulV2 BatchMatMulV3 MatMul", product},
    {"SparseTensorDenseMatMul", sparse_product},
};

}  // namespace

std::span<const ShapeRule> linear_algebra() { return kLinearAlgebraShapes; }

}  // namespace litecast::tensorflow::shapes
