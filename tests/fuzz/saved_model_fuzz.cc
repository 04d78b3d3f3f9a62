// Reads bytes as saved_model.pb and asks for everything in it. Broken files must end in an
// exception of litecast's, never in a crash, a hang or an allocation far beyond the file's size.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "attempt.h"
#include "sources/tensorflow/restore_nodes.h"
#include "sources/tensorflow/saved_model.h"
#include "sources/tensorflow/variables.h"

namespace litecast::tensorflow {
namespace {

// Each value is asked for what it holds alone: an exception takes a thousand times as long as what
// leads to it.
void read_list(const AttrValue& value, std::uint32_t element) {
  switch (static_cast<AttrValue::Kind>(element)) {
    case AttrValue::Kind::kString:
      return attempt([&] { value.strings(); });
    case AttrValue::Kind::kInt:
      return attempt([&] { value.integers(); });
    case AttrValue::Kind::kFloat:
      return attempt([&] { value.floats(); });
    case AttrValue::Kind::kBool:
      return attempt([&] { value.booleans(); });
    case AttrValue::Kind::kType:
      return attempt([&] { value.types(); });
    case AttrValue::Kind::kShape:
      return attempt([&] { value.shapes(); });
    default:
      return attempt([&] { value.functions(); });
  }
}

void read_lists(const AttrValue& value) {
  for (MessageReader field(value.message(), "AttrValue"); field.next();) {
    if (field.tag() != static_cast<std::uint32_t>(AttrValue::Kind::kList)) continue;
    MessageReader element(field.message(), "ListValue");
    if (element.next()) read_list(value, element.tag());
  }
}

void read_tensor(const TensorProto& tensor) {
  constexpr std::uint64_t kLimit = 1 << 16;
  if (tensor.dtype() == DataType::kString) {
    tensor.strings(kLimit);
  } else {
    attempt([&] { tensor.splat(); });
    tensor.bytes(kLimit);
  }
}

void read_value(const AttrValue& value) {
  switch (value.kind()) {
    case AttrValue::Kind::kList:
      return read_lists(value);
    case AttrValue::Kind::kShape:
      value.shape().text();
      return;
    case AttrValue::Kind::kTensor:
      return read_tensor(value.tensor());
    case AttrValue::Kind::kFunction:
      value.function().attrs.entries();
      return;
    default:
      return;
  }
}

void read_body(const Body& body) {
  for (NodeId id = 0; id < body.nodes.size(); ++id) {
    const NodeDef& node = body.nodes[id];
    attempt([&] { node.input_types(); });
    attempt([&] { node.output_types(); });
    attempt([&] { node.original_node_names(); });
    attempt([&] {
      for (const auto& entry : node.attrs().entries()) attempt([&] { read_value(entry.value); });
    });
    for (const Edge& edge : body.inputs(id)) {
      const auto limit = edge.kind == Edge::Kind::kArg ? body.args.size() : body.nodes.size();
      if (edge.index >= limit) __builtin_trap();
    }
  }
  attempt([&] { order(body); });
}

void read_graph(const MetaGraph& graph) {
  for (const auto& name : graph.library().function_names()) {
    attempt([&] { read_body(graph.library().function(name).body); });
  }
  for (const auto& signature : graph.signatures) {
    std::vector<std::string_view> feeds, fetches;
    for (const auto& input : signature.inputs) feeds.push_back(input.tensor);
    for (const auto& output : signature.outputs) fetches.push_back(output.tensor);
    attempt([&] { read_body(graph.graph().body(feeds, fetches)); });
  }
  attempt([&] { graph.variable_defs(); });
  attempt([&] { restored_variables(graph); });
  attempt([&] {
    const Variables variables(graph, nullptr);
    for (const NodeDef& node : graph.graph().nodes()) variables.asset_of_node(node.name());
  });
}

}  // namespace
}  // namespace litecast::tensorflow

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace litecast::tensorflow;
  const auto document =
      Document::of("saved_model.pb", std::string(reinterpret_cast<const char*>(data), size));
  litecast::attempt([&] {
    for (MessageReader field(Message(*document), "SavedModel"); field.next();) {
      if (field.tag() == 2) read_graph(MetaGraph(field.message()));
    }
  });
  return 0;
}
