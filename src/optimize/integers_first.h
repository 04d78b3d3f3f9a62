#pragma once

#include "ir/module.h"

namespace litecast::optimize {

// Puts what computes on integers alone, such as the indices of an embedding, before everything
// else. Delegates take float ops; the runtime parts a graph into what a delegate takes and what it
// leaves, in rounds that begin with the kind of the first op, so that an integer branch which
// stands behind a float op splits the delegate's part in two.
void integers_first(ir::Module& module);

}  // namespace litecast::optimize
