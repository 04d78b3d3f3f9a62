#include "sources/tensorflow/passed_arguments.h"

#include "sources/tensorflow/call.h"

namespace litecast::tensorflow {
namespace {

// Where the value of an edge comes from, one step back; nullopt: its node makes it.
std::optional<Edge> origin(const Library& library, const Body& body, const Edge& edge) {
  const NodeDef& node = body.nodes[edge.index];
  const auto inputs = body.data_inputs(edge.index);
  const auto input = [&](std::size_t index) {
    return index < inputs.size() ? std::optional(inputs[index]) : std::nullopt;
  };
  if (node.op() == "Identity") return input(0);
  if (node.op() == "IdentityN") return input(edge.port);
  const auto call = call_of(node, library);
  if (!call || call->kind == Call::Kind::branches) return std::nullopt;
  const auto passed = passed_arguments(library, call->functions.back());
  if (edge.port >= passed.size() || !passed[edge.port]) return std::nullopt;
  // A slot of a loop must come back to its own place.
  if (call->kind == Call::Kind::loop && passed[edge.port] != edge.port) return std::nullopt;
  return input(call->first_argument + *passed[edge.port]);
}

}  // namespace

std::vector<std::optional<std::uint32_t>> passed_arguments(const Library& library,
                                                           std::string_view function) {
  const Body& body = library.function(function).body;
  std::vector<std::optional<std::uint32_t>> passed;
  for (const Ret& ret : body.rets) {
    std::optional<Edge> edge = ret.edge;
    while (edge && edge->kind == Edge::Kind::kNode) edge = origin(library, body, *edge);
    passed.push_back(edge ? std::optional(edge->index) : std::nullopt);
  }
  return passed;
}

}  // namespace litecast::tensorflow
