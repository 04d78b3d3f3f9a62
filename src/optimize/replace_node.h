#pragma once

#include <span>
#include <vector>

#include "ir/graph.h"

namespace litecast::optimize {

// Puts in the node's place one of that spec and those types. `results` says which of its results
// stands for each of the old ones; -1: none, for one that is unused.
inline ir::Node* replace_node(ir::Node& node, ir::NodeSpec spec, std::vector<ir::Type> types,
                              std::span<const int> results) {
  ir::Graph& graph = node.graph();
  ir::Node* other = graph.insert(std::move(spec), std::move(types), node.provenance_ref(), &node);
  for (std::size_t i = 0; i < results.size(); ++i)
    if (results[i] >= 0) graph.replace_all_uses(node.results()[i], other->result(results[i]));
  graph.erase(node);
  return other;
}

}  // namespace litecast::optimize
