#include "emit/suppression.h"

#include "emit/arith.h"
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

}  // namespace litecast::emit
