#include "sources/tensorflow/cut.h"

#include <fmt/format.h>

#include <litecast/error.h>

#include <algorithm>

#include "sources/tensorflow/graph_def.h"

namespace litecast::tensorflow {

Cut::Tensors::Tensors(std::span<const std::string> names) {
  all.reserve(names.size());
  for (const std::string& name : names) {
    const TensorName parsed = parse_tensor_name(name);
    const bool has_port = parsed.node.size() != name.size();
    by_node[parsed.node].push_back(all.size());
    all.push_back({has_port ? name : name + ":0", parsed.port});
  }
}

std::vector<Cut::Tensor*> Cut::Tensors::at(std::string_view path) {
  std::vector<Tensor*> tensors;
  if (auto found = by_node.find(path); found != by_node.end())
    for (std::size_t index : found->second) tensors.push_back(&all[index]);
  else
    remember_similar(path);
  return tensors;
}

void Cut::Tensors::remember_similar(std::string_view path) {
  constexpr std::size_t kEnough = 8;
  const std::string_view last = path.substr(path.rfind('/') + 1);
  for (const Tensor& tensor : all) {
    const std::string_view wanted = parse_tensor_name(tensor.name).node;
    if (similar.size() < kEnough && wanted.substr(wanted.rfind('/') + 1) == last)
      similar.emplace_back(path);
  }
}

void Cut::Tensors::require_all_found() const {
  for (const Tensor& tensor : all) {
    if (tensor.value) continue;
    std::string message = fmt::format(
        "the signature's graph has no tensor '{}'; tensors are named by the path of their node and "
        "the output's number, \"layer/MatMul:0\"",
        tensor.name);
    if (!similar.empty()) message += fmt::format("; there are: {}", fmt::join(similar, ", "));
    throw UsageError(message);
  }
}

bool Cut::found_outputs() const {
  return std::all_of(outputs_.all.begin(), outputs_.all.end(),
                     [](const Tensor& tensor) { return tensor.value != nullptr; });
}

void Cut::require_all_found() const {
  inputs_.require_all_found();
  outputs_.require_all_found();
}

Cut::Cut(std::span<const std::string> inputs, std::span<const std::string> outputs)
    : inputs_(inputs), outputs_(outputs) {}

std::vector<Cut::Tensor*> Cut::inputs_at(std::string_view path) { return inputs_.at(path); }
std::vector<Cut::Tensor*> Cut::outputs_at(std::string_view path) { return outputs_.at(path); }

std::vector<NodeId> Cut::order(const Frame& frame) const {
  const Body& body = frame.body();
  Body pruned;
  pruned.name = body.name;
  pruned.rets = body.rets;
  pruned.control_rets = body.control_rets;
  pruned.nodes = body.nodes;
  for (NodeId node = 0; node < body.nodes.size(); ++node) {
    const bool begins_here = inputs_.by_node.contains(frame.path_of(body.nodes[node]));
    pruned.add_inputs(begins_here ? std::span<const Edge>() : body.inputs(node));
  }
  return tensorflow::order(pruned);
}

}  // namespace litecast::tensorflow
