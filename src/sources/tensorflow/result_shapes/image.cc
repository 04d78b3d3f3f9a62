// Images x[N, height, width, channels] and boxes in them.
#include "sources/tensorflow/result_shapes/parts.h"

namespace litecast::tensorflow::shapes {
namespace {

using ir::Dim;
using ir::Shape;

// A list of sizes in an operand, as far as it is known.
std::vector<Dim> sizes_in(const ForeignNode& n, std::size_t operand, std::size_t count) {
  auto sizes = n.contents(operand);
  if (sizes && sizes->size() == count) return std::move(*sizes);
  std::vector<Dim> unknown;
  for (std::size_t i = 0; i < count; ++i) unknown.push_back(n.unknown());
  return unknown;
}

ResultShapes resized(const ForeignNode& n) {
  const auto sizes = sizes_in(n, 1, 2);
  return {Shape{size_at(n, 0, 0, 4), sizes[0], sizes[1], size_at(n, 0, 3, 4)}};
}

ResultShapes projected(const ForeignNode& n) {
  const auto sizes = sizes_in(n, 2, 2);
  return {Shape{size_at(n, 0, 0, 4), sizes[0], sizes[1], size_at(n, 0, 3, 4)}};
}

ResultShapes cropped(const ForeignNode& n) {
  const auto sizes = sizes_in(n, 3, 2);
  return {Shape{size_at(n, 1, 0, 2), sizes[0], sizes[1], size_at(n, 0, 3, 4)}};
}

ResultShapes cropped_from(const ForeignNode& n) {
  const auto sizes = sizes_in(n, 3, 4);
  return {Shape{sizes[0], sizes[1], sizes[2], sizes[3]}};
}

ResultShapes selected(const ForeignNode& n) {
  const Dim count = n.unknown();
  return {Shape{count}, Shape{count}, Shape()};
}

// Scores stand between the indices and their number.
ResultShapes selected_padded(const ForeignNode& n) {
  const bool padded = n.node.attr("pad_to_max_output_size").boolean();
  const auto most = n.contents(2);
  const Dim count = padded && most && most->size() == 1 ? most->front() : n.unknown();
  if (n.node.op() == "NonMaxSuppressionV4") return {Shape{count}, Shape()};
  return {Shape{count}, Shape{count}, Shape()};
}

ResultShapes combined(const ForeignNode& n) {
  const Dim batch = size_at(n, 0, 0, 4);
  const auto most = n.contents(3);
  const auto for_class = n.contents(2);
  const Shape scores = n.shape(1);
  Dim count = n.unknown();
  if (!n.node.attr("pad_per_class").boolean()) {
    if (most && most->size() == 1) count = most->front();
  } else if (for_class && for_class->size() == 1 && most && most->size() == 1 &&
             scores.is_ranked() && scores.rank() == 3) {
    count = ir::min(for_class->front() * scores[2], most->front());
  }
  return {Shape{batch, count, Dim(4)}, Shape{batch, count}, Shape{batch, count}, Shape{batch}};
}

// x with blocks of space moved into the channels, or the other way round.
template <bool to_depth>
ResultShapes blocks(const ForeignNode& n) {
  const Shape x = n.shape(0);
  const std::string_view format =
      n.node.has_attr("data_format") ? n.node.attr("data_format").string() : "NHWC";
  const std::int64_t block = n.integer("block_size");
  if (!x.is_ranked() || x.rank() != 4 || format == "NCHW_VECT_C" || block < 1)
    return {Shape::unranked()};
  const bool channels_first = format == "NCHW";
  std::vector<Dim> sizes = x.dims();
  Dim& channels = sizes[channels_first ? 1 : 3];
  channels = to_depth ? channels * Dim(block) * Dim(block)
                      : ir::floordiv(ir::floordiv(channels, Dim(block)), Dim(block));
  for (const std::size_t axis : {channels_first ? 2U : 1U, channels_first ? 3U : 2U})
    sizes[axis] = to_depth ? ir::floordiv(sizes[axis], Dim(block)) : sizes[axis] * Dim(block);
  return {Shape(std::move(sizes))};
}

constexpr ShapeRule kImageShapes[] = {
    {"ResizeArea ResizeBicubic ResizeBilinear ResizeNearestNeighbor", resized},
    {"ImageProjectiveTransformV2 ImageProjectiveTransformV3", projected},
    {"CropAndResize", cropped},
    {"CropAndResizeGradImage", cropped_from},
    {"CropAndResizeGradBoxes", like<2>},
    {"NonMaxSuppression NonMaxSuppressionV2 NonMaxSuppressionV3 NonMaxSuppressionWithOverlaps",
     selected},
    {"NonMaxSuppressionV4 NonMaxSuppressionV5", selected_padded},
    {"CombinedNonMaxSuppression", combined},
    {"SpaceToDepth", blocks<true>},
    {"DepthToSpace", blocks<false>},
};

}  // namespace

std::span<const ShapeRule> image() { return kImageShapes; }

}  // namespace litecast::tensorflow::shapes
