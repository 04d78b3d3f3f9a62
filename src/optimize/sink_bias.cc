// A bias that is added to a sum goes to the term that can take it in, as in recurrent cells:
//
//   y = FULLY_CONNECTED(x, w)             y = ADD(FULLY_CONNECTED(x, w), c)
//   z = ADD(ADD(y, h), c)           ─▶    z = ADD(y, h)
#include "optimize/activation.h"
#include "optimize/rewrites.h"
#include "optimize/weighted.h"

namespace litecast::optimize {
namespace {

Value* sink_bias(Node& node, Builder& builder) {
  const ConstantOperand operand = constant_operand(node);
  if (!operand || operand.other->type() != node.result()->type()) return nullptr;
  const Node* sum = only_producer(operand.other, Op::ADD);
  if (!sum || !is_linear(*sum)) return nullptr;
  for (const int i : {1, 0}) {
    Value* term = sum->operand(i);
    if (!term->has_one_use()) continue;
    const Weighted w = weighted(term->producer());
    if (!w || !per_channel(operand.constant, w.channels)) continue;
    Value* biased = try_add(builder, Op::ADD, {term, operand.constant}, tflite::AddOptionsT{});
    // What the constant widens is left alone.
    if (!biased || biased->type() != term->type()) return nullptr;
    return try_add(builder, Op::ADD, {biased, sum->operand(1 - i)}, node.options());
  }
  return nullptr;
}

}  // namespace

const Rewrite kSinkBias = {"sink_bias", {Op::ADD}, sink_bias};

}  // namespace litecast::optimize
