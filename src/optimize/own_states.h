#pragma once

#include "ir/module.h"

namespace litecast::optimize {

// Gives each recurrent op tensors of its own for its first states:
//
//   h = FILL(sizes, 0)                  ─▶   h = FILL(sizes, 0);  c = FILL(sizes, 0)
//   y = …SEQUENCE_LSTM(x, …, h, h)           y = …SEQUENCE_LSTM(x, …, h, c)
//
// The kernel overwrites them and would go on from there in the next run, so something must write
// them in each run: an op that nothing else takes a result of and that computes from what this run
// was given, since what is made of constants alone may be made once. Last, since other passes would
// take copies for superfluous and equal ones for one.
void own_states(ir::Module& module);

}  // namespace litecast::optimize
