#pragma once

#include <string>
#include <vector>

#include "ir/module.h"

namespace litecast::optimize {

// Where a recurrent layer of the model is written out step by step (`unroll=True`, `static_rnn`):
//
//   h1 = f(FULLY_CONNECTED(h0, w), x[0])
//   h2 = f(FULLY_CONNECTED(h1, w), x[1])   …
//
// a product with the same weights of what the last one gave and of another row. Each once.
std::vector<std::string> unrolled_layers(const ir::Module& module);

}  // namespace litecast::optimize
