// Sparse tensors (indices[n, rank], values[n], shape[rank]) and ragged ones (splits, values).
#include "sources/tensorflow/result_shapes/parts.h"

namespace litecast::tensorflow::shapes {
namespace {

using ir::Dim;
using ir::Shape;

// Of another number of values than before, `rank` axes.
ResultShapes sparse_of(const ForeignNode& n, Dim rank) {
  const Dim count = n.unknown();
  return {Shape{count, rank}, Shape{count}, Shape{rank}};
}

ResultShapes same_rank(const ForeignNode& n) { return sparse_of(n, size_at(n, 0, 1, 2)); }

ResultShapes dense_sets(const ForeignNode& n) {
  const Shape x = n.shape(0);
  return sparse_of(n, x.is_ranked() ? Dim(x.rank()) : n.unknown());
}

ResultShapes reordered(const ForeignNode& n) { return {n.shape(0), n.shape(1)}; }

ResultShapes reshaped_places(const ForeignNode& n) {
  const Dim rank = size_at(n, 2, 0, 1);
  return {Shape{size_at(n, 0, 0, 2), rank}, Shape{rank}};
}

ResultShapes filled_rows(const ForeignNode& n) {
  const auto sizes = n.contents(2);
  const Dim count = n.unknown();
  return {Shape{count, size_at(n, 0, 1, 2)}, Shape{count},
          Shape{sizes && !sizes->empty() ? sizes->front() : n.unknown()},
          Shape{size_at(n, 0, 0, 2)}};
}

ResultShapes filled_rows_gradient(const ForeignNode& n) { return {n.shape(0), Shape()}; }

ResultShapes crossed(const ForeignNode& n) { return sparse_of(n, Dim(2)); }

ResultShapes ragged_range(const ForeignNode& n) {
  Dim rows = Dim(1);
  for (std::size_t i = 0; i < 3; ++i) {
    const Shape limit = n.shape(i);
    if (!limit.is_ranked()) rows = n.unknown();
    if (limit.is_ranked() && limit.rank() == 1) {
      rows = limit[0];
      break;
    }
  }
  return {Shape{rows + Dim(1)}, Shape{n.unknown()}};
}

// The last operands are the parts of the rows.
ResultShapes ragged_to_sparse(const ForeignNode& n) {
  const std::size_t splits = n.operands.size() - 1;
  const Shape values = n.shape(splits);
  const Dim rank =
      values.is_ranked() ? Dim(static_cast<std::int64_t>(splits) + values.rank()) : n.unknown();
  return sparse_of(n, rank);
}

ResultShapes ragged_to_tensor(const ForeignNode& n) {
  const auto sizes = n.contents(0);
  const Shape list = n.shape(0);
  if (!list.is_ranked() || list.rank() != 1 || !sizes) return {Shape::unranked()};
  return {n.shape_in(0)};
}

constexpr ShapeRule kSparseShapes[] = {
    {"SparseAdd SparseSlice SparseToSparseSetOperation", same_rank},
    {"DenseToDenseSetOperation DenseToSparseSetOperation", dense_sets},
    {"SparseReorder", reordered},
    {"SparseReshape", reshaped_places},
    {"SparseFillEmptyRows", filled_rows},
    {"SparseFillEmptyRowsGrad", filled_rows_gradient},
    {"SparseToDense", as_asked<1>},
    {"SparseCross SparseCrossHashed SparseCrossV2", crossed},
    {"RaggedRange", ragged_range},
    {"RaggedTensorToSparse", ragged_to_sparse},
    {"RaggedTensorToTensor", ragged_to_tensor},
};

}  // namespace

std::span<const ShapeRule> sparse() { return kSparseShapes; }

}  // namespace litecast::tensorflow::shapes
