// Ops that take or give more than tensors: they name variables, forward what they are given, run
// functions, handle lists. Their tables stand by family in bindings/*.cc.
#pragma once

#include <span>
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

namespace bindings {
std::span<const BindingRule> branch();
std::span<const BindingRule> list();
std::span<const BindingRule> loop();
std::span<const BindingRule> optimizer_step();
std::span<const BindingRule> passing();
std::span<const BindingRule> state();
std::span<const BindingRule> random_state();
std::span<const BindingRule> state_parts();
std::span<const BindingRule> table();
}  // namespace bindings

// The bindings of all families, sorted by op.
std::span<const BindingRule> binding_table();
// Null for an op of tensors alone.
const BindingRule* find_binding_rule(std::string_view op);

}  // namespace litecast::tensorflow
