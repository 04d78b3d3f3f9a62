// A graph with resolved edges: the one form in which the plan and the walk see a function, the main
// graph between chosen tensors, and a loop or branch of TensorFlow 1's control flow.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sources/tensorflow/attr_value.h"
#include "sources/tensorflow/data_type.h"
#include "sources/tensorflow/node_def.h"
#include "sources/tensorflow/tensor_shape.h"

namespace litecast::tensorflow {

// Index into Body::nodes.
using NodeId = std::uint32_t;

// Where a value comes from: output `port` of node `index`, or argument `index`, or (control) only
// the fact that node `index` has run.
struct Edge {
  enum class Kind : std::uint8_t { kNode, kArg, kControl };
  Kind kind = Kind::kNode;
  std::uint32_t index = 0;
  std::uint32_t port = 0;

  bool operator==(const Edge&) const = default;
};

// An argument of a body.
struct Arg {
  std::string_view name;  // In the function; for the main graph the tensor's name ("x:0").
  DataType type = DataType::kInvalid;
  // Annotations of a function's argument, such as _user_specified_name and _output_shapes.
  AttrMap attrs;
};

// A result: a function's output argument, or a tensor of the main graph that was asked for.
struct Ret {
  std::string_view name;
  DataType type = DataType::kInvalid;
  Edge edge;
};

// A node that must run though no result needs it.
struct ControlRet {
  std::string_view name;
  NodeId node = 0;
};

class Body {
 public:
  // The function's name; empty for the main graph.
  std::string name;
  std::vector<Arg> args;
  std::vector<Ret> rets;
  std::vector<ControlRet> control_rets;
  // In the file's order, which need not be an execution order: see order().
  std::vector<NodeDef> nodes;
  // Why nodes of TensorFlow 1's control flow cannot be converted: see control_flow/structure.h.
  std::unordered_map<NodeId, std::string> problems;
  // Part of a larger body, whose nodes go by the names that they have there.
  bool is_region = false;

  // The inputs of a node: first all data inputs in their order, then control inputs.
  std::span<const Edge> inputs(NodeId node) const;
  std::span<const Edge> data_inputs(NodeId node) const;
  std::span<const Edge> control_inputs(NodeId node) const;

  // Appends the inputs of nodes[n], n = 0, 1, …, data edges before control edges; a body is
  // complete when every node has had its turn.
  void add_inputs(std::span<const Edge> edges);

 private:
  std::vector<Edge> edges_;
  std::vector<std::uint32_t> first_edge_ = {0};
};

// Brings edges into the order that Body::add_inputs wants, otherwise keeping theirs.
void sort_control_last(std::vector<Edge>& edges);

// The nodes that `roots` need, themselves included, in an execution order: every node after the
// nodes of its data and control inputs, and in file order where that is one. The edge from a
// NextIteration to its Merge closes a loop and is not waited for; any other cycle throws
// MalformedInput with the names of its nodes. Linear in nodes and edges.
std::vector<NodeId> order(const Body& body, std::span<const NodeId> roots);
// The same for all that must run: the nodes of rets and control_rets.
std::vector<NodeId> order(const Body& body);

}  // namespace litecast::tensorflow
