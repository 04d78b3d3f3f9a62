#include "sources/tensorflow/binding_rules.h"

#include <algorithm>

namespace litecast::tensorflow {
namespace {

std::vector<BindingRule> all_binding_rules() {
  std::vector<BindingRule> all;
  for (auto family : {bindings::branch, bindings::list, bindings::loop, bindings::optimizer_step,
                      bindings::passing, bindings::random_state, bindings::state,
                      bindings::state_parts, bindings::table}) {
    auto rules = family();
    all.insert(all.end(), rules.begin(), rules.end());
  }
  std::ranges::sort(all, {}, [](const BindingRule& rule) { return std::string_view(rule.op); });
  return all;
}

}  // namespace

std::span<const BindingRule> binding_table() {
  static const std::vector<BindingRule> table = all_binding_rules();
  return table;
}

const BindingRule* find_binding_rule(std::string_view op) {
  const std::span<const BindingRule> table = binding_table();
  auto found = std::ranges::lower_bound(
      table, op, {}, [](const BindingRule& rule) { return std::string_view(rule.op); });
  return found != table.end() && found->op == op ? &*found : nullptr;
}

}  // namespace litecast::tensorflow
