// x · relu6(x + 3) / 6 in whatever order it is multiplied, and with the division inside the clamp:
//
//   MUL(MUL(x, RELU6(ADD(x, 3))), 1/6)                          ─▶  HARD_SWISH(x)
//   MUL(x, MINIMUM(RELU(ADD(MUL(x, 1/6), 1/2)), 1))             ─▶  HARD_SWISH(x)
#include "optimize/activation.h"
#include "optimize/factors.h"
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

// x where v = x + c.
Value* sum_with(const Value* v, double c) {
  const Node* n = only_producer(v, Op::ADD);
  if (!n || !is_linear(*n)) return nullptr;
  const ConstantOperand operand = constant_operand(*n);
  return operand && is_splat_of(operand.constant, c) ? operand.other : nullptr;
}

Value* relu6_of_x_plus_3(const Value* v) {
  const Node* n = only_producer(v, Op::RELU6);
  return n ? sum_with(n->operand(0), 3) : nullptr;
}

Value* clamped_line(const Value* v) {
  const Node* minimum = only_producer(v, Op::MINIMUM);
  if (!minimum) return nullptr;
  const ConstantOperand top = constant_operand(*minimum);
  if (!top || !is_splat_of(top.constant, 1)) return nullptr;
  const Node* relu = only_producer(top.other, Op::RELU);
  Value* line = relu ? sum_with(relu->operand(0), 0.5) : nullptr;
  const Node* scaled = only_producer(line, Op::MUL);
  if (!scaled || !is_linear(*scaled)) return nullptr;
  const ConstantOperand slope = constant_operand(*scaled);
  const auto c = splat_value(slope.constant);
  return c && near(*c, 1.0 / 6) ? slope.other : nullptr;
}

Value* recognize_hard_swish(Node& node, Builder& builder) {
  if (!is_linear(node) || node.result()->dtype() != DType::FLOAT32) return nullptr;
  const auto p = product(node, 2);
  if (!p || p->factors.size() != 2) return nullptr;
  for (int i = 0; i < 2; ++i) {
    Value* x = p->factors[static_cast<std::size_t>(i)];
    Value* gate = p->factors[static_cast<std::size_t>(1 - i)];
    const bool matches = (near(p->constant, 1.0 / 6) && relu6_of_x_plus_3(gate) == x) ||
                         (near(p->constant, 1) && clamped_line(gate) == x);
    if (matches && x->type() == node.result()->type()) return try_add(builder, Op::HARD_SWISH, {x});
  }
  return nullptr;
}

}  // namespace

const Rewrite kRecognizeHardSwish = {"recognize_hard_swish", {Op::MUL}, recognize_hard_swish};

}  // namespace litecast::optimize
