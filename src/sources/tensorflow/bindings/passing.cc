// Ops that name variables, forward tensors of any kind, call functions, or only matter while
// training.
#include <fmt/format.h>

#include <algorithm>

#include "sources/tensorflow/binding_rules.h"
#include "sources/tensorflow/tensor_constant.h"
#include "sources/tensorflow/walk.h"

namespace litecast::tensorflow::bindings {
namespace {

void bind_const(NodeContext& c, Walk& walk) {
  const TensorProto tensor = c.node.attr("value").tensor();
  if (c.frame.is_outermost && tensor.dtype() == DataType::kString)
    if (auto asset = walk.variables().asset_of(c.node)) return c.bind(0, AssetPath{*asset});
  c.bind(0, c.e.constant(constant_of(tensor)));
}

// Those that a signature feeds are arguments and never seen here.
void bind_placeholder(NodeContext& c, Walk& walk) {
  if (auto asset = walk.variables().asset_of(c.node)) return c.bind(0, AssetPath{*asset});
  throw Unsupported("the signature gives this placeholder no value",
                    "name it among the signature's inputs, or cut the graph with --input-arrays");
}

void bind_variable(NodeContext& c, Walk& walk) {
  if (!c.frame.is_outermost)
    throw Unsupported("a variable that is created within a function has no saved value",
                      "create it outside of the function, before the model is saved");
  c.bind(0, VariableHandle{&walk.variables().of(c.node)});
}

void bind_variable_or_asset(NodeContext& c, Walk& walk) {
  if (auto asset = walk.variables().asset_of(c.node)) return c.bind(0, AssetPath{*asset});
  bind_variable(c, walk);
}

void bind_read(NodeContext& c, Walk&) {
  const Binding& handle = c.binding(0);
  c.bind(0, std::holds_alternative<AssetPath>(handle) ? handle : Binding(c.input(0)));
}

void bind_is_initialized(NodeContext& c, Walk&) {
  c.input(0);
  c.bind(0, c.e.scalar(DType::BOOL, 1));
}

// Print gives its first input back; what it tells the developer is dropped.
void forward_first(NodeContext& c, Walk&) { c.bind(0, c.binding(0)); }

void forward(NodeContext& c, Walk&) {
  for (int i = 0; i < c.input_count(); ++i) c.bind(static_cast<std::size_t>(i), c.binding(i));
}

// Ops of TensorFlow 1's control flow: what remains of them once loops and branches are made has
// nothing left to decide.
void forward_value(NodeContext& c, Walk&) { c.bind(0, c.binding(0)); }

void forward_switch(NodeContext& c, Walk&) {
  const std::int64_t branches = c.op() == "_SwitchN" ? c.attr_int("num_outs") : 2;
  for (std::int64_t i = 0; i < std::min<std::int64_t>(branches, kMaxCaseBranches); ++i)
    c.bind(static_cast<std::size_t>(i), c.binding(0));
}

void drop(NodeContext&, Walk&) {}

void keep_assert(NodeContext&, Walk& walk) {
  if (!walk.fallback().preserves_asserts()) return;
  throw Unsupported("no builtin operator checks an assertion", "let assertions vanish");
}

void call(NodeContext& c, Walk& walk) {
  walk.call(c, c.node.attr("f").function().name, c.bindings(0));
}

constexpr BindingRule kPassingRules[] = {
    {"Assert", keep_assert, true},
    {"Const", bind_const},
    {"Enter", forward_value, true},
    {"Exit", forward_value, true},
    {"Identity", forward, true},
    {"IdentityN", forward, true},
    {"IsVariableInitialized", bind_is_initialized},
    {"LoopCond", forward_value, true},
    {"Merge", forward_value, true},
    {"NextIteration", forward_value, true},
    {"NoOp", drop, true},
    {"PartitionedCall", call, true},
    {"Placeholder", bind_placeholder},
    {"PlaceholderV2", bind_placeholder},
    {"Print", forward_first},
    {"PrintV2", drop, true},
    {"ReadVariableOp", bind_read},
    {"RefEnter", forward_value, true},
    {"RefExit", forward_value, true},
    {"RefIdentity", forward, true},
    {"RefMerge", forward_value, true},
    {"RefNextIteration", forward_value, true},
    {"RefSwitch", forward_switch, true},
    {"StatefulPartitionedCall", call, true},
    {"Switch", forward_switch, true},
    {"TemporaryVariable", bind_variable},
    {"VarHandleOp", bind_variable_or_asset},
    {"VarIsInitializedOp", bind_is_initialized},
    {"Variable", bind_variable},
    {"VariableV2", bind_variable},
    {"_SwitchN", forward_switch, true},
};

}  // namespace

std::span<const BindingRule> passing() { return kPassingRules; }

}  // namespace litecast::tensorflow::bindings
