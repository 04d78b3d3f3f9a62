#include "sources/tensorflow/graph_bounds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <litecast/error.h>

#include <algorithm>
#include <unordered_set>

namespace litecast::tensorflow {
namespace {

bool is_placeholder(const NodeDef& node) {
  return node.op() == "Placeholder" || node.op() == "PlaceholderWithDefault" ||
         node.op() == "PlaceholderV2";
}

TensorInfo info_of(const NodeDef& node, std::string_view name, std::uint32_t port) {
  TensorInfo info{.name = name, .tensor = name};
  // A node of an op that nobody defines does not tell its types.
  if (node.op_def()) {
    const auto types = node.output_types();
    if (port < types.size()) info.dtype = types[port];
  }
  info.shape = noted_shape(node, port);
  return info;
}

std::unordered_set<std::string_view> taken_nodes(const GraphDef& graph) {
  std::unordered_set<std::string_view> taken;
  for (const NodeDef& node : graph.nodes())
    for (std::string_view input : node.input_names()) {
      if (input.starts_with('^')) input.remove_prefix(1);
      taken.insert(input.substr(0, input.find(':')));
    }
  return taken;
}

}  // namespace

TensorShape noted_shape(const NodeDef& node, std::size_t output) {
  TensorShape unknown;
  unknown.known_rank = false;
  if (auto noted = node.find_attr("_output_shapes")) {
    auto shapes = noted->shapes();
    if (output < shapes.size()) return shapes[output];
  }
  auto declared = is_placeholder(node) ? node.find_attr("shape") : std::nullopt;
  return declared ? declared->shape() : unknown;
}

std::vector<TensorInfo> tensors(const GraphDef& graph, std::span<const std::string> names) {
  std::vector<TensorInfo> infos;
  std::vector<std::string_view> missing;
  for (const std::string& name : names) {
    const TensorName tensor = parse_tensor_name(name);
    const NodeDef* node = graph.find(tensor.node);
    if (!node) {
      missing.push_back(name);
      continue;
    }
    // Callers know the first output of a node by the node's name.
    infos.push_back(info_of(*node, tensor.port == 0 ? tensor.node : name, tensor.port));
  }
  if (!missing.empty())
    throw UsageError(fmt::format("the graph has no tensors '{}'", fmt::join(missing, "', '")));
  return infos;
}

std::vector<TensorInfo> placeholders(const GraphDef& graph) {
  std::vector<TensorInfo> infos;
  for (const NodeDef& node : graph.nodes())
    if (is_placeholder(node)) infos.push_back(info_of(node, node.name(), 0));
  if (infos.empty())
    throw UsageError("the graph has no placeholders; name the tensors at which it begins");
  return infos;
}

std::vector<TensorInfo> untaken(const GraphDef& graph) {
  const auto taken = taken_nodes(graph);
  std::vector<TensorInfo> infos;
  for (const NodeDef& node : graph.nodes()) {
    if (taken.contains(node.name()) || is_placeholder(node) || node.op() == "Const") continue;
    if (!node.op_def() || node.output_types().empty()) continue;
    infos.push_back(info_of(node, node.name(), 0));
  }
  if (infos.empty()) throw UsageError("name the tensors at which the graph ends");
  return infos;
}

}  // namespace litecast::tensorflow
