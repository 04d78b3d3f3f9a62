// Clamping that is one of the RELU family:
//
//   MAXIMUM(x, 0)                              ─▶  RELU(x)
//   MINIMUM(RELU(x), 6), MAXIMUM(MINIMUM(x, 6), 0), RELU(MINIMUM(x, 6))   ─▶  RELU6(x)
//   MINIMUM(MAXIMUM(x, −1), 1) and the other order                        ─▶  RELU_N1_TO_1(x)
//   RELU(x)                                    ─▶  x where it is never negative
//
// [0, 1] is left as RELU and MINIMUM: RELU_0_TO_1 would ask for a newer runtime.
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

// MINIMUM or MAXIMUM of something with a splat.
struct Clamp {
  Value* x = nullptr;
  double bound = 0;
  explicit operator bool() const { return x != nullptr; }
};

Clamp clamp(const Node* node) {
  if (!node) return {};
  if (node->op() == Op::RELU && node->operand(0)->dtype() == DType::FLOAT32)
    return {node->operand(0), 0};
  const ConstantOperand operand = constant_operand(*node);
  const auto bound = splat_value(operand.constant);
  if (!bound || operand.other->type() != node->result()->type()) return {};
  return {operand.other, *bound};
}

Value* bounded(Builder& builder, Value* x, double low, double high) {
  if (x->dtype() != DType::FLOAT32) return nullptr;
  if (low == 0 && high == 6) return try_add(builder, Op::RELU6, {x});
  if (low == -1 && high == 1) return try_add(builder, Op::RELU_N1_TO_1, {x});
  return nullptr;
}

bool is_never_negative(const Value* x) {
  constexpr Op kOps[] = {Op::ABS,     Op::EXP,    Op::LOGISTIC,
                         Op::RELU,    Op::RELU6,  Op::SQRT,
                         Op::SOFTMAX, Op::SQUARE, Op::SQUARED_DIFFERENCE};
  return x->producer() && std::ranges::find(kOps, x->producer()->op()) != std::end(kOps);
}

Value* minimum(Node& node, Builder& builder) {
  const Clamp outer = clamp(&node);
  if (!outer) return nullptr;
  Node* below = only_producer(outer.x, Op::RELU);
  if (!below) below = only_producer(outer.x, Op::MAXIMUM);
  const Clamp inner = clamp(below);
  return inner ? bounded(builder, inner.x, inner.bound, outer.bound) : nullptr;
}

Value* maximum(Node& node, Builder& builder) {
  const Clamp outer = clamp(&node);
  if (!outer) return nullptr;
  if (outer.bound == 0 && is_never_negative(outer.x)) return outer.x;
  if (const Clamp inner = clamp(only_producer(outer.x, Op::MINIMUM)))
    if (Value* v = bounded(builder, inner.x, outer.bound, inner.bound)) return v;
  if (node.op() == Op::RELU || outer.bound != 0 || outer.x->dtype() != DType::FLOAT32)
    return nullptr;
  return try_add(builder, Op::RELU, {outer.x});
}

}  // namespace

const Rewrite kRecognizeReluFromMinimum = {"recognize_relu_from_minimum", {Op::MINIMUM}, minimum};
const Rewrite kRecognizeRelu = {"recognize_relu", {Op::MAXIMUM, Op::RELU}, maximum};

}  // namespace litecast::optimize
