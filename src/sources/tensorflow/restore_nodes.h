#pragma once

#include <string_view>
#include <unordered_map>

#include "sources/tensorflow/meta_graph.h"
#include "sources/tensorflow/variables.h"

namespace litecast::tensorflow {

// What a model's own restore operation reads for each variable node of the main graph: RestoreV2
// names the tensors, and its outputs are assigned to the variables, in the graph itself
// (TensorFlow 1) or in the function that the restore operation calls. Names that the graph computes
// rather than states are left out.
std::unordered_map<std::string_view, VariableSource> restored_variables(
    const MetaGraph& meta_graph);

}  // namespace litecast::tensorflow
