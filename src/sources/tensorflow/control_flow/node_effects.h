#pragma once

#include "sources/tensorflow/node_def.h"

namespace litecast::tensorflow {

// Whether it matters how often a node runs: it assigns, or draws random numbers, or nobody knows
// what it does.
bool has_effect(const NodeDef& node);

}  // namespace litecast::tensorflow
