// The order in which a module is optimized.
#pragma once

#include <span>
#include <vector>

#include "ir/module.h"
#include "optimize/rewrite.h"

namespace litecast::optimize {

// Rewrites that are applied together to a fixpoint.
struct Pass {
  const char* name;
  const char* reason;  // why it stands at this place
  std::vector<const Rewrite*> rewrites;
};

std::span<const Pass> pipeline();

// Rewrites all graphs of the module for fewer and cheaper ops, without changing what they compute.
void optimize(ir::Module& module);
// One pass or one rewrite alone, by name; false when there is none.
bool optimize_with(ir::Module& module, std::string_view name);

}  // namespace litecast::optimize
