#include "sources/tensorflow/control_flow/node_effects.h"

#include <algorithm>
#include <array>

#include "sources/tensorflow/control_flow/flow_op.h"
#include "sources/tensorflow/plan.h"

namespace litecast::tensorflow {
namespace {

// Ops that TensorFlow calls stateful and that only read, or whose state is the `flow` that they
// take and give.
constexpr std::array<std::string_view, 9> kHarmless = {
    "HashTable",      "LookupTable", "MutableHashTable", "Print",        "ReadVariableOp",
    "ResourceGather", "TensorArray", "VarIsInitialized", "VariableShape"};

bool takes_reference(const NodeDef& node) {
  return std::ranges::any_of(node.op_def()->input_args,
                             [](const ArgDef& arg) { return arg.is_ref; });
}

bool changes_table(std::string_view op) {
  return op.starts_with("LookupTable") && !op.starts_with("LookupTableFind") &&
         !op.starts_with("LookupTableSize") && !op.starts_with("LookupTableExport");
}

}  // namespace

bool has_effect(const NodeDef& node) {
  const std::string_view op = node.op();
  if (flow_op(op) != FlowOp::kNone || is_variable(op)) return false;
  if (!node.op_def()) return true;
  if (op == "RefIdentity" || op == "IsVariableInitialized") return false;
  if (takes_reference(node) || changes_table(op)) return true;
  return node.op_def()->is_stateful && std::ranges::none_of(kHarmless, [&](std::string_view name) {
           return op.starts_with(name);
         });
}

}  // namespace litecast::tensorflow
