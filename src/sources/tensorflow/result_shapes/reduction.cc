// Sums over axes, segments and bins; searches; numbers of elements that only data decide.
#include <algorithm>

#include "sources/tensorflow/result_shapes/parts.h"

namespace litecast::tensorflow::shapes {
namespace {

using ir::Dim;
using ir::Shape;

// `first`, then the sizes of x behind its first `dropped` axes.
Shape with_tail(std::vector<Dim> first, const Shape& x, int dropped) {
  if (!x.is_ranked() || x.rank() < dropped) return Shape::unranked();
  first.insert(first.end(), x.dims().begin() + dropped, x.dims().end());
  return Shape(std::move(first));
}

ResultShapes reduced(const ForeignNode& n) {
  const Shape x = n.shape(0);
  const auto axes = n.contents(1);
  const bool keep = n.node.attr("keep_dims").boolean();
  if (!x.is_ranked()) return {};
  if (!axes) return {keep ? n.of_rank(x.rank()) : Shape::unranked()};
  std::vector<bool> is_reduced(x.dims().size());
  for (const Dim axis : *axes) {
    if (!axis.is_constant() || axis.value() < -x.rank() || axis.value() >= x.rank()) return {};
    is_reduced[static_cast<std::size_t>(axis.value() < 0 ? axis.value() + x.rank()
                                                         : axis.value())] = true;
  }
  std::vector<Dim> sizes;
  for (std::size_t i = 0; i < is_reduced.size(); ++i)
    if (!is_reduced[i])
      sizes.push_back(x.dims()[i]);
    else if (keep)
      sizes.push_back(1);
  return {Shape(std::move(sizes))};
}

ResultShapes place_of_extreme(const ForeignNode& n) {
  const Shape x = n.shape(0);
  const auto axis = n.contents(1);
  if (!x.is_ranked() || x.rank() == 0) return {};
  if (!axis || axis->size() != 1 || !axis->front().is_constant()) return {n.of_rank(x.rank() - 1)};
  const std::int64_t place = axis->front().value();
  if (place < -x.rank() || place >= x.rank()) return {};
  std::vector<Dim> sizes = x.dims();
  sizes.erase(sizes.begin() + (place < 0 ? place + x.rank() : place));
  return {Shape(std::move(sizes))};
}

ResultShapes largest(const ForeignNode& n) {
  const Shape x = n.shape(0);
  const auto count = n.contents(1);
  if (!x.is_ranked() || x.rank() == 0) return {};
  std::vector<Dim> sizes = x.dims();
  sizes.back() = count && count->size() == 1 ? count->front() : n.unknown();
  const Shape shape(std::move(sizes));
  return {shape, shape};
}

// Segments are numbered by the data.
ResultShapes segments(const ForeignNode& n) { return {with_tail({n.unknown()}, n.shape(0), 1)}; }

ResultShapes counted_segments(const ForeignNode& n) {
  const auto count = n.contents(n.operands.size() - 1);
  const Shape ids = n.shape(n.operands.size() - 2);
  const int dropped = ids.is_ranked() ? ids.rank() : 1;
  return {
      with_tail({count && count->size() == 1 ? count->front() : n.unknown()}, n.shape(0), dropped)};
}

ResultShapes bins(const ForeignNode& n) {
  const auto count = n.contents(1);
  const Dim size = count && count->size() == 1 ? count->front() : n.unknown();
  const Shape x = n.shape(0);
  if (n.node.op() == "Bincount") return {Shape{size}};
  if (!x.is_ranked() || x.rank() < 1) return {};
  return {x.rank() == 2 ? Shape{x[0], size} : Shape{size}};
}

ResultShapes unique(const ForeignNode& n) {
  const Dim count = n.unknown();
  const Shape x = n.shape(0);
  if (n.node.op() == "UniqueV2" || n.node.op() == "UniqueWithCountsV2") {
    if (!x.is_ranked()) return {Shape::unranked(), Shape{n.unknown()}, Shape{count}};
    return {x.rank() == 1 ? Shape{count} : n.of_rank(x.rank()),
            x.rank() == 1 ? x : Shape{n.unknown()}, Shape{count}};
  }
  return {Shape{count}, x, Shape{count}};
}

ResultShapes difference(const ForeignNode& n) {
  const Dim count = n.unknown();
  return {Shape{count}, Shape{count}};
}

ResultShapes places(const ForeignNode& n) {
  const Shape x = n.shape(0);
  return {Shape{n.unknown(), x.is_ranked() ? Dim(x.rank()) : n.unknown()}};
}

ResultShapes partitions(const ForeignNode& n) {
  const Shape ids = n.shape(1);
  ResultShapes shapes;
  for (std::size_t i = 0; i < n.node.output_count(); ++i)
    shapes.push_back(ids.is_ranked() ? with_tail({n.unknown()}, n.shape(0), ids.rank())
                                     : Shape::unranked());
  return shapes;
}

ResultShapes broadcast_arguments(const ForeignNode& n) {
  return {Shape{n.unknown()}, Shape{n.unknown()}};
}

// Widths of the best paths, one row a batch.
ResultShapes greedy_paths(const ForeignNode& n) {
  const Shape logits = n.shape(0);
  const Dim count = n.unknown();
  const Dim batch = logits.is_ranked() && logits.rank() == 3 ? logits[1] : n.unknown();
  return {Shape{count, Dim(2)}, Shape{count}, Shape{Dim(2)}, Shape{batch, Dim(1)}};
}

ResultShapes beam_paths(const ForeignNode& n) {
  const Shape logits = n.shape(0);
  const std::int64_t paths = n.integer("top_paths");
  const Dim batch = logits.is_ranked() && logits.rank() == 3 ? logits[1] : n.unknown();
  const std::size_t count = (n.node.output_count() - 1) / 3;
  std::vector<Dim> lengths;
  for (std::size_t i = 0; i < count; ++i) lengths.push_back(n.unknown());
  ResultShapes shapes;
  for (const Dim length : lengths) shapes.push_back(Shape{length, Dim(2)});
  for (const Dim length : lengths) shapes.push_back(Shape{length});
  for (std::size_t i = 0; i < count; ++i) shapes.push_back(Shape{Dim(2)});
  shapes.push_back(Shape{batch, Dim(paths)});
  return shapes;
}

constexpr ShapeRule kReductionShapes[] = {
    {"All Any EuclideanNorm Max Mean Min Prod ReduceJoin Sum", reduced},
    {"ArgMax ArgMin", place_of_extreme},
    {"TopKV2", largest},
    {"SegmentMax SegmentMean SegmentMin SegmentProd SegmentSum SparseSegmentMean "
     "SparseSegmentSqrtN SparseSegmentSum",
     segments},
    {"SparseSegmentMeanWithNumSegments SparseSegmentSqrtNWithNumSegments "
     "SparseSegmentSumWithNumSegments UnsortedSegmentJoin UnsortedSegmentMax UnsortedSegmentMin "
     "UnsortedSegmentProd UnsortedSegmentSum",
     counted_segments},
    {"Bincount DenseBincount", bins},
    {"Unique UniqueV2 UniqueWithCounts UniqueWithCountsV2", unique},
    {"ListDiff", difference},
    {"Where", places},
    {"DynamicPartition", partitions},
    {"BroadcastGradientArgs", broadcast_arguments},
    {"InTopK InTopKV2 LowerBound UpperBound", like<1>},
    {"BroadcastTo", as_asked<1>},
    {"Reshape", as_asked<1>},
    {"ScatterNd", as_asked<2>},
    {"CTCGreedyDecoder", greedy_paths},
    {"CTCBeamSearchDecoder", beam_paths},
};

}  // namespace

std::span<const ShapeRule> reduction() { return kReductionShapes; }

}  // namespace litecast::tensorflow::shapes
