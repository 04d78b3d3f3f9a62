#pragma once

#include <litecast/convert.h>

#include "ir/module.h"

namespace litecast::optimize {

// A loop that does nothing but run cells which the runtime has fused ops for becomes those ops:
//
//   WHILE(0, …, h0, c0, x)                    ─▶   y = UNIDIRECTIONAL_SEQUENCE_LSTM(x, …, h0, c0)
//     body: h, c = lstm(x[t], h, c)
//           all[t] = h
//
// One op for each cell, where one's output is the next one's input. Left alone where more is used
// than the outputs of the cells (the last cell state, say), where a cell deviates by anything,
// where rounds may be left out (masks), and within bodies. Of `automatic` it is done where it is
// the faster form. Returns a sentence for each loop that `fused` would have but that stays one.
std::vector<std::string> fuse_recurrent(ir::Module& module, Recurrent wish);

}  // namespace litecast::optimize
