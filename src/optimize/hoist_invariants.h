#pragma once

#include "ir/module.h"

namespace litecast::optimize {

// Moves out of a WHILE what is the same in each round, and the projection of a sequence, of which
// each round takes one row:
//
//   body: y = FULLY_CONNECTED(GATHER(x, t), w)   ─▶   p = FULLY_CONNECTED(x, w)
//                                                     body: y = GATHER(p, t)
//
// Where the row stands beside what changes, the product is split first:
//
//   body: y = FULLY_CONNECTED(CONCATENATION(x[t], h), w)
//   ─▶    y = ADD(FULLY_CONNECTED(x[t], w'), FULLY_CONNECTED(h, w"))
//
// and a row that is cut out along another axis, x[:, t], is one of the transposed sequence.
void hoist_invariants(ir::Module& module);

}  // namespace litecast::optimize
