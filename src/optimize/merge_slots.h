#pragma once

#include "ir/module.h"

namespace litecast::optimize {

// Slots of a WHILE that begin with the same value and change alike (TensorFlow counts rounds twice)
// become one. What is left of the other is for prune_bodies.
void merge_slots(ir::Module& module);

}  // namespace litecast::optimize
