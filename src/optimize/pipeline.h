// The order in which a module is optimized.
#pragma once

#include <functional>
#include <span>
#include <string>
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
// `skipped`: names of rewrites that are left out, to find the one that is at fault. `before_pass`
// is called before each pass, and may throw to end the work.
void optimize(ir::Module& module, std::span<const std::string> skipped = {},
              const std::function<void()>& before_pass = {});
// The names of all rewrites, each once.
std::vector<std::string> rewrite_names();
// One pass or one rewrite alone, by name; false when there is none.
bool optimize_with(ir::Module& module, std::string_view name);

}  // namespace litecast::optimize
