#include "optimize/branches_to_logic.h"

#include <algorithm>

#include "ir/copy_nodes.h"
#include "ir/dead_nodes.h"
#include "ops/op_info.h"
#include "optimize/loop_condition.h"
#include "optimize/rewrite.h"

namespace litecast::optimize {
namespace {

constexpr std::size_t kMostInBranch = 8;

bool is_truth(const Value* value) { return value->dtype() == DType::BOOL && is_scalar(value); }

// Elementwise on scalars; a division of integers by zero might end the program.
bool is_cheap(const Node& node) {
  const ops::OpInfo* info = ops::find(node.op());
  return info && info->elementwise && ops::effect_of(*info, node.spec()) == ops::Effect::pure &&
         node.op() != Op::DIV && node.op() != Op::FLOOR_DIV && node.op() != Op::FLOOR_MOD &&
         std::ranges::all_of(node.results(), [](const Value* v) { return is_scalar(v); });
}

bool is_cheap(const ir::Graph& branch) {
  if (branch.node_count() > kMostInBranch) return false;
  for (const Node* node = branch.first(); node; node = node->next())
    if (!is_cheap(*node)) return false;
  return true;
}

bool is_logic(const Node& node) {
  if (node.op() != Op::IF || node.results().empty() || !is_truth(node.operand(0))) return false;
  const auto &then = *node.graphs()[0], &otherwise = *node.graphs()[1];
  if (!is_cheap(then) || !is_cheap(otherwise)) return false;
  for (std::size_t i = 0; i < node.results().size(); ++i) {
    const Value *a = then.outputs()[i], *b = otherwise.outputs()[i];
    if (!is_truth(a) || !is_truth(b) || (!a->is_constant() && !b->is_constant())) return false;
  }
  return true;
}

Value* decided(Builder& builder, Value* condition, Value* then, Value* otherwise) {
  const auto logical = [&](Op op, std::vector<Value*> operands) {
    return try_add(builder, op, std::move(operands));
  };
  const auto a = known_truth(then), b = known_truth(otherwise);
  if (a && b && *a == *b) return then;
  // The other branch decides where the condition is not what this one needs.
  const bool is_then_known = a.has_value();
  Value* other = is_then_known ? otherwise : then;
  const bool known = is_then_known ? *a : *b;
  Value* asked = condition;
  if (is_then_known != known) asked = logical(Op::LOGICAL_NOT, {condition});
  if (!asked || (a && b)) return asked;
  return logical(known ? Op::LOGICAL_OR : Op::LOGICAL_AND, {asked, other});
}

void replace(Node& node) {
  Builder builder(node);
  const auto operands = node.operands().subspan(1);
  const auto then = ir::copy_nodes(*node.graphs()[0], operands, builder);
  const auto otherwise = ir::copy_nodes(*node.graphs()[1], operands, builder);
  if (!then || !otherwise) return;
  builder.set_provenance(node.provenance_ref());
  std::vector<Value*> results;
  for (std::size_t i = 0; i < node.results().size(); ++i) {
    results.push_back(decided(builder, node.operand(0), (*then)[i], (*otherwise)[i]));
    if (!results.back()) return;
  }
  for (std::size_t i = 0; i < results.size(); ++i)
    node.graph().replace_all_uses(node.results()[i], results[i]);
  node.graph().erase(node);
}

}  // namespace

void branches_to_logic(ir::Module& module) {
  // From the inside to the outside.
  const auto& graphs = module.graphs();
  for (std::size_t i = graphs.size(); i-- > 0;)
    for (Node *node = graphs[i]->first(), *next; node; node = next) {
      next = node->next();
      if (is_logic(*node)) replace(*node);
    }
  for (const auto& graph : graphs) ir::remove_dead_nodes(*graph);
  ir::remove_unreached_graphs(module);
}

}  // namespace litecast::optimize
