#include "emit/suppression.h"

#include <fmt/format.h>

#include "emit/arith.h"
#include "emit/conv.h"
#include "emit/gather.h"
#include "emit/loop.h"
#include "emit/pad.h"
#include "emit/precision.h"
#include "emit/scatter.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

Value* scalar(Emitter& e, Value* x, DType dtype) { return cast(e, reshape(e, x, Shape{}), dtype); }

// Soft suppression lowers scores and never drops a box for its overlap, but the kernel would: no
// overlap reaches 2.
Value* soft_threshold(Emitter& e, Value* iou_threshold, Value* sigma) {
  Value* is_soft = binary(e, Op::GREATER, sigma, e.scalar(DType::FLOAT32, 0));
  return select(e, is_soft, e.scalar(DType::FLOAT32, 2), iou_threshold);
}

}  // namespace

Suppression suppress(Emitter& e, const SuppressionOperands& in) {
  std::vector<Value*> operands = {
      cast(e, in.boxes, DType::FLOAT32), cast(e, in.scores, DType::FLOAT32),
      scalar(e, in.max_output_size, DType::INT32), scalar(e, in.iou_threshold, DType::FLOAT32),
      scalar(e, in.score_threshold, DType::FLOAT32)};
  if (!in.soft_sigma) {
    Values results = e.add_all(Op::NON_MAX_SUPPRESSION_V4, std::move(operands),
                               tflite::NonMaxSuppressionV4OptionsT{});
    return {results.at(0), nullptr, results.at(1)};
  }
  operands.push_back(scalar(e, in.soft_sigma, DType::FLOAT32));
  operands[3] = soft_threshold(e, operands[3], operands[5]);
  Values results = e.add_all(Op::NON_MAX_SUPPRESSION_V5, std::move(operands),
                             tflite::NonMaxSuppressionV5OptionsT{});
  return {results.at(0), results.at(1), results.at(2)};
}

Value* first_elements(Emitter& e, Value* x, Value* count) {
  return e.add(Op::SLICE, {x, e.i32({0}), reshape(e, count, Shape{1})}, tflite::SliceOptionsT{});
}

namespace {

// Each class is a node of its own, and so is each image where there are few.
constexpr std::int64_t kMostSuppressions = 512;

constexpr int kFirstAxis[] = {0};

Value* only(Emitter& e, Value* x) { return squeeze(e, x, kFirstAxis); }

// What is left of one class, or of all: scores[m], the lowest number where there is none.
struct Candidates {
  Value* boxes;
  Value* scores;
  Value* classes;
};

Candidates of_class(Emitter& e, const CombinedOperands& in, Value* boxes, Value* scores,
                    std::int64_t most, std::int64_t number) {
  const Suppression kept =
      suppress(e, {boxes, scores, e.scalar_i32(most), in.iou_threshold, in.score_threshold});
  Value* is_kept = binary(e, Op::LESS, iota(e, most), kept.count);
  Value* found = select(e, is_kept, gather(e, scores, kept.indices, 0), lowest(e, DType::FLOAT32));
  return {gather(e, boxes, kept.indices, 0), found,
          fill(e, Shape{most}, f32(e, static_cast<double>(number)))};
}

// Rows of zeros at the end, up to `count`.
Value* filled_up(Emitter& e, Value* x, std::int64_t count) {
  Pads pads(static_cast<std::size_t>(x->shape().rank()), {Dim(0), Dim(0)});
  pads[0][1] = Dim(count) - x->shape()[0];
  return pad_by(e, x, pads, nullptr);
}

// boxes[n, 1 or C, 4], scores[n, C].
CombinedSuppression of_image(Emitter& e, const CombinedOperands& in, Value* boxes, Value* scores) {
  const Dim n = scores->shape()[0];
  const auto classes = static_cast<int>(scores->shape()[1].value());
  const bool shared = boxes->shape()[1] == Dim(1);
  const auto box_parts = split(e, boxes, 1, shared ? 1 : classes);
  const auto score_parts = split(e, scores, 1, classes);
  // The best of all are among the best of each class.
  std::int64_t most = std::min(in.per_class, in.total);
  if (n.is_constant()) most = std::min(most, n.value());
  std::vector<Value*> all_boxes, all_scores, all_classes;
  constexpr int kSecondAxis[] = {1};
  for (int i = 0; i < classes; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const Candidates found = of_class(e, in, squeeze(e, box_parts[shared ? 0 : at], kSecondAxis),
                                      squeeze(e, score_parts[at], kSecondAxis), most, i);
    all_boxes.push_back(found.boxes);
    all_scores.push_back(found.scores);
    all_classes.push_back(found.classes);
  }
  const std::int64_t count = std::min(in.total, most * classes);
  const auto best = e.add_all(Op::TOPK_V2, {concat(e, all_scores, 0), e.scalar_i32(count)});
  Value* is_valid = binary(e, Op::GREATER, best.at(0), lowest(e, DType::FLOAT32));
  const auto chosen = [&](const std::vector<Value*>& parts) {
    return gather(e, concat(e, parts, 0), best.at(1), 0);
  };
  Value* found_boxes = chosen(all_boxes);
  if (in.clips) found_boxes = max(e, min(e, found_boxes, f32(e, 1)), f32(e, 0));
  const auto or_zero = [&](Value* condition, Value* x) {
    return filled_up(e, select(e, condition, x, f32(e, 0)), in.total);
  };
  const int last = 1;
  return {or_zero(expand_dims(e, is_valid, {&last, 1}), found_boxes), or_zero(is_valid, best.at(0)),
          or_zero(is_valid, chosen(all_classes)),
          reduce(e, Op::SUM, cast(e, is_valid, DType::INT32), kFirstAxis, true)};
}

// The images one after the other in the graph.
CombinedSuppression of_few_images(Emitter& e, const CombinedOperands& in, int images) {
  const auto box_parts = split(e, in.boxes, 0, images);
  const auto score_parts = split(e, in.scores, 0, images);
  std::vector<Value*> found[4];
  for (std::size_t i = 0; i < box_parts.size(); ++i) {
    const auto image = of_image(e, in, only(e, box_parts[i]), only(e, score_parts[i]));
    Value* results[] = {image.boxes, image.scores, image.classes};
    for (std::size_t k = 0; k < 3; ++k) found[k].push_back(expand_dims(e, results[k], kFirstAxis));
    found[3].push_back(image.counts);
  }
  return {concat(e, found[0], 0), concat(e, found[1], 0), concat(e, found[2], 0),
          concat(e, found[3], 0)};
}

// An image in each round of a loop.
CombinedSuppression of_each_image(Emitter& e, const CombinedOperands& in) {
  const Dim images = in.scores->shape()[0];
  const auto zeros = [&](Shape shape) { return fill(e, shape, f32(e, 0)); };
  const std::vector<Value*> none = {zeros({images, in.total, 4}), zeros({images, in.total}),
                                    zeros({images, in.total}),
                                    fill(e, Shape{images}, e.scalar_i32(0))};
  const std::vector<Value*> outer = {in.boxes, in.scores, in.iou_threshold, in.score_threshold};
  const auto all = repeat(e, dim_value(e, images), none, outer, [&](Round& round) {
    CombinedOperands inside = in;
    inside.iou_threshold = round.outer[2];
    inside.score_threshold = round.outer[3];
    const auto image = of_image(round.e, inside, gather(round.e, round.outer[0], round.number, 0),
                                gather(round.e, round.outer[1], round.number, 0));
    Value* results[] = {image.boxes, image.scores, image.classes,
                        reshape(round.e, image.counts, Shape{})};
    std::vector<Value*> carried;
    for (std::size_t i = 0; i < std::size(results); ++i)
      carried.push_back(set_row(round.e, round.carried[i], round.number, results[i]));
    return carried;
  });
  return {all[0], all[1], all[2], all[3]};
}

}  // namespace

CombinedSuppression suppress_combined(Emitter& e, CombinedOperands in) {
  if (rank_of(in.boxes) != 4 || rank_of(in.scores) != 3)
    throw Unsupported("boxes and scores of a combined suppression contradict each other");
  const Dim images = in.scores->shape()[0], boxes = in.scores->shape()[1];
  const Dim classes = in.scores->shape()[2], shared = in.boxes->shape()[2];
  if (!classes.is_constant() || !shared.is_constant())
    throw Unsupported("a combined suppression of a free number of classes",
                      "give the axis of classes a fixed size (tf.ensure_shape)");
  if (shared != Dim(1) && shared != classes)
    throw Unsupported("boxes and scores of a combined suppression contradict each other");
  if (classes.value() < 1 || classes.value() > kMostSuppressions)
    throw Unsupported(
        fmt::format("{} classes are more than {} suppressions", classes.value(), kMostSuppressions),
        "suppress boxes of all classes together");
  const auto is_empty = [](Dim size) { return size.is_constant() && size.value() < 1; };
  if (is_empty(images) || is_empty(boxes) || in.per_class < 1 || in.total < 1 ||
      in.total > (1 << 20))
    throw Unsupported("a combined suppression of nothing");
  if (in.pads_per_class && in.per_class < in.total)
    in.total = std::min(in.total, in.per_class * classes.value());
  if (images.is_constant() && images.value() <= kMostSuppressions / classes.value())
    return of_few_images(e, in, static_cast<int>(images.value()));
  return of_each_image(e, in);
}

}  // namespace litecast::emit
