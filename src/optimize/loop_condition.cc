#include "optimize/loop_condition.h"

#include <algorithm>

#include "emit/shape.h"

namespace litecast::optimize {

std::vector<const Value*> conjuncts(const Value* condition) {
  constexpr std::size_t kMost = 16;
  std::vector<const Value*> open = {condition}, parts;
  while (!open.empty() && parts.size() < kMost) {
    const Value* value = open.back();
    open.pop_back();
    if (const Node* both = producer(value, Op::LOGICAL_AND)) {
      open.push_back(both->operand(0));
      if (both->operand(1) != both->operand(0)) open.push_back(both->operand(1));
    } else {
      parts.push_back(value);
    }
    if (open.size() > kMost) return {};
  }
  return open.empty() ? parts : std::vector<const Value*>();
}

std::optional<bool> known_truth(const Value* value) {
  if (!value->is_constant()) return std::nullopt;
  return value->constant()->bytes()[0] != std::byte{0};
}

bool is_scalar(const Value* value) {
  return value->shape().is_ranked() && value->shape().rank() == 0;
}

bool is_scalar(const Value* value, std::int64_t number) {
  const auto known = emit::known_integers(value);
  return known && is_scalar(value) && known->front() == number;
}

const Value* without(const Value* value, std::int64_t number) {
  const Node* add = producer(value, Op::ADD);
  if (!add) return nullptr;
  const ConstantOperand parts = constant_operand(*add);
  return parts && is_scalar(parts.constant, number) ? parts.other : nullptr;
}

int input_index(const ir::Graph& graph, const Value* value) {
  const auto inputs = graph.inputs();
  const auto found = std::ranges::find(inputs, value);
  return found == inputs.end() ? -1 : static_cast<int>(found - inputs.begin());
}

}  // namespace litecast::optimize
