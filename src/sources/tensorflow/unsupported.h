// Why an op that has no rule cannot be converted, and what to do about it.
#pragma once

#include <string>

#include "emit/emitter.h"
#include "sources/tensorflow/node_def.h"

namespace litecast::tensorflow {

// `path`: where the node stands, as --input-arrays names it.
emit::Unsupported unsupported(const NodeDef& node, const std::string& path);

// The report on a node of TensorFlow 1's control flow that belongs to no loop and no branch.
emit::Unsupported unstructured(const std::string& reason);

}  // namespace litecast::tensorflow
