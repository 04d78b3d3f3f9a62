// A constant by which each output channel is multiplied goes into the filter and the bias:
//
//   y = CONV_2D(x, w, b)           z = CONV_2D(x, w · c, b · c) {activation of the MUL}
//   z = MUL(y, c)           ─▶
//
// A filter that other nodes use as well would be written twice: then only a small one is scaled.
#include "optimize/activation.h"
#include "optimize/rewrites.h"
#include "optimize/weighted.h"

namespace litecast::optimize {
namespace {

Value* fuse_scale(Node& node, Builder& builder) {
  const ConstantOperand operand = constant_operand(node);
  if (!operand || !operand.other->has_one_use()) return nullptr;
  const Weighted w = weighted(operand.other->producer());
  if (!w || !w.has_constant_filter() || operand.other->type() != node.result()->type())
    return nullptr;
  const Value* filter = w.filter_value();
  if (filter->uses().size() > 1 && filter->constant()->byte_size() > kCheapCopy) return nullptr;
  const ir::ConstantPtr scale = per_channel(operand.constant, w.channels);
  if (!scale) return nullptr;

  ir::ConstantPtr new_filter = scaled(*filter->constant(), w.output_axis, scale);
  if (!new_filter) return nullptr;
  Value* bias = w.bias_value();
  if (bias) {
    ir::ConstantPtr new_bias = combine(Op::MUL, bias->constant(), scale);
    if (!new_bias) return nullptr;
    bias = builder.constant(std::move(new_bias));
  }
  return rebuild(builder, w, builder.constant(std::move(new_filter)), bias, *activation_of(node));
}

}  // namespace

const Rewrite kFuseScale = {"fuse_scale", {Op::MUL}, fuse_scale};

}  // namespace litecast::optimize
