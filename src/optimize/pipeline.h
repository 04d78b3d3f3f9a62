// The order in which a module is optimized.
#pragma once

#include <litecast/convert.h>

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

struct Wishes {
  Recurrent recurrent = Recurrent::automatic;
  // Names of rewrites that are left out, to find the one that is at fault.
  std::vector<std::string> skipped = {};
  // Whether tables of small integers take half a byte a value.
  bool reduce_type_precision = false;
  // Called before each pass; may throw to end the work.
  std::function<void()> before_pass = {};
};

// Rewrites all graphs of the module for fewer and cheaper ops, without changing what they compute.
// Returns what the user should know, a sentence each.
std::vector<std::string> optimize(ir::Module& module, const Wishes& wishes = {});
// The names of all rewrites, each once.
std::vector<std::string> rewrite_names();
// One pass or one rewrite alone, by name; false when there is none.
bool optimize_with(ir::Module& module, std::string_view name);

}  // namespace litecast::optimize
