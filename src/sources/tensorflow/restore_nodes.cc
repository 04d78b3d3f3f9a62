#include "sources/tensorflow/restore_nodes.h"

#include <charconv>
#include <optional>
#include <vector>

namespace litecast::tensorflow {

namespace {

bool is_assignment(const NodeDef& node) {
  return node.op() == "Assign" || node.op() == "AssignVariableOp";
}

// The source behind any number of Identity nodes.
Edge behind_identities(const Body& body, Edge edge) {
  for (std::size_t steps = 0; steps < body.nodes.size(); ++steps) {
    if (edge.kind != Edge::Kind::kNode || body.nodes[edge.index].op() != "Identity") return edge;
    const auto inputs = body.data_inputs(edge.index);
    if (inputs.empty()) return edge;
    edge = inputs.front();
  }
  return edge;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<SliceExtent> parse_extent(std::string_view text) {
  if (text == "-") return SliceExtent{};
  const auto comma = text.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const auto start = parse_integer(text.substr(0, comma));
  const auto length = parse_integer(text.substr(comma + 1));
  if (!start || !length) return std::nullopt;
  return SliceExtent{*start, *length};
}

// "7 4 0,3:0,4": the sizes of the whole tensor, then start and length on each axis ("-" for all).
// An empty text means the whole tensor.
std::optional<std::vector<SliceExtent>> parse_slice(std::string_view text) {
  std::vector<SliceExtent> slice;
  if (text.empty()) return slice;
  std::string_view rest = text.substr(text.rfind(' ') + 1);
  while (true) {
    const auto colon = rest.find(':');
    const auto extent = parse_extent(rest.substr(0, colon));
    if (!extent) return std::nullopt;
    slice.push_back(*extent);
    if (colon == std::string_view::npos) return slice;
    rest.remove_prefix(colon + 1);
  }
}

// The constant strings of an input of a RestoreV2; nullopt when they are computed.
std::optional<std::vector<std::string_view>> constant_strings(const Body& body, Edge edge) {
  edge = behind_identities(body, edge);
  if (edge.kind != Edge::Kind::kNode || body.nodes[edge.index].op() != "Const") return std::nullopt;
  const TensorProto tensor = body.nodes[edge.index].attr("value").tensor();
  if (tensor.dtype() != DataType::kString) return std::nullopt;
  return tensor.strings();
}

// Source of each output of a RestoreV2; nullopt for outputs whose slice is not understood.
using Outputs = std::vector<std::optional<VariableSource>>;

Outputs read_outputs(const Body& body, NodeId restore) {
  Outputs outputs;
  const auto inputs = body.data_inputs(restore);
  if (inputs.size() < 3) return outputs;
  const auto names = constant_strings(body, inputs[1]);
  const auto slices = constant_strings(body, inputs[2]);
  if (!names || !slices || names->size() != slices->size()) return outputs;
  for (std::size_t i = 0; i < names->size(); ++i) {
    auto slice = parse_slice((*slices)[i]);
    outputs.push_back(slice ? std::optional(VariableSource{(*names)[i], *std::move(slice)})
                            : std::nullopt);
  }
  return outputs;
}

struct Assignment {
  Edge variable;
  VariableSource source;
};

// All assignments of restored tensors in a body.
std::vector<Assignment> restoring_assignments(const Body& body) {
  std::vector<Assignment> assignments;
  std::unordered_map<NodeId, Outputs> restores;
  for (NodeId node = 0; node < body.nodes.size(); ++node) {
    const auto inputs = body.data_inputs(node);
    if (!is_assignment(body.nodes[node]) || inputs.size() < 2) continue;
    const Edge value = behind_identities(body, inputs[1]);
    if (value.kind != Edge::Kind::kNode || body.nodes[value.index].op() != "RestoreV2") continue;
    const auto [restore, is_new] = restores.try_emplace(value.index);
    if (is_new) restore->second = read_outputs(body, value.index);
    const Outputs& outputs = restore->second;
    if (value.port >= outputs.size() || !outputs[value.port]) continue;
    assignments.push_back({behind_identities(body, inputs[0]), *outputs[value.port]});
  }
  return assignments;
}

// The restore operation with all that it needs.
std::optional<Body> restore_body(const MetaGraph& meta_graph) {
  const std::string_view name = meta_graph.saver.restore_op_name;
  const std::string_view node = name.substr(0, name.rfind(':'));
  if (node.empty() || !meta_graph.graph().find(node)) return std::nullopt;
  const std::string_view targets[] = {node};
  return meta_graph.graph().body({}, {}, targets);
}

}  // namespace

std::unordered_map<std::string_view, VariableSource> restored_variables(
    const MetaGraph& meta_graph) {
  std::unordered_map<std::string_view, VariableSource> variables;
  const auto body = restore_body(meta_graph);
  if (!body) return variables;
  for (const auto& assignment : restoring_assignments(*body)) {
    if (assignment.variable.kind != Edge::Kind::kNode) continue;
    variables.emplace(body->nodes[assignment.variable.index].name(), assignment.source);
  }
  for (NodeId call = 0; call < body->nodes.size(); ++call) {
    const NodeDef& node = body->nodes[call];
    if (node.op() != "StatefulPartitionedCall" && node.op() != "PartitionedCall") continue;
    const std::string_view function = node.attr("f").function().name;
    const auto inputs = body->data_inputs(call);
    for (const auto& assignment :
         restoring_assignments(meta_graph.library().function(function).body)) {
      const Edge& variable = assignment.variable;
      if (variable.kind != Edge::Kind::kArg || variable.index >= inputs.size()) continue;
      const Edge handle = behind_identities(*body, inputs[variable.index]);
      if (handle.kind != Edge::Kind::kNode) continue;
      variables.emplace(body->nodes[handle.index].name(), assignment.source);
    }
  }
  return variables;
}

}  // namespace litecast::tensorflow
