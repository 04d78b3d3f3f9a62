#include "sources/tensorflow/node_context.h"

#include <fmt/format.h>

#include <algorithm>

namespace litecast::tensorflow {

Frame::Frame(const Body& body, std::vector<Binding> args, std::string path)
    : body_(body), path_(std::move(path)), args_(std::move(args)), nodes_(body.nodes.size()) {}

std::string Frame::path_of(const NodeDef& node) const {
  return path_.empty() ? std::string(node.name()) : fmt::format("{}/{}", path_, node.name());
}

const Binding& Frame::binding(const Edge& edge) const {
  static const Binding missing;
  static const Binding poisoned = Poisoned{};
  if (edge.kind == Edge::Kind::kArg) return args_[edge.index];
  const Outputs& outputs = nodes_[edge.index];
  if (outputs.is_poisoned) return poisoned;
  return edge.port < outputs.count ? bindings_[outputs.first + edge.port] : missing;
}

void Frame::begin(NodeId node) {
  current_ = node;
  nodes_[node] = {static_cast<std::uint32_t>(bindings_.size()), 0, false};
}

void Frame::bind(std::size_t output, Binding binding) {
  Outputs& outputs = nodes_[current_];
  if (output >= outputs.count) {
    outputs.count = static_cast<std::uint32_t>(output + 1);
    bindings_.resize(outputs.first + outputs.count);
  }
  bindings_[outputs.first + output] = std::move(binding);
}

std::span<const Binding> Frame::outputs(NodeId node) const {
  return std::span(bindings_).subspan(nodes_[node].first, nodes_[node].count);
}

std::span<Binding> Frame::outputs(NodeId node) {
  return std::span(bindings_).subspan(nodes_[node].first, nodes_[node].count);
}

void Frame::poison(NodeId node) { nodes_[node].is_poisoned = true; }

namespace {

[[noreturn]] void no_tensor(const OpaqueHandle& handle) {
  throw Unsupported(fmt::format("it uses what {} '{}' makes, which has no counterpart yet",
                                handle.origin->op(), handle.origin->name()));
}

[[noreturn]] void no_tensor(const TableHandle&) {
  throw Unsupported("it takes a lookup table, which it has no counterpart for");
}

[[noreturn]] void no_tensor(const TensorList&) {
  throw Unsupported("it takes a list of tensors, which it has no counterpart for");
}

[[noreturn]] void no_tensor(const AssetPath& path) {
  throw Unsupported(fmt::format("it reads the file assets/{} when the model runs", path.filename));
}

[[noreturn]] void no_tensor(const RuleContext& context, const Edge& edge, const Body& body) {
  if (edge.kind != Edge::Kind::kNode || edge.index >= body.nodes.size())
    throw Unsupported("one of its inputs has no value");
  const NodeDef& producer = body.nodes[edge.index];
  if (producer.op_def() && edge.port >= producer.output_count())
    context.node.malformed(fmt::format("takes output {} of '{}', which has {}", edge.port,
                                       producer.name(), producer.output_count()));
  throw Unsupported(fmt::format("{} uses output {} of {} '{}', which only training needs",
                                context.op(), edge.port, producer.op(), producer.name()));
}

}  // namespace

const Binding& NodeContext::binding(int index) const {
  if (index < 0 || index >= input_count())
    node.malformed(fmt::format("has {} inputs, but input {} is needed", input_count(), index));
  return frame.binding(inputs_[static_cast<std::size_t>(index)]);
}

std::vector<Binding> NodeContext::bindings(std::size_t first) {
  std::vector<Binding> all;
  for (std::size_t i = first; i < inputs_.size(); ++i) {
    const Binding& bound = frame.binding(inputs_[i]);
    const auto* handle = std::get_if<VariableHandle>(&bound);
    all.push_back(handle && is_reference_variable(handle->variable->handle->op())
                      ? Binding(states.read(e, *handle->variable))
                      : bound);
  }
  return all;
}

Value* NodeContext::input(int index) {
  const Binding& bound = binding(index);
  if (auto* value = std::get_if<ir::Value*>(&bound)) return *value;
  if (auto* handle = std::get_if<VariableHandle>(&bound)) {
    if (handle->variable->is_written) set_provenance();
    return states.read(e, *handle->variable);
  }
  if (auto* handle = std::get_if<OpaqueHandle>(&bound)) no_tensor(*handle);
  if (auto* handle = std::get_if<TableHandle>(&bound)) no_tensor(*handle);
  if (auto* list = std::get_if<TensorList>(&bound)) no_tensor(*list);
  if (auto* path = std::get_if<AssetPath>(&bound)) no_tensor(*path);
  no_tensor(*this, inputs_[static_cast<std::size_t>(index)], frame.body());
}

void NodeContext::name_lists() {
  std::string origin;
  for (Binding& bound : frame.outputs(id)) {
    auto* list = std::get_if<TensorList>(&bound);
    if (!list || !list->origin.empty()) continue;
    for (int i = 0; origin.empty() && i < input_count(); ++i)
      if (const auto* taken = std::get_if<TensorList>(&binding(i))) origin = taken->origin;
    if (origin.empty()) origin = frame.path_of(node);
    list->origin = origin;
  }
}

std::vector<std::optional<KnownResult>> NodeContext::known_results() const {
  std::vector<std::optional<KnownResult>> known;
  for (const Binding& bound : std::as_const(frame).outputs(id)) {
    const auto* value = std::get_if<ir::Value*>(&bound);
    known.emplace_back();
    if (!value) continue;
    known.back() = {(*value)->type(), std::nullopt};
    if ((*value)->contents()) known.back()->contents = *(*value)->contents();
  }
  return known;
}

bool NodeContext::has_constant_results() const {
  const auto bindings = std::as_const(frame).outputs(id);
  return !bindings.empty() && std::ranges::all_of(bindings, [](const Binding& bound) {
    const auto* value = std::get_if<ir::Value*>(&bound);
    return !value || (*value)->is_constant();
  });
}

void NodeContext::set_provenance() { e.builder().set_provenance(place()); }

const ir::Provenance* NodeContext::place() {
  ir::Module& module = e.builder().module();
  if (!module.keeps_origins) return module.provenance(frame.path_of(node));
  return module.provenance({.path = frame.path_of(node),
                            .op = std::string(node.op()),
                            .node = std::string(node.name()),
                            .function = frame.body().name,
                            .caller = frame.caller});
}

void NodeContext::bind_all(std::vector<Binding> outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) bind(i, std::move(outputs[i]));
}

void NodeContext::output(int index, Value* value) { bind(static_cast<std::size_t>(index), value); }

}  // namespace litecast::tensorflow
