#include "sources/tensorflow/fallback.h"

#include <fmt/format.h>

#include <algorithm>

#include "sources/tensorflow/custom_options.h"
#include "sources/tensorflow/flex_ops.h"

namespace litecast::tensorflow {
namespace {

// They mean something only to the graph around them, or run functions of it: no kernel that runs
// one alone would do.
constexpr std::string_view kBoundToGraph[] = {"Const",
                                              "ControlTrigger",
                                              "Enter",
                                              "Exit",
                                              "FakeQueue",
                                              "LoopCond",
                                              "Merge",
                                              "NextIteration",
                                              "Placeholder",
                                              "PlaceholderV2",
                                              "PlaceholderWithDefault",
                                              "Recv",
                                              "RefEnter",
                                              "RefExit",
                                              "RefMerge",
                                              "RefNextIteration",
                                              "RefSwitch",
                                              "Send",
                                              "Switch",
                                              "TemporaryVariable",
                                              "DestroyTemporaryVariable",
                                              "Variable",
                                              "VariableV2",
                                              "Case",
                                              "FilterDataset",
                                              "FlatMapDataset",
                                              "If",
                                              "MapDataset",
                                              "PartitionedCall",
                                              "ReduceDataset",
                                              "RemoteCall",
                                              "StatefulPartitionedCall",
                                              "StatelessCase",
                                              "StatelessIf",
                                              "StatelessWhile",
                                              "SymbolicGradient",
                                              "TakeWhileDataset",
                                              "While"};

bool contains(std::span<const std::string> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// TensorFlow 1's variables, which their op changes in place: a kernel that is given a tensor alone
// has nothing to change.
bool takes_reference(const OpDef& op) {
  return std::ranges::any_of(op.input_args, [](const ArgDef& arg) { return arg.is_ref; }) ||
         std::ranges::any_of(op.output_args, [](const ArgDef& arg) { return arg.is_ref; });
}

bool can_stand_alone(std::string_view op, const OpDef* definition) {
  return std::ranges::find(kBoundToGraph, op) == std::end(kBoundToGraph) && !op.starts_with('_') &&
         !(definition && takes_reference(*definition));
}

bool can_stand_alone(const NodeDef& node) {
  return can_stand_alone(node.op(), node.op_def()) && !takes_function(node);
}

}  // namespace

std::string_view option_of(std::string_view op) {
  const OpDefs definitions;
  const OpDef* definition = definitions.find(op);
  if (!can_stand_alone(op, definition)) return "";
  return is_select_tf_op(op) ? "--select-tf-ops" : "--allow-custom-ops";
}

bool Fallback::is_select_tf(const NodeDef& node) const {
  return node.op_def() && (options_.select_all_tf_ops || is_select_tf_op(node.op()) ||
                           contains(options_.select_user_tf_ops, node.op()));
}

bool Fallback::allows_custom(std::string_view name) const {
  return options_.allow_custom_ops &&
         (options_.custom_ops.empty() || contains(options_.custom_ops, name));
}

Kernel Fallback::kernel_of(const NodeDef& node) const {
  if (!can_stand_alone(node)) return Kernel::none;
  if (allows_select_tf() && is_select_tf(node)) return Kernel::select_tf;
  return allows_custom(node.op()) ? Kernel::custom : Kernel::none;
}

bool Fallback::is_forced(const NodeDef& node) const {
  return options_.select_tf_ops == SelectTfOps::always && kernel_of(node) == Kernel::select_tf;
}

std::string Fallback::remedy(const NodeDef& node, const std::string& remedy) const {
  if (!can_stand_alone(node) || options_.target == Target::stablehlo) return remedy;
  const std::string option =
      is_select_tf(node)
          ? "--select-tf-ops has TensorFlow's own kernel run it, which the runtime must then bring"
          : fmt::format("--allow-custom-ops={} leaves it to a kernel of yours", node.op());
  return remedy.empty() ? option : fmt::format("{}; or {}", remedy, option);
}

}  // namespace litecast::tensorflow
