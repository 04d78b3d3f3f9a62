#include "tflite/model_index.h"

#include <algorithm>

#include "ir/dead_nodes.h"
#include "ops/op_info.h"

namespace litecast::tflite {
namespace {

int lowest_version(const ir::Module& module, const ir::Node& node) {
  if (node.op() == ir::Op::CUSTOM) return 1;
  const ops::OpInfo* info = ops::find(node.op());
  if (!info) {
    const auto kept = module.operator_versions.find(node.op());
    return kept == module.operator_versions.end() ? 1 : kept->second;
  }
  std::vector<ir::Type> results;
  for (const ir::Value* result : node.results()) results.push_back(result->type());
  return ops::version(*info, {node.op(), node.options(), node.operands(), node.graphs(), results});
}

}  // namespace

std::int32_t GraphIndex::tensor(const ir::Value* value) const {
  return value ? tensor_of_id_[value->id()] : -1;
}

void GraphIndex::add(const ir::Value* value) {
  if (value->id() >= tensor_of_id_.size()) tensor_of_id_.resize(value->id() + 1, -1);
  std::int32_t& tensor = tensor_of_id_[value->id()];
  if (tensor >= 0) return;
  tensor = static_cast<std::int32_t>(tensors.size());
  tensors.push_back(value);
}

ModelIndex::ModelIndex(const ir::Module& module) : module_(module) {
  number_graphs(module);
  for (GraphIndex& graph : graphs_) index_graph(graph);
}

void ModelIndex::number_graphs(const ir::Module& module) {
  const auto reached = ir::reached_graphs(module);
  for (const auto& graph : module.graphs()) {
    if (!reached.contains(graph.get())) continue;
    subgraphs_.emplace(graph.get(), static_cast<std::int32_t>(graphs_.size()));
    graphs_.emplace_back().graph = graph.get();
  }
}

void ModelIndex::index_graph(GraphIndex& index) {
  for (const ir::Value* input : index.graph->inputs()) add_value(index, input);
  for (const ir::Node* node = index.graph->first(); node; node = node->next()) {
    index.operator_codes.push_back(operator_code(*node));
    for (const ir::Value* operand : node->operands()) add_value(index, operand);
    for (const ir::Value* result : node->results()) add_value(index, result);
  }
  for (const ir::Value* output : index.graph->outputs()) add_value(index, output);
}

void ModelIndex::add_value(GraphIndex& index, const ir::Value* value) {
  if (!value) return;
  index.add(value);
  if (value->is_constant()) buffers_.add(value->constant());
}

std::uint32_t ModelIndex::operator_code(const ir::Node& node) {
  const auto [it, is_new] = code_indices_.try_emplace(
      {node.op(), node.custom_name()}, static_cast<std::uint32_t>(operator_codes_.size()));
  if (is_new) operator_codes_.push_back({node.op(), node.custom_name()});
  int& version = operator_codes_[it->second].version;
  version = std::max(version, lowest_version(module_, node));
  return it->second;
}

}  // namespace litecast::tflite
