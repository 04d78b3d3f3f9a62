// Functions that say what they implement: one op of the runtime's, or a kernel of the user's.
#pragma once

#include <optional>
#include <string_view>

#include "sources/tensorflow/function_def.h"

namespace litecast::tensorflow {

struct Composite {
  std::string_view name;
  AttrMap attrs;
  // Its author says that a custom op of this name computes the same.
  bool is_fusable = false;
};

// Nullopt for a function that says nothing of the kind.
std::optional<Composite> composite_of(const FunctionDef& function);

}  // namespace litecast::tensorflow
