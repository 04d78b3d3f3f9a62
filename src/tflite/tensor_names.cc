#include "tflite/tensor_names.h"

#include <unordered_map>
#include <unordered_set>

#include "ops/op_info.h"

namespace litecast::tflite {
namespace {

std::string operand_name(const ir::Node& node, std::size_t operand) {
  const ops::OpInfo* info = ops::find(node.op());
  if (!info || info->operands.empty()) return "operand";
  return info->operands[std::min(operand, info->operands.size() - 1)].name;
}

class Namer {
 public:
  explicit Namer(const GraphIndex& graph) : graph_(graph), names_(graph.tensors.size()) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      names_[i] = graph.tensors[i]->name();
      taken_.insert(names_[i]);
    }
  }

  std::vector<std::string> take() {
    for (const ir::Node* node = graph_.graph->first(); node; node = node->next()) name_node(*node);
    for (const ir::Value* input : graph_.graph->inputs()) name(input, "input");
    for (const ir::Value* output : graph_.graph->outputs()) name(output, "output");
    return std::move(names_);
  }

 private:
  void name_node(const ir::Node& node) {
    const std::string place =
        node.provenance().empty() ? std::string(ir::name(node.op())) : node.provenance();
    const auto operands = node.operands();
    for (std::size_t i = 0; i < operands.size(); ++i) {
      if (operands[i] && operands[i]->is_constant()) {
        name(operands[i], place + "/" + operand_name(node, i));
      }
    }
    for (const ir::Value* result : node.results()) {
      name(result, result->result_index() == 0
                       ? place
                       : fmt::format("{}:{}", place, result->result_index()));
    }
  }

  void name(const ir::Value* value, std::string base) {
    std::string& name = names_[static_cast<std::size_t>(graph_.tensor(value))];
    if (!name.empty()) return;
    name = std::move(base);
    if (taken_.insert(name).second) return;
    int& count = counts_[name];
    const std::string stem = name;
    do {
      name = fmt::format("{}_{}", stem, ++count);
    } while (!taken_.insert(name).second);
  }

  const GraphIndex& graph_;
  std::vector<std::string> names_;
  std::unordered_set<std::string_view> taken_;  // of names_, which stay where they are
  std::unordered_map<std::string, int> counts_;
};

}  // namespace

std::vector<std::string> tensor_names(const GraphIndex& graph) { return Namer(graph).take(); }

}  // namespace litecast::tflite
