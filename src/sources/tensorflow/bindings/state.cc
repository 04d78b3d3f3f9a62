// Ops that assign variables, of TensorFlow 2 by their handles, of TensorFlow 1 by reference.
#include "sources/tensorflow/bindings/assignment.h"

#include <fmt/format.h>

#include "emit/arith.h"
#include "emit/shape.h"
#include "sources/tensorflow/binding_rules.h"

namespace litecast::tensorflow::bindings {

std::optional<Target> target_of(NodeContext& c, int input) {
  const Binding& bound = c.binding(input);
  // Where an asset's path goes is known without.
  if (std::holds_alternative<AssetPath>(bound)) return std::nullopt;
  const auto* handle = std::get_if<VariableHandle>(&bound);
  if (!handle)
    throw Unsupported("what it assigns is no variable of the model",
                      "assign variables that were made before the model is saved");
  c.set_provenance();
  return Target{*handle->variable};
}

void assign(NodeContext& c, const Target& target, Value* value) {
  c.states.assign(c.e, target.variable, value);
  // Ops of TensorFlow 1 give the variable back.
  const OpDef* op = c.node.op_def();
  if (op && !op->output_args.empty()) c.bind(0, VariableHandle{&target.variable});
}

namespace {

void assign_value(NodeContext& c, Walk&) {
  if (const auto target = target_of(c)) assign(c, *target, c.input(1));
}

template <Op op>
void assign_result(NodeContext& c, Walk&) {
  if (const auto target = target_of(c))
    assign(c, *target, emit::binary(c.e, op, c.input(0), c.input(1)));
}

void descend(NodeContext& c, Walk&) {
  if (const auto target = target_of(c))
    assign(c, *target, emit::sub(c.e, c.input(0), emit::mul(c.e, c.input(1), c.input(2))));
}

constexpr BindingRule kStateRules[] = {
    {"Assign", assign_value},
    {"AssignAdd", assign_result<Op::ADD>},
    {"AssignAddVariableOp", assign_result<Op::ADD>},
    {"AssignSub", assign_result<Op::SUB>},
    {"AssignSubVariableOp", assign_result<Op::SUB>},
    {"AssignVariableOp", assign_value},
    {"ApplyGradientDescent", descend},
    {"ResourceApplyGradientDescent", descend},
};

}  // namespace

std::span<const BindingRule> state() { return kStateRules; }

}  // namespace litecast::tensorflow::bindings
