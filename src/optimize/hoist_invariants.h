#pragma once

#include "ir/module.h"

namespace litecast::optimize {

// Moves out of a WHILE what is the same in each round, and the projection of a sequence, of which
// each round takes one row:
//
//   body: y = FULLY_CONNECTED(GATHER(x, t), w)   ─▶   p = FULLY_CONNECTED(x, w)
//                                                     body: y = GATHER(p, t)
void hoist_invariants(ir::Module& module);

}  // namespace litecast::optimize
