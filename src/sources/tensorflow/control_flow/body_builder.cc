#include "sources/tensorflow/control_flow/body_builder.h"

#include <fmt/format.h>

namespace litecast::tensorflow {

NodeId BodyBuilder::add(const NodeDef& node) {
  body.nodes.push_back(node);
  inputs_.emplace_back();
  return static_cast<NodeId>(body.nodes.size() - 1);
}

NodeId BodyBuilder::add(NodeId original) {
  const NodeId id = add(from_.nodes[original]);
  local_.emplace(original, id);
  if (const auto problem = from_.problems.find(original); problem != from_.problems.end())
    body.problems.emplace(id, problem->second);
  return id;
}

NodeId BodyBuilder::add_problem(NodeId original, std::string problem) {
  const NodeId id = add(from_.nodes[original]);
  body.problems.emplace(id, std::move(problem));
  return id;
}

std::optional<NodeId> BodyBuilder::find(NodeId original) const {
  const auto found = local_.find(original);
  return found == local_.end() ? std::nullopt : std::optional(found->second);
}

Body BodyBuilder::done() {
  for (const std::vector<Edge>& inputs : inputs_) body.add_inputs(inputs);
  return std::move(body);
}

DataType type_of(const Body& body, const Edge& value) {
  if (value.kind == Edge::Kind::kArg) return body.args[value.index].type;
  const NodeDef& node = body.nodes[value.index];
  if (!node.op_def()) return DataType::kInvalid;
  const auto types = node.output_types();
  return value.port < types.size() ? types[value.port] : DataType::kInvalid;
}

const Edge& data_input(const Body& body, NodeId node, std::size_t index) {
  const auto inputs = body.data_inputs(node);
  if (index >= inputs.size())
    body.nodes[node].malformed(
        fmt::format("has {} inputs, but input {} is needed", inputs.size(), index));
  return inputs[index];
}

}  // namespace litecast::tensorflow
