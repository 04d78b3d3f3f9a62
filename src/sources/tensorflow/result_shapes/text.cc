// Text, and what is read from it: numbers, records, images and sounds.
#include "emit/shape.h"
#include "sources/tensorflow/result_shapes/parts.h"

namespace litecast::tensorflow::shapes {
namespace {

using ir::Dim;
using ir::Shape;

ResultShapes scalar(const ForeignNode&) { return {Shape()}; }

// Scalars among the operands join all.
ResultShapes joined(const ForeignNode& n) {
  for (std::size_t i = 0; i < n.operands.size(); ++i)
    if (!n.shape(i).is_ranked() || n.shape(i).rank() > 0) return {n.shape(i)};
  return {Shape()};
}

Shape with_last(const Shape& shape, Dim last) {
  if (!shape.is_ranked()) return shape;
  std::vector<Dim> sizes = shape.dims();
  sizes.push_back(last);
  return Shape(std::move(sizes));
}

// As many numbers as each text is long.
ResultShapes decoded_numbers(const ForeignNode& n) { return {with_last(n.shape(0), n.unknown())}; }

ResultShapes split(const ForeignNode& n) {
  const Dim count = n.unknown();
  return {Shape{count, Dim(2)}, Shape{count}, Shape{Dim(2)}};
}

Dim channels(const ForeignNode& n) {
  const std::int64_t channels = n.integer("channels");
  return channels > 0 ? Dim(channels) : n.unknown();
}

ResultShapes picture(const ForeignNode& n) {
  return {Shape{n.unknown(), n.unknown(), channels(n)}};
}

ResultShapes animation(const ForeignNode& n) {
  return {Shape{n.unknown(), n.unknown(), n.unknown(), Dim(3)}};
}

// An animation gives a picture more axes, unless it is asked not to.
ResultShapes any_picture(const ForeignNode& n) {
  if (n.node.attr("expand_animations").boolean()) return {Shape::unranked()};
  return picture(n);
}

ResultShapes sound(const ForeignNode& n) {
  const std::int64_t channels = n.integer("desired_channels");
  const std::int64_t samples = n.integer("desired_samples");
  return {
      Shape{samples > 0 ? Dim(samples) : n.unknown(), channels > 0 ? Dim(channels) : n.unknown()},
      Shape()};
}

ResultShapes fingerprint(const ForeignNode& n) {
  const Shape data = n.shape(0);
  return {Shape{data.is_ranked() && data.rank() > 0 ? data[0] : n.unknown(), n.unknown()}};
}

ResultShapes unicode_rows(const ForeignNode& n) {
  const Shape text = n.shape(0);
  const Dim rows = text.is_ranked() ? text.elements() + Dim(1) : n.unknown();
  const Dim characters = n.unknown();
  return {Shape{rows}, Shape{characters}, Shape{characters}};
}

ResultShapes encoded_rows(const ForeignNode& n) {
  const Shape splits = n.shape(1);
  return {Shape{splits.is_ranked() && splits.rank() == 1 ? splits[0] - Dim(1) : n.unknown()}};
}

Shape dense_shape(const ForeignNode& n, const Shape& batch, const TensorShape& item) {
  if (!batch.is_ranked() || !item.known_rank) return Shape::unranked();
  std::vector<Dim> sizes = batch.dims();
  for (const std::int64_t size : item.dims) sizes.push_back(size < 0 ? n.unknown() : Dim(size));
  return Shape(std::move(sizes));
}

// Results stand by kind: indices, values and shapes of the sparse, then the dense features.
ResultShapes sparse_and_dense(const ForeignNode& n, std::size_t sparse, const Shape& batch) {
  const Dim rank = batch.is_ranked() ? Dim(batch.rank() + 1) : n.unknown();
  std::vector<Dim> counts;
  for (std::size_t i = 0; i < sparse; ++i) counts.push_back(n.unknown());
  ResultShapes shapes;
  for (const Dim count : counts) shapes.push_back(Shape{count, rank});
  for (const Dim count : counts) shapes.push_back(Shape{count});
  for (std::size_t i = 0; i < sparse; ++i) shapes.push_back(Shape{rank});
  for (const TensorShape& item : n.node.attr("dense_shapes").shapes())
    shapes.push_back(dense_shape(n, batch, item));
  return shapes;
}

ResultShapes examples(const ForeignNode& n) {
  const std::size_t sparse = n.node.attr("sparse_types").types().size();
  ResultShapes shapes = sparse_and_dense(n, sparse, n.shape(0));
  if (n.node.op() != "ParseExampleV2") return shapes;
  for (std::size_t i = n.node.attr("ragged_value_types").types().size(); i-- > 0;)
    shapes.push_back(Shape{n.unknown()});
  // One more than there are examples.
  const Shape batch = n.shape(0);
  for (std::size_t i = n.node.attr("ragged_split_types").types().size(); i-- > 0;)
    shapes.push_back(
        Shape{batch.is_ranked() && batch.rank() == 1 ? batch[0] + Dim(1) : n.unknown()});
  return shapes;
}

ResultShapes one_example(const ForeignNode& n) {
  return sparse_and_dense(n, n.node.attr("sparse_types").types().size(), Shape());
}

constexpr ShapeRule kTextShapes[] = {
    {"AsString DecodeBase64 EncodeBase64 RegexFullMatch RegexReplace StaticRegexFullMatch "
     "StaticRegexReplace StringLength StringLower StringStrip StringToHashBucket "
     "StringToHashBucketFast StringToHashBucketStrong StringToNumber StringUpper Substr "
     "UnicodeScript UnicodeTranscode DecodeCompressed EncodeJpegVariableQuality NormalizeUTF8 "
     "CaseFoldUTF8",
     like<0>},
    {"EncodeJpeg EncodePng EncodeWav ReadFile StringFormat SerializeTensor ScalarSummary "
     "HistogramSummary MergeSummary ShardedFilename ShardedFilespec",
     scalar},
    {"StringJoin", joined},
    {"DecodeRaw DecodePaddedRaw", decoded_numbers},
    {"StringSplit StringSplitV2", split},
    {"DecodeAndCropJpeg DecodeBmp DecodeJpeg DecodePng", picture},
    {"DecodeGif", animation},
    {"DecodeImage", any_picture},
    {"DecodeWav", sound},
    {"Fingerprint", fingerprint},
    {"UnicodeDecode UnicodeDecodeWithOffsets", unicode_rows},
    {"UnicodeEncode", encoded_rows},
    {"ParseExample ParseExampleV2", examples},
    {"ParseSingleExample", one_example},
};

}  // namespace

std::span<const ShapeRule> text() { return kTextShapes; }

}  // namespace litecast::tensorflow::shapes
