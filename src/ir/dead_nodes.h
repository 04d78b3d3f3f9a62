#pragma once

#include <unordered_set>

#include "ir/module.h"

namespace litecast::ir {

// Whether the node changes more than its results, by itself or in its bodies.
bool has_effect(const Node& node);
// Whether one of its nodes has.
bool has_effect(const Graph& graph);

// Whether nothing uses the node's results and it has no effect of its own, nor have its bodies.
bool is_dead(const Node& node);

// Erases the nodes that neither an output nor an effect needs; linear in the graph's nodes.
// Returns how many there were.
std::size_t remove_dead_nodes(Graph& graph);

// Graph 0, the graphs of signatures, and the bodies that these reach.
std::unordered_set<const Graph*> reached_graphs(const Module& module);
// Erases the bodies of nodes that are gone.
void remove_unreached_graphs(Module& module);

}  // namespace litecast::ir
