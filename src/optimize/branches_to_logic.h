#pragma once

#include "ir/module.h"

namespace litecast::optimize {

// An IF that only decides a truth value becomes logic. So AutoGraph writes `a and b`, `a or b` and
// what follows a `break`:
//
//   IF(a, then: b, else: false)   ─▶   LOGICAL_AND(a, b)
//   IF(a, then: true, else: b)    ─▶   LOGICAL_OR(a, b)
//
// and the same with NOT a. What b is computed from must be scalars and a few ops that cannot fail.
void branches_to_logic(ir::Module& module);

}  // namespace litecast::optimize
