// Loops that a lowering makes itself.
#pragma once

#include <functional>

#include "emit/emitter.h"

namespace litecast::emit {

// How a body sees a value of the graph around it: a constant is repeated, what else there is
// becomes an input.
Value* enter(ir::Graph& body, const Value* outside);

// One round of a loop, as its body's graph sees it.
struct Round {
  Emitter& e;
  Value* number;  // i32 scalar: 0 in the first round
  std::vector<Value*> carried;
  std::vector<Value*> outer;
};

// WHILE over rounds 0 … count − 1 (an i32 scalar). `body` is called once and gives what is carried
// into the next round, of the types of `initial`; `outer` are values of the surrounding graph that
// it uses. Returns what is carried after the last round.
std::vector<Value*> repeat(Emitter& e, Value* count, const std::vector<Value*>& initial,
                           const std::vector<Value*>& outer,
                           const std::function<std::vector<Value*>(Round&)>& body);

}  // namespace litecast::emit
