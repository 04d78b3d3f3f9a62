#pragma once

#include "ir/module.h"

namespace litecast::optimize {

// The runtime copies what a WHILE carries in each round, so a list that n rounds write, a row each,
// costs n² rows. In blocks of about √n rows it costs n·√n: a loop over blocks, in which the loop
// itself fills one block.
//
//   list' = WHILE(c, list, s)                list' = WHILE(c, list, s)
//     if: c < n and p(s)                       if: c < n and p(s)
//     list[c] = f(x[c], s)            ─▶       a = min(c, n − b)
//     s = g(x[c], s)                           j, block, s = WHILE(c − a, list[a : a+b], s)
//     c = c + 1                                  if: j < n − a and j < b and p(s)
//                                                block[j] = f(x[a : a+b][j], s)
//                                                …
//                                              list[a : a+b] = block
//                                              c = a + j
//
// The rounds are the same, also where the loop ends early, and rows that none writes are what they
// were: the last block may take rows of the one before it. Lists that are read are cut as well,
// since the loop over blocks would copy them whole each time. A list that is written from its last
// row to its first is filled from its end. Blocks may be long enough to consist of blocks
// themselves.
//
// Loops whose lists are too small to gain from it stay as they are (list_cost.h).
// Whether there were any.
bool block_lists(ir::Module& module);

}  // namespace litecast::optimize
