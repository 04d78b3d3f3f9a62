// Where a GraphDef that has no signatures begins and ends.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sources/tensorflow/graph_def.h"
#include "sources/tensorflow/tensor_info.h"

namespace litecast::tensorflow {

// The named tensors, "node" or "node:port"; the names must outlive the result. Throws UsageError
// naming those that do not exist.
std::vector<TensorInfo> tensors(const GraphDef& graph, std::span<const std::string> names);
// The outputs of all placeholders, in the file's order. Throws UsageError when there are none.
std::vector<TensorInfo> placeholders(const GraphDef& graph);
// The first outputs of the nodes that no other node takes anything of. Throws UsageError when there
// are none.
std::vector<TensorInfo> untaken(const GraphDef& graph);

// What the file notes of a node's output; of unknown rank where it notes nothing.
TensorShape noted_shape(const NodeDef& node, std::size_t output);

}  // namespace litecast::tensorflow
