// A rectifier with a slope for negative values, written out:
//
//   ADD(RELU(x), MUL(RELU(NEG(x)), c))                ─▶  PRELU(x, −c)
//   ADD(RELU(x), MUL(NEG(RELU(NEG(x))), c))           ─▶  PRELU(x, c)
//
// with a constant c that does not broadcast x.
#include "optimize/activation.h"
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

// v = ±RELU(−x): x and the sign.
struct NegativePart {
  Value* x = nullptr;
  bool negated = false;
};

NegativePart negative_part(const Value* v) {
  const Node* outer = producer(v, Op::NEG);
  const Node* relu = producer(outer ? outer->operand(0) : v, Op::RELU);
  const Node* inner = relu ? producer(relu->operand(0), Op::NEG) : nullptr;
  if (!inner) return {};
  return {inner->operand(0), outer != nullptr};
}

Value* prelu(Builder& builder, const Node& node, const Value* positive, const Value* negative) {
  const Node* relu = producer(positive, Op::RELU);
  const Node* scaled = producer(negative, Op::MUL);
  if (!relu || !scaled || !is_linear(*scaled)) return nullptr;
  const ConstantOperand operand = constant_operand(*scaled);
  if (!operand) return nullptr;
  const NegativePart part = negative_part(operand.other);
  if (!part.x || part.x != relu->operand(0) || part.x->type() != node.result()->type())
    return nullptr;
  Value* slope = operand.constant;
  if (!part.negated) slope = try_add(builder, Op::NEG, {slope});
  return slope && slope->is_constant() ? try_add(builder, Op::PRELU, {part.x, slope}) : nullptr;
}

Value* recognize_prelu(Node& node, Builder& builder) {
  if (!is_linear(node) || node.result()->dtype() != DType::FLOAT32) return nullptr;
  if (Value* v = prelu(builder, node, node.operand(0), node.operand(1))) return v;
  return prelu(builder, node, node.operand(1), node.operand(0));
}

}  // namespace

const Rewrite kRecognizePrelu = {"recognize_prelu", {Op::ADD}, recognize_prelu};

}  // namespace litecast::optimize
