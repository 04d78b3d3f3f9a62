// Makes a body of nodes of another one.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sources/tensorflow/body.h"

namespace litecast::tensorflow {

class BodyBuilder {
 public:
  // `from` must outlive the builder.
  explicit BodyBuilder(const Body& from) : from_(from) {}

  // A copy of a node, which is then found by the id that it has in the other body.
  NodeId add(NodeId original);
  // A node that stands in no body.
  NodeId add(const NodeDef& node);
  // A copy in the place of something that cannot be converted, with the reason.
  NodeId add_problem(NodeId original, std::string problem);

  std::optional<NodeId> find(NodeId original) const;
  // Every node needs them. Data edges come before control edges.
  void set_inputs(NodeId node, std::vector<Edge> inputs) { inputs_[node] = std::move(inputs); }

  // What nodes do not make: the rest of the body.
  Body body;

  // The finished body.
  Body done();

 private:
  const Body& from_;
  std::unordered_map<NodeId, NodeId> local_;
  std::vector<std::vector<Edge>> inputs_;
};

// The type of a value in a body; kInvalid where nobody defines the op that makes it.
DataType type_of(const Body& body, const Edge& value);

// The data input that a node must have.
const Edge& data_input(const Body& body, NodeId node, std::size_t index);

}  // namespace litecast::tensorflow
