// Losses of classifiers, with the gradient that their ops give beside them.
#include "emit/gather.h"
#include "emit/precision.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

using emit::mul;
using emit::sub;

void check_logits(const Value* logits) {
  if (!logits->shape().is_ranked() || logits->shape().rank() != 2)
    throw Unsupported("logits have an axis for the batch and one for the classes");
}

Value* softmax(Emitter& e, Value* logits) {
  return e.add(Op::SOFTMAX, {logits}, tflite::SoftmaxOptionsT{.beta = 1});
}

Value* log_softmax(Emitter& e, Value* logits) {
  return e.add(Op::LOG_SOFTMAX, {logits}, tflite::LogSoftmaxOptionsT{});
}

Value* negative(Emitter& e, Value* x) { return emit::unary(e, Op::NEG, x); }

void output_in_input_type(RuleContext& c, Value* loss, Value* gradient) {
  const DType dtype = c.input(0)->dtype();
  c.output(0, emit::cast(c.e, loss, dtype));
  c.output(1, emit::cast(c.e, gradient, dtype));
}

// −Σ labels·log softmax(logits), and softmax(logits) − labels.
void softmax_cross_entropy(RuleContext& c) {
  Emitter& e = c.e;
  const auto shape = ir::broadcast(c.input(0)->shape(), c.input(1)->shape());
  if (!shape) throw Unsupported("the shapes of logits and labels contradict each other");
  Value* logits = emit::broadcast_to(e, emit::cast(e, c.input(0), DType::FLOAT32), *shape);
  Value* labels = emit::cast(e, c.input(1), DType::FLOAT32);
  check_logits(logits);
  const int classes = 1;
  Value* losses = mul(e, labels, log_softmax(e, logits));
  Value* loss = negative(e, emit::reduce(e, Op::SUM, losses, {&classes, 1}, false));
  output_in_input_type(c, loss, sub(e, softmax(e, logits), labels));
}

// The same where the label is the number of a class.
void sparse_softmax_cross_entropy(RuleContext& c) {
  Emitter& e = c.e;
  Value* logits = emit::cast(e, c.input(0), DType::FLOAT32);
  Value* labels = emit::cast(e, c.input(1), DType::INT32);
  check_logits(logits);
  Value* loss = negative(e, emit::gather(e, log_softmax(e, logits), labels, 1, 1));
  Value* targets =
      e.add(Op::ONE_HOT,
            {labels, emit::dim_value(e, logits->shape()[1]), emit::f32(e, 1), emit::f32(e, 0)},
            tflite::OneHotOptionsT{.axis = -1});
  output_in_input_type(c, loss, sub(e, softmax(e, logits), targets));
}

constexpr Rule kLossRules[] = {
    {"SoftmaxCrossEntropyWithLogits", softmax_cross_entropy},
    {"SparseSoftmaxCrossEntropyWithLogits", sparse_softmax_cross_entropy},
};

}  // namespace

std::span<const Rule> loss() { return kLossRules; }

}  // namespace litecast::tensorflow::rules
