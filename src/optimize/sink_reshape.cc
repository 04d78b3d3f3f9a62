// A RESHAPE that stands between an op and what could be fused into it moves behind:
//
//   y = RESHAPE(CONV_2D(x), s)                z = ADD(CONV_2D(x), c)
//   z = ADD(y, c)                      ─▶     y = RESHAPE(z, s)
//
// where c is a scalar, has the last axis alone, which stays, or has all axes into which the last
// one was parted. The first is how 1-D convolutions come, whose data is given a second axis and
// loses it again; the second how attention does, which parts the channels into heads.
#include "optimize/activation.h"
#include "optimize/rewrites.h"
#include "optimize/weighted.h"

namespace litecast::optimize {
namespace {

// Whether `c`, which broadcasts against values of shape `y`, runs over exactly the last axes of y
// that have `channels` elements together.
bool covers_last_axes(const Value* c, const ir::Shape& y, std::int64_t channels) {
  const ir::StaticShape& shape = c->constant()->shape();
  std::size_t axis = 0;
  while (axis < shape.size() && shape[axis] == 1) ++axis;
  if (c->constant()->elements() != channels || shape.size() - axis > y.dims().size()) return false;
  for (std::size_t from_last = 1; from_last <= shape.size() - axis; ++from_last)
    if (y.dims()[y.dims().size() - from_last] != Dim(shape[shape.size() - from_last])) return false;
  return true;
}

// The constant that does to `x` what `c` does to `y`, which is x in another shape; null where there
// is none.
ir::ConstantPtr before_reshape(const Value* c, const ir::Shape& x, const ir::Shape& y) {
  if (!x[-1].is_constant()) return nullptr;
  const std::int64_t channels = x[-1].value();
  if (c->constant()->elements() == 1 || x[-1] == y[-1]) return per_channel(c, channels);
  if (!c->constant()->is_small() || !covers_last_axes(c, y, channels)) return nullptr;
  return c->constant()->reshaped({channels});
}

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
      x->shape().rank() == 0 || !y->shape().is_ranked() || y->shape().rank() == 0)
    return nullptr;
  std::vector<Value*> operands(node.operands().begin(), node.operands().end());
  if (operand) {
    const ir::ConstantPtr c = before_reshape(operand.constant, x->shape(), y->shape());
    if (!c) return nullptr;
    for (Value*& v : operands) v = v == y ? x : builder.constant(c);
  } else {
    operands[0] = x;
  }
  Value* z = try_add(builder, node.op(), std::move(operands), node.options());
  if (!z || z->type() != x->type()) return nullptr;
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
