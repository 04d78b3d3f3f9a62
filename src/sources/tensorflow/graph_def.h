#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sources/tensorflow/body.h"
#include "sources/tensorflow/function_def.h"
#include "sources/tensorflow/node_def.h"
#include "sources/tensorflow/proto.h"

namespace litecast::tensorflow {

// "node:port" as SignatureDef, SaverDef and collections write tensors; a missing port is 0.
struct TensorName {
  std::string_view node;
  std::uint32_t port = 0;
};
// Throws UsageError for a name that is neither "node" nor "node:<number>".
TensorName parse_tensor_name(std::string_view name);

// The main graph: all nodes by name, edges still as text.
class GraphDef {
 public:
  GraphDef() = default;
  // Throws MalformedInput for two nodes of the same name. `library` must outlive the graph.
  GraphDef(Message message, const Library& library);

  std::span<const NodeDef> nodes() const { return nodes_; }
  // Null when there is no such node.
  const NodeDef* find(std::string_view name) const;

  // The part between tensors: what `fetches` (tensor names) and `targets` (nodes that must run)
  // need, cut at `feeds` (tensor names), which become the arguments in their order. Fetches become
  // the rets, targets the control_rets. The names must outlive the body. Throws UsageError for a
  // feed, fetch or target that does not exist, MalformedInput for a broken edge.
  Body body(std::span<const std::string_view> feeds, std::span<const std::string_view> fetches,
            std::span<const std::string_view> targets = {}) const;

 private:
  std::vector<NodeDef> nodes_;
  std::unordered_map<std::string_view, std::uint32_t> index_;
};

}  // namespace litecast::tensorflow
