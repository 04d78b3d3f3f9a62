// Control flow of TensorFlow 1, where loops and branches are nodes among the others: Switch, Merge,
// Enter, Exit, NextIteration and LoopCond, in graphs and in functions.
#pragma once

#include "sources/tensorflow/function_def.h"

namespace litecast::tensorflow {

// The same body with While and If nodes instead, as TensorFlow 2 writes them. Their functions are
// added to the library. What has no such form becomes a node with a note in Body::problems. Throws
// MalformedInput for cycles that are no loops.
Body with_structure(Body body, const Library& library);

}  // namespace litecast::tensorflow
