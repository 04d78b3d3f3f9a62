// RELU, RELU6 and RELU_N1_TO_1 move into the op that makes their operand:
//
//   y = CONV_2D(x, w, b) {NONE}           z = CONV_2D(x, w, b) {RELU}
//   z = RELU(y)                    ─▶
//
// when nothing else uses y. Arithmetic on integers has no fused activation worth having and is left
// alone.
#include "optimize/activation.h"
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

Activation activation_for(Op op) {
  switch (op) {
    case Op::RELU:
      return Activation::RELU;
    case Op::RELU6:
      return Activation::RELU6;
    default:
      return Activation::RELU_N1_TO_1;
  }
}

Value* fuse_activation(Node& node, Builder& builder) {
  Value* x = node.operand(0);
  Node* source = x->producer();
  if (!source || !x->has_one_use() || x->dtype() != DType::FLOAT32 || !is_linear(*source))
    return nullptr;
  builder.set_provenance(source->provenance_ref());
  return try_add(builder, source->op(), {source->operands().begin(), source->operands().end()},
                 with_activation(*source, activation_for(node.op())));
}

}  // namespace

const Rewrite kFuseActivation = {
    "fuse_activation", {Op::RELU, Op::RELU6, Op::RELU_N1_TO_1}, fuse_activation};

}  // namespace litecast::optimize
