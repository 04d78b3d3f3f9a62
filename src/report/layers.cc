#include "report/layers.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "report/summary.h"

namespace litecast {
namespace {

// The scope of a node: "model/dense" for "model/dense/MatMul".
std::string_view scope_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

void count(std::vector<OpCount>& ops, const std::string& name) {
  const auto known = std::ranges::find(ops, name, &OpCount::op);
  if (known == ops.end())
    ops.push_back({name, 1});
  else
    ++known->count;
}

}  // namespace

std::vector<LayerReport> layers_of(const ir::Module& module) {
  std::vector<LayerReport> layers;
  std::unordered_map<std::string_view, std::size_t> index;  // views of the nodes' provenance
  std::unordered_set<const ir::Constant*> counted;
  for (const auto& graph : module.graphs())
    for (const ir::Node* node = graph->first(); node; node = node->next()) {
      const std::string_view scope = scope_of(node->provenance());
      const auto [place, is_new] = index.try_emplace(scope, layers.size());
      if (is_new) layers.push_back({.name = std::string(scope)});
      LayerReport& layer = layers[place->second];
      count(layer.ops, op_name(*node));
      for (const ir::Value* operand : node->operands())
        if (operand && operand->constant() && counted.insert(operand->constant().get()).second)
          layer.constant_bytes += operand->constant()->byte_size();
    }
  return layers;
}

}  // namespace litecast
