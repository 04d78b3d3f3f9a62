// x / √max(Σ x², 1e-12) along the last axis, which is what the kernel computes (it bounds the norm
// by 1e-6 from below):
//
//   MUL(x, RSQRT(MAXIMUM(SUM(SQUARE(x), −1, keep_dims), 1e-12)))   ─▶  L2_NORMALIZATION(x)
//
// Other bounds are left alone: they would give other answers near zero.
#include "optimize/activation.h"
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

bool is_square_of(const Value* v, const Value* x) {
  const Node* n = v->producer();
  if (!n) return false;
  if (n->op() == Op::SQUARE) return n->operand(0) == x;
  return n->op() == Op::MUL && is_linear(*n) && n->operand(0) == x && n->operand(1) == x;
}

bool is_sum_of_squares(const Value* v, const Value* x) {
  const Node* sum = producer(v, Op::SUM);
  if (!sum || !sum->options_as<tflite::ReducerOptionsT>().keep_dims ||
      !sum->operand(1)->is_constant())
    return false;
  const auto axes = ir::integer_values(*sum->operand(1)->constant());
  const int last = x->shape().rank() - 1;
  return axes.size() == 1 && (axes[0] == -1 || axes[0] == last) && is_square_of(sum->operand(0), x);
}

bool is_inverse_norm(const Value* v, const Value* x) {
  const Node* rsqrt = producer(v, Op::RSQRT);
  const Node* bound = rsqrt ? producer(rsqrt->operand(0), Op::MAXIMUM) : nullptr;
  if (!bound) return false;
  const ConstantOperand operand = constant_operand(*bound);
  return operand && is_splat_of(operand.constant, 1e-12) && is_sum_of_squares(operand.other, x);
}

Value* recognize_l2_normalization(Node& node, Builder& builder) {
  if (!is_linear(node) || node.result()->dtype() != DType::FLOAT32) return nullptr;
  for (int i = 0; i < 2; ++i) {
    Value* x = node.operand(i);
    if (x->shape().is_ranked() && x->shape().rank() > 0 &&
        is_inverse_norm(node.operand(1 - i), x) && x->type() == node.result()->type())
      return try_add(builder, Op::L2_NORMALIZATION, {x}, tflite::L2NormOptionsT());
  }
  return nullptr;
}

}  // namespace

const Rewrite kRecognizeL2Normalization = {
    "recognize_l2_normalization", {Op::MUL}, recognize_l2_normalization};

}  // namespace litecast::optimize
