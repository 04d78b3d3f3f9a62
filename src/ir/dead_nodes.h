#pragma once

#include "ir/graph.h"

namespace litecast::ir {

// Erases the nodes that neither an output nor an effect needs; linear in the graph's nodes.
// Returns how many there were.
std::size_t remove_dead_nodes(Graph& graph);

}  // namespace litecast::ir
