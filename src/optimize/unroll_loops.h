#pragma once

#include "ir/module.h"

namespace litecast::optimize {

// A WHILE of a few rounds, which depend on no data, becomes what these rounds compute:
//
//   i, h = WHILE(0, h0)  if: i < 2  h = f(h, i)     ─▶     h = f(f(h0, 0), 1)
//
// where these are few nodes: each round of a loop costs the runtime as much as a small node does,
// and the loop itself as much as some. Weights are an exception: a kernel keeps a copy for each
// node, and where these exceed the near caches a loop is faster (docs/rnn.md). Lists that the
// rounds read become the rows of an UNPACK; for those that they write see stack_rows.cc.
//
// Whether there were any.
bool unroll_loops(ir::Module& module);

}  // namespace litecast::optimize
