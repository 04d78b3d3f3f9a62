#include "sources/tensorflow/binding_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sources/tensorflow/tensor_constant.h"
#include "sources/tensorflow/walk.h"

namespace litecast::tensorflow {
namespace {

void bind_const(NodeContext& c, Walk& walk) {
  const TensorProto tensor = c.node.attr("value").tensor();
  if (c.frame.is_outermost() && tensor.dtype() == DataType::kString)
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
  if (!c.frame.is_outermost())
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

void drop(NodeContext&, Walk&) {}

// A handle that a rule does not know to use: whoever takes it is reported.
void bind_opaque(NodeContext& c, Walk&) { c.bind(0, OpaqueHandle{&c.node}); }

void call(NodeContext& c, Walk& walk) {
  walk.call(c, c.node.attr("f").function().name, c.bindings(0));
}

// The number of the branch that runs, where it is known.
std::optional<std::int64_t> known_branch(NodeContext& c) {
  Value* choice = c.input(0);
  if (!choice->is_constant() || choice->dtype() != DType::BOOL) {
    auto known = c.integers(0);
    return known && known->size() == 1 ? std::optional(known->front()) : std::nullopt;
  }
  auto bytes = choice->constant()->bytes();
  return bytes.size() == 1 ? std::optional<std::int64_t>(bytes[0] != std::byte{0}) : std::nullopt;
}

void call_branch(NodeContext& c, Walk& walk, std::span<const std::string_view> branches,
                 std::optional<std::int64_t> chosen) {
  if (!chosen)
    throw Unsupported("which branch runs is only known at run time, which is not supported yet",
                      "use tf.where, or export one function for each branch");
  if (branches.empty()) c.node.malformed("has no branches");
  const auto last = static_cast<std::int64_t>(branches.size()) - 1;
  const auto index = *chosen < 0 || *chosen > last ? last : *chosen;
  walk.call(c, branches[static_cast<std::size_t>(index)], c.bindings(1));
}

void call_if(NodeContext& c, Walk& walk) {
  const std::array branches = {c.node.attr("else_branch").function().name,
                               c.node.attr("then_branch").function().name};
  auto chosen = known_branch(c);
  call_branch(c, walk, branches, chosen ? std::optional<std::int64_t>(*chosen != 0) : chosen);
}

void call_case(NodeContext& c, Walk& walk) {
  std::vector<std::string_view> branches;
  for (const FunctionRef& branch : c.node.attr("branches").functions())
    branches.push_back(branch.name);
  call_branch(c, walk, branches, known_branch(c));
}

constexpr BindingRule kRules[] = {
    {"Assert", drop, true},
    {"Case", call_case},
    {"Const", bind_const},
    {"HashTable", bind_opaque},
    {"HashTableV2", bind_opaque},
    {"Identity", forward, true},
    {"IdentityN", forward, true},
    {"If", call_if},
    {"MutableHashTableV2", bind_opaque},
    {"NoOp", drop, true},
    {"PartitionedCall", call, true},
    {"Placeholder", bind_placeholder},
    {"PlaceholderV2", bind_placeholder},
    {"Print", forward_first},
    {"PrintV2", drop, true},
    {"ReadVariableOp", bind_read},
    {"StatefulPartitionedCall", call, true},
    {"StatelessCase", call_case},
    {"StatelessIf", call_if},
    {"TemporaryVariable", bind_variable},
    {"VarHandleOp", bind_variable_or_asset},
    {"VarIsInitializedOp", bind_is_initialized},
    {"Variable", bind_variable},
    {"VariableV2", bind_variable},
};

}  // namespace

const BindingRule* find_binding_rule(std::string_view op) {
  auto found = std::lower_bound(
      std::begin(kRules), std::end(kRules), op,
      [](const BindingRule& rule, std::string_view name) { return rule.op < name; });
  return found != std::end(kRules) && found->op == op ? found : nullptr;
}

}  // namespace litecast::tensorflow
