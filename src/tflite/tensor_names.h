// Names for the tensors of a graph: the values' own, and for those without one a unique name made
// of the place in the source that they come from, so that profilers and quantizers can refer to it.
#pragma once

#include <string>
#include <vector>

#include "tflite/model_index.h"
#include "tflite/namespace.h"

namespace litecast::tflite {

// One for each of `graph.tensors`.
std::vector<std::string> tensor_names(const GraphIndex& graph);

}  // namespace litecast::tflite
