// tanh saturates long before exp overflows, so softplus within it needs no care for large values:
//
//   TANH(MAXIMUM(LOG(ADD(EXP(MINIMUM(x, c)), 1)), x))    ─▶  TANH(LOG(ADD(EXP(x), 1)))
#include "optimize/activation.h"
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

// Beyond this, tanh is 1 to the last digit.
constexpr double kSaturated = 10;

Value* shorten_mish(Node& node, Builder& builder) {
  const Node* larger = only_producer(node.operand(0), Op::MAXIMUM);
  for (int i = 0; larger && i < 2; ++i) {
    Value* x = larger->operand(1 - i);
    const Node* log = only_producer(larger->operand(i), Op::LOG);
    const Node* sum = log ? producer(log->operand(0), Op::ADD) : nullptr;
    const ConstantOperand one = sum && is_linear(*sum) ? constant_operand(*sum) : ConstantOperand();
    const Node* exp = one && is_splat_of(one.constant, 1) ? producer(one.other, Op::EXP) : nullptr;
    const Node* bound = exp ? producer(exp->operand(0), Op::MINIMUM) : nullptr;
    const ConstantOperand limit = bound ? constant_operand(*bound) : ConstantOperand();
    const auto c = splat_value(limit.constant);
    if (!c || *c < kSaturated || limit.other != x) continue;
    Value* e = try_add(builder, Op::EXP, {x});
    Value* s = e ? try_add(builder, Op::ADD, {e, one.constant}, tflite::AddOptionsT()) : nullptr;
    Value* l = s ? try_add(builder, Op::LOG, {s}) : nullptr;
    return l ? try_add(builder, Op::TANH, {l}) : nullptr;
  }
  return nullptr;
}

}  // namespace

const Rewrite kShortenMish = {"shorten_mish", {Op::TANH}, shorten_mish};

}  // namespace litecast::optimize
