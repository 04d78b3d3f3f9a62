// Ops that emit nothing themselves: they name variables, forward tensors of any kind, call
// functions, or only matter while training.
#pragma once

#include <string_view>

#include "sources/tensorflow/node_context.h"

namespace litecast::tensorflow {

class Walk;

struct BindingRule {
  const char* op;
  void (*bind)(NodeContext& context, Walk& walk);
  // Whether it forwards what it is given one by one, so that poisoned inputs do not matter.
  bool takes_poisoned = false;
};

// Null for an op that emits.
const BindingRule* find_binding_rule(std::string_view op);

}  // namespace litecast::tensorflow
