#include "optimize/unrolled_layers.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "optimize/rewrite.h"

namespace litecast::optimize {
namespace {

// A step has no more nodes, and a row no more before it takes part.
constexpr std::size_t kMostOfStep = 200;
constexpr int kMostBeforeRow = 4;

bool takes_rows(const Node& node) {
  return node.op() == Op::UNPACK ||
         (node.op() == Op::STRIDED_SLICE &&
          node.options_as<tflite::StridedSliceOptionsT>().shrink_axis_mask != 0);
}

bool is_of_row(const Value* value, int depth = 0) {
  const Node* node = value && ir::is_float(value->dtype()) ? value->producer() : nullptr;
  if (!node || depth > kMostBeforeRow) return false;
  if (takes_rows(*node)) return true;
  return std::ranges::any_of(node->operands(),
                             [&](const Value* v) { return is_of_row(v, depth + 1); });
}

// Whether the later node depends on the earlier one, and a row comes in between.
bool is_next_step(const Node& earlier, const Node& later) {
  std::unordered_set<const Node*> reached = {&earlier};
  std::vector<const Node*> open = {&earlier};
  bool has_reached = false, has_row = false;
  while (!open.empty() && reached.size() < kMostOfStep) {
    const Node* node = open.back();
    open.pop_back();
    for (const Value* result : node->results())
      for (const ir::Use& use : result->uses()) {
        if (!reached.insert(use.node).second) continue;
        has_reached |= use.node == &later;
        if (later.is_before(*use.node)) continue;
        for (const Value* operand : use.node->operands())
          has_row |= operand && !(operand->producer() && reached.contains(operand->producer())) &&
                     is_of_row(operand);
        if (use.node != &later) open.push_back(use.node);
      }
  }
  return has_reached && has_row;
}

void find_steps(const ir::Graph& graph, std::vector<std::string>& layers) {
  std::unordered_map<const Value*, const Node*> first;  // of the products, by weights
  std::unordered_set<const Value*> tried;
  for (const Node* node = graph.first(); node; node = node->next()) {
    if (node->op() != Op::FULLY_CONNECTED || !node->operand(1)->is_constant()) continue;
    const auto [found, is_first] = first.emplace(node->operand(1), node);
    if (is_first || !tried.insert(node->operand(1)).second) continue;
    if (!is_next_step(*found->second, *node)) continue;
    // Of the cell, not of its product.
    const std::string layer = node->provenance().substr(0, node->provenance().rfind('/'));
    if (std::ranges::find(layers, layer) == layers.end()) layers.push_back(layer);
  }
}

}  // namespace

std::vector<std::string> unrolled_layers(const ir::Module& module) {
  std::vector<std::string> layers;
  for (const auto& graph : module.graphs()) find_steps(*graph, layers);
  return layers;
}

}  // namespace litecast::optimize
