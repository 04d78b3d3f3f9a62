#include "sources/tensorflow/declared_order.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "sources/tensorflow/call.h"

namespace litecast::tensorflow {
namespace {

using Positions = std::unordered_map<std::string_view, std::size_t>;

void sort_by(const Positions& positions, std::vector<const TensorInfo*>& infos) {
  auto position = [&](const TensorInfo* info) {
    auto found = positions.find(info->name);
    const bool known = found != positions.end();
    return std::pair(known ? found->second : std::numeric_limits<std::size_t>::max(), info->name);
  };
  std::sort(infos.begin(), infos.end(),
            [&](const TensorInfo* a, const TensorInfo* b) { return position(a) < position(b); });
}

// The wrapper that TensorFlow 2 saves for a signature, and its one call of the model's function.
struct Wrapper {
  const NodeDef* caller;  // in the main graph
  const Body* body;
  NodeId call;
};

std::optional<NodeId> only_call(const Body& body) {
  std::optional<NodeId> call;
  for (NodeId id = 0; id < body.nodes.size(); ++id) {
    const std::string_view op = body.nodes[id].op();
    if (op != "StatefulPartitionedCall" && op != "PartitionedCall") continue;
    if (call) return std::nullopt;
    call = id;
  }
  return call;
}

std::optional<Wrapper> wrapper_of(const MetaGraph& meta_graph, const EntryPoint& entry) {
  if (entry.outputs.empty()) return std::nullopt;
  const TensorName tensor = parse_tensor_name(entry.outputs.front()->tensor);
  const NodeDef* caller = meta_graph.graph().find(tensor.node);
  if (!caller) return std::nullopt;
  const auto call = call_of(*caller, meta_graph.library());
  if (!call || call->kind != Call::Kind::call) return std::nullopt;
  const Body& body = meta_graph.library().function(call->functions.front()).body;
  const auto inner = only_call(body);
  return inner ? std::optional(Wrapper{caller, &body, *inner}) : std::nullopt;
}

Positions input_positions(const Wrapper& wrapper, const EntryPoint& entry) {
  const auto given = wrapper.caller->input_names();
  const auto arguments = wrapper.body->data_inputs(wrapper.call);
  Positions positions;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].kind != Edge::Kind::kArg || arguments[i].index >= given.size()) continue;
    const TensorName tensor = parse_tensor_name(given[arguments[i].index]);
    for (const TensorInfo* input : entry.inputs)
      if (parse_tensor_name(input->tensor).node == tensor.node)
        positions.try_emplace(input->name, i);
  }
  return positions;
}

Positions output_positions(const Wrapper& wrapper, const EntryPoint& entry) {
  const Body& body = *wrapper.body;
  Positions positions;
  for (const TensorInfo* output : entry.outputs) {
    const std::size_t ret = parse_tensor_name(output->tensor).port;
    if (ret >= body.rets.size()) continue;
    Edge edge = body.rets[ret].edge;
    if (edge.kind == Edge::Kind::kNode && body.nodes[edge.index].op() == "Identity" &&
        !body.data_inputs(edge.index).empty())
      edge = body.data_inputs(edge.index).front();
    if (edge.kind == Edge::Kind::kNode && edge.index == wrapper.call)
      positions[output->name] = edge.port;
  }
  return positions;
}

}  // namespace

void sort_as_declared(const MetaGraph& meta_graph, EntryPoint& entry) {
  Positions inputs, outputs;
  if (auto wrapper = wrapper_of(meta_graph, entry)) {
    inputs = input_positions(*wrapper, entry);
    outputs = output_positions(*wrapper, entry);
  }
  sort_by(inputs, entry.inputs);
  sort_by(outputs, entry.outputs);
}

}  // namespace litecast::tensorflow
