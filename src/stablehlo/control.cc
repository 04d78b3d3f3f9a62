// Loops and branches. Their bodies are graphs of the module, which are lowered as all are.
#include "stablehlo/lowerings.h"

namespace litecast::stablehlo {
namespace {

std::vector<Type> types_of(const Node& node) {
  std::vector<Type> types;
  for (const Value* result : node.results()) types.push_back(result->type());
  return types;
}

Values loop(Lowerer& l, const Node& node) {
  Graph& condition = *node.graphs()[0];
  if (Value* holds = condition.outputs()[0]; rank_of(holds) > 0) {
    Lowerer inside(condition, l.combiners());
    condition.set_output(0, inside.reshape(holds, {}));
  }
  return l.add_all({.op = Op::STABLEHLO_WHILE,
                    .operands = Values(node.operands().begin(), node.operands().end()),
                    .options = tflite::StablehloWhileOptionsT{},
                    .graphs = {node.graphs().begin(), node.graphs().end()}},
                   types_of(node));
}

// CASE counts its branches from 0, which is what a false condition becomes.
Values branch(Lowerer& l, const Node& node) {
  Values operands(node.operands().begin(), node.operands().end());
  operands[0] = l.convert(l.reshape(operands[0], {}), DType::INT32);
  return l.add_all({.op = Op::STABLEHLO_CASE,
                    .operands = std::move(operands),
                    .options = tflite::StablehloCaseOptionsT{},
                    .graphs = {node.graphs()[1], node.graphs()[0]}},
                   types_of(node));
}

}  // namespace

std::span<const Lowering> control_lowerings() {
  static constexpr Lowering kTable[] = {
      {Op::IF, branch},
      {Op::WHILE, loop},
  };
  return kTable;
}

}  // namespace litecast::stablehlo
