#pragma once

#include "sources/tensorflow/signature.h"

namespace litecast::tensorflow {

// Sorts the entry's inputs and outputs as the model's own function declares its parameters and
// results. TensorFlow 2 saves a wrapper for each signature, whose arguments are sorted by name and
// which calls that function; TensorFlow 1 graphs declare nothing, so that names decide.
void sort_as_declared(const MetaGraph& meta_graph, EntryPoint& entry);

}  // namespace litecast::tensorflow
