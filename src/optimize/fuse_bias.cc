// A constant that is added to each output channel goes into the bias:
//
//   y = CONV_2D(x, w, b)           z = CONV_2D(x, w, b + c) {activation of the ADD}
//   z = ADD(y, c)           ─▶
//
// SUB(y, c) is an ADD by then; SUB(c, y) is left alone: it would negate the filter. When y has
// other users the convolution would be done twice, so it stays.
#include "optimize/activation.h"
#include "optimize/rewrites.h"
#include "optimize/weighted.h"

namespace litecast::optimize {
namespace {

Value* fuse_bias(Node& node, Builder& builder) {
  const ConstantOperand operand = constant_operand(node);
  if (!operand || !operand.other->has_one_use()) return nullptr;
  const Weighted w = weighted(operand.other->producer());
  if (!w || operand.other->type() != node.result()->type()) return nullptr;
  ir::ConstantPtr added = per_channel(operand.constant, w.channels);
  if (!added) return nullptr;

  Value* old = w.bias_value();
  ir::ConstantPtr zeros =
      ir::Constant::splat(DType::FLOAT32, {w.channels}, std::vector<std::byte>(sizeof(float)));
  ir::ConstantPtr bias = combine(Op::ADD, old ? old->constant() : zeros, added);
  if (!bias) return nullptr;
  return rebuild(builder, w, w.filter_value(), builder.constant(std::move(bias)),
                 *activation_of(node));
}

}  // namespace

const Rewrite kFuseBias = {"fuse_bias", {Op::ADD}, fuse_bias};

}  // namespace litecast::optimize
