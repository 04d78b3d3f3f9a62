#pragma once

#include "ir/module.h"

namespace litecast::optimize {

// A variable that a graph has just assigned or read is not read again, and what is assigned anew
// before anything may have read it is not assigned at all:
//
//   ASSIGN(v, a)  b = READ(v)  ASSIGN(v, f(b))     ─▶     ASSIGN(v, f(a))
//
// Rounds of a loop that are written out leave such chains.
void forward_assignments(ir::Graph& graph);

}  // namespace litecast::optimize
