// What each operator of the runtime becomes, by family: a function and a line in a table.
#pragma once

#include <span>

#include "stablehlo/lowerer.h"

namespace litecast::stablehlo {

// What stands for the node's results. It may be made of operators of the runtime too, which are
// lowered in turn: of simpler ones, so that this ends. Throws Unsupported.
using LowerFn = Values (*)(Lowerer& l, const Node& node);

struct Lowering {
  Op op;
  LowerFn lower;
};

std::span<const Lowering> activation_lowerings();
std::span<const Lowering> control_lowerings();
std::span<const Lowering> dense_lowerings();
std::span<const Lowering> elementwise_lowerings();
std::span<const Lowering> gather_lowerings();
std::span<const Lowering> movement_lowerings();
std::span<const Lowering> reduction_lowerings();
std::span<const Lowering> slice_lowerings();
std::span<const Lowering> window_lowerings();

// Of an op that has its counterpart.
template <Op op>
Values unary(Lowerer& l, const Node& node) {
  return {l.unary(op, node.operand(0))};
}

// Null for an op without one.
LowerFn lowering_of(Op op);

// The activation that an op has fused, as an op of its own.
Value* activated(Lowerer& l, tflite::ActivationFunctionType activation, Value* x);

}  // namespace litecast::stablehlo
