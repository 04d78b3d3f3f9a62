// Softmax along the last axis, written out:
//
//   e = EXP(x);  y = DIV(e, SUM(e, −1, keep_dims))     ─▶   y = SOFTMAX(x) {beta: 1}
//
// which also stays finite where exp overflows.
#include "optimize/activation.h"
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

bool sums_last_axis(const Node& sum, const Value* e) {
  if (sum.operand(0) != e || !sum.options_as<tflite::ReducerOptionsT>().keep_dims ||
      !sum.operand(1)->is_constant() || !e->shape().is_ranked())
    return false;
  const auto axes = ir::integer_values(*sum.operand(1)->constant());
  return axes.size() == 1 && (axes[0] == -1 || axes[0] == e->shape().rank() - 1);
}

Value* recognize_softmax(Node& node, Builder& builder) {
  Value* e = node.operand(0);
  const Node* exp = producer(e, Op::EXP);
  const Node* sum = producer(node.operand(1), Op::SUM);
  if (!exp || !sum || !is_linear(node) || !sums_last_axis(*sum, e) ||
      e->type() != node.result()->type() || e->dtype() != DType::FLOAT32)
    return nullptr;
  tflite::SoftmaxOptionsT options;
  options.beta = 1;
  return try_add(builder, Op::SOFTMAX, {exp->operand(0)}, std::move(options));
}

}  // namespace

const Rewrite kRecognizeSoftmax = {"recognize_softmax", {Op::DIV}, recognize_softmax};

}  // namespace litecast::optimize
