// Nodes that compute the same become one.
#pragma once

#include "ir/graph.h"

namespace litecast::optimize {

// The Builder shares while a graph is made; rewrites make nodes equal afterwards. The first of each
// stays. Only pure ops without bodies are shared. Whether anything changed.
bool share_equal_nodes(ir::Graph& graph);

}  // namespace litecast::optimize
