#include "optimize/merge_slots.h"

#include <algorithm>

#include "ops/op_info.h"
#include "optimize/rewrite.h"

namespace litecast::optimize {
namespace {

using ir::Graph;

// What is read twice, or drawn twice, need not be the same.
bool is_pure(const Node& node) {
  const ops::OpInfo* info = ops::find(node.op());
  return info && ops::effect_of(*info, node.spec()) == ops::Effect::pure;
}

// Whether both results of the body are the same if both inputs are.
bool change_alike(const Graph& body, std::size_t i, std::size_t j) {
  const Value* in_i = body.inputs()[i];
  const Value* in_j = body.inputs()[j];
  const Value* out_i = body.outputs()[i];
  const Value* out_j = body.outputs()[j];
  const auto alike = [&](const Value* a, const Value* b) {
    return a == b || (a == in_i && b == in_j);
  };
  if (alike(out_i, out_j)) return true;
  const Node* a = out_i->producer();
  const Node* b = out_j->producer();
  return a && b && a->op() == b->op() && a->graphs().empty() && b->graphs().empty() &&
         is_pure(*a) && out_i->result_index() == out_j->result_index() &&
         a->options() == b->options() && a->custom_name() == b->custom_name() &&
         std::ranges::equal(a->custom_bytes(), b->custom_bytes()) &&
         std::ranges::equal(a->operands(), b->operands(), alike);
}

void merge(Node& loop, std::size_t i, std::size_t j) {
  for (Graph* graph : loop.graphs())
    graph->replace_all_uses(graph->inputs()[j], graph->inputs()[i]);
  loop.graph().replace_all_uses(loop.result(static_cast<int>(j)), loop.result(static_cast<int>(i)));
}

void merge_slots_of(Node& loop) {
  const Graph& body = *loop.graphs()[1];
  const auto operands = loop.operands();
  for (std::size_t i = 0; i < operands.size(); ++i)
    for (std::size_t j = i + 1; j < operands.size(); ++j)
      if (operands[i] == operands[j] && !body.inputs()[j]->is_unused() &&
          body.inputs()[i]->type() == body.inputs()[j]->type() && change_alike(body, i, j))
        merge(loop, i, j);
}

}  // namespace

void merge_slots(ir::Module& module) {
  for (const auto& graph : module.graphs())
    for (Node* node = graph->first(); node; node = node->next())
      if (node->op() == Op::WHILE) merge_slots_of(*node);
}

}  // namespace litecast::optimize
