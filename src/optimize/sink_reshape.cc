// A RESHAPE that stands between an op and what could be fused into it moves behind:
//
//   y = RESHAPE(CONV_2D(x), s)                z = ADD(CONV_2D(x), c)
//   z = ADD(y, c)                      ─▶     y = RESHAPE(z, s)
//
// where the last axis stays and c is a scalar or has that axis alone. This is how 1-D convolutions
// come: their data is given a second axis and loses it again.
#include "optimize/activation.h"
#include "optimize/rewrites.h"
#include "optimize/weighted.h"

namespace litecast::optimize {
namespace {

Value* sink_reshape(Node& node, Builder& builder) {
  const ConstantOperand operand = constant_operand(node);
  Value* y = node.operands().size() == 1 ? node.operand(0) : operand.other;
  if (!y || !y->has_one_use() || y->type() != node.result()->type()) return nullptr;
  Node* reshape = y->producer();
  if (!reshape || (reshape->op() != Op::RESHAPE && reshape->op() != Op::SQUEEZE &&
                   reshape->op() != Op::EXPAND_DIMS))
    return nullptr;
  Value* x = reshape->operand(0);
  Node* source = x->producer();
  if (!source || !x->has_one_use() || !is_linear(*source) || !x->shape().is_ranked() ||
      x->shape().rank() == 0 || y->shape().rank() == 0 || x->shape()[-1] != y->shape()[-1])
    return nullptr;
  std::vector<Value*> operands(node.operands().begin(), node.operands().end());
  if (operand) {
    if (!x->shape()[-1].is_constant()) return nullptr;
    const auto c = per_channel(operand.constant, x->shape()[-1].value());
    if (!c) return nullptr;
    for (Value*& v : operands) v = v == y ? x : builder.constant(c);
  } else {
    operands[0] = x;
  }
  Value* z = try_add(builder, node.op(), std::move(operands), node.options());
  if (!z) return nullptr;
  std::vector<Value*> shape(reshape->operands().begin(), reshape->operands().end());
  shape[0] = z;
  builder.set_provenance(reshape->provenance_ref());
  return try_add(builder, reshape->op(), std::move(shape), reshape->options());
}

}  // namespace

const Rewrite kSinkReshape = {"sink_reshape",
                              {Op::ADD, Op::SUB, Op::MUL, Op::RELU, Op::RELU6, Op::RELU_N1_TO_1},
                              sink_reshape};

}  // namespace litecast::optimize
