#include "sources/tensorflow/walk.h"

#include <fmt/format.h>

#include <litecast/error.h>

#include <algorithm>

#include "sources/tensorflow/binding_rules.h"
#include "sources/tensorflow/foreign_node.h"
#include "sources/tensorflow/unsupported.h"

namespace litecast::tensorflow {
namespace {

// TensorFlow names calls after the op; such a name says nothing about the layer.
bool is_call_name(std::string_view name) {
  for (std::string_view op : {"StatefulPartitionedCall", "PartitionedCall"}) {
    if (!name.starts_with(op)) continue;
    name.remove_prefix(op.size());
    if (name.empty()) return true;
    return name.size() > 1 && name[0] == '_' &&
           std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; });
  }
  return false;
}

std::string path_within(const NodeContext& call) {
  std::string path = call.frame.path_of(call.node);
  const std::size_t slash = path.rfind('/');
  const std::size_t last = slash == std::string::npos ? 0 : slash + 1;
  if (is_call_name(std::string_view(path).substr(last))) path.resize(last == 0 ? 0 : slash);
  return path;
}

void apply(const Rule& rule, NodeContext& node) {
  node.set_provenance();
  try {
    rule.emit(node);
  } catch (const MalformedInput& problem) {
    // What the node holds was said where it was found; what its tensors make of it was not.
    if (std::string_view(problem.what()).find(node.name()) != std::string_view::npos) throw;
    node.node.malformed(problem.what());
  }
}

bool has_poisoned_input(const NodeContext& node) {
  for (int i = 0; i < node.input_count(); ++i)
    if (is_poisoned(node.binding(i))) return true;
  return false;
}

}  // namespace

std::vector<Binding> Walk::run(const Body& body, std::vector<Binding> args) {
  Frame frame(body, std::move(args), "");
  frame.is_outermost = true;
  std::vector<Binding> results = run(frame);
  for (Binding& result : results) {
    const auto* handle = std::get_if<VariableHandle>(&result);
    if (handle && is_reference_variable(handle->variable->handle->op()))
      result = states_.read(emitter_, *handle->variable);
  }
  return results;
}

std::vector<Binding> Walk::run(Frame& frame) {
  if (model_.cut.has_inputs()) {
    for (NodeId id : model_.cut.order(frame)) visit(frame, id);
  } else {
    for (NodeId id : model_.plan.order(frame.body())) visit(frame, id);
  }
  std::vector<Binding> results;
  for (const Ret& ret : frame.body().rets) results.push_back(frame.binding(ret.edge));
  return results;
}

std::vector<Binding> Walk::run_function(NodeContext& node, std::string_view function,
                                        std::vector<Binding> arguments,
                                        const ir::Provenance* caller) {
  const Body& body = model_.library.function(function).body;
  if (arguments.size() != body.args.size())
    node.node.malformed(fmt::format("calls '{}' with {} arguments, which takes {}", function,
                                    arguments.size(), body.args.size()));
  Frame frame(body, std::move(arguments), body.is_region ? node.frame.path() : path_within(node));
  frame.caller = body.is_region ? node.frame.caller : caller;
  frame.depth = node.frame.depth + 1;
  frame.is_outermost = node.frame.is_outermost && body.is_region;
  if (frame.depth > kMaxCallDepth)
    node.node.malformed(fmt::format("is a call within more than {} others", kMaxCallDepth));
  return run(frame);
}

void Walk::call(NodeContext& node, std::string_view function, std::vector<Binding> arguments) {
  if (call_composite(node, function, arguments)) return;
  node.bind_all(run_function(node, function, std::move(arguments), node.place()));
}

std::vector<Binding> Walk::run_apart(NodeContext& node, std::string_view function,
                                     std::vector<Binding> arguments, ir::Builder& builder) {
  Cut no_cut({}, {});
  Walk inner({model_.library, model_.plan, model_.variables, model_.tables, model_.fallback,
              model_.diagnostics, no_cut, model_.new_input, model_.visited},
             builder);
  return inner.run_function(node, function, std::move(arguments));
}

void Walk::visit(Frame& frame, NodeId id) {
  model_.visited();
  frame.begin(id);
  NodeContext node(emitter_, frame, id, states_);
  try {
    if (model_.cut.has_inputs() && cut_input(node)) return;
    emit(node);
  } catch (const Unsupported& problem) {
    fall_back(node, problem);
  } catch (const ForeignStateHasGrown&) {
    frame.poison(id);
  }
  if (model_.cut.has_outputs()) cut_outputs(node);
}

void Walk::emit(NodeContext& node) {
  if (const auto& problems = node.frame.body().problems; !problems.empty())
    if (const auto found = problems.find(node.id); found != problems.end())
      return report_unstructured(node, found->second);
  const BindingRule* binding_rule = find_binding_rule(node.op());
  const bool is_function = !binding_rule && model_.library.has_function(node.op());
  const bool takes_poisoned = is_function || (binding_rule && binding_rule->takes_poisoned);
  if (!takes_poisoned && has_poisoned_input(node)) {
    if (!binding_rule) report_hopeless(node);
    return node.frame.poison(node.id);
  }
  if (!takes_poisoned && !model_.is_loading && !call_of(node.node, model_.library) &&
      takes_foreign_state(node))
    return emit_foreign(node, Kernel::select_tf, model_.fallback.state);
  if (binding_rule && makes_foreign_list(node, model_.fallback.state))
    return emit_foreign(node, Kernel::select_tf, model_.fallback.state);
  if (binding_rule) {
    node.set_provenance();
    binding_rule->bind(node, *this);
    return node.name_lists();
  }
  if (is_function) return call(node, node.op(), node.bindings(0));
  const Rule* rule = find_rule(node.op());
  if (model_.fallback.is_forced(node.node)) return emit_forced(node, rule);
  if (!rule) throw unsupported(node.node, node.frame.path_of(node.node));
  apply(*rule, node);
}

// What cannot be converted whatever its operands are is told together with what spoils these.
void Walk::report_hopeless(NodeContext& node) {
  if (find_rule(node.op()) || model_.fallback.kernel_of(node.node) != Kernel::none) return;
  const std::string path = node.frame.path_of(node.node);
  const Unsupported problem = unsupported(node.node, path);
  model_.diagnostics.add(node.op(), path, problem.what(),
                         model_.fallback.remedy(node.node, problem.remedy()));
}

// Whatever the op is: no other kernel could run the node in this place either.
void Walk::report_unstructured(NodeContext& node, const std::string& reason) {
  const Unsupported problem = unstructured(reason);
  model_.diagnostics.add(node.op(), node.frame.path_of(node.node), problem.what(),
                         problem.remedy());
  node.frame.poison(node.id);
}

// What the builtin operators would give is known of the results, too; what is known altogether
// needs no kernel.
void Walk::emit_forced(NodeContext& node, const Rule* rule) {
  std::vector<std::optional<KnownResult>> known;
  if (rule) {
    ir::Builder::Trial trial(emitter_.builder());
    try {
      apply(*rule, node);
      known = node.known_results();
      if (node.has_constant_results()) return trial.commit();
    } catch (const Unsupported&) {
      known.clear();
    }
  }
  node.frame.begin(node.id);
  try {
    emit_foreign(node, Kernel::select_tf, model_.fallback.state, known);
  } catch (const Unsupported&) {
    if (!rule) throw;
    return apply(*rule, node);
  }
  model_.fallback.reasons.add(custom_name(Kernel::select_tf, node.op()), "",
                              "Select TF ops are asked for throughout",
                              "ask for them only where they are needed");
}

// Loops and branches may fail at lists whose elements are of several shapes, which TensorFlow's
// runtime keeps as they are.
bool Walk::hand_over_lists(const NodeContext& node) {
  if (!model_.fallback.allows_select_tf() || !call_of(node.node, model_.library)) return false;
  bool has_lists = false;
  for (int i = 0; i < node.input_count(); ++i) {
    const auto* list = std::get_if<TensorList>(&node.binding(i));
    if (!list || list->origin.empty()) continue;
    model_.fallback.state.add_list(list->origin);
    has_lists = true;
  }
  return has_lists;
}

void Walk::fall_back(NodeContext& node, const Unsupported& problem) {
  const std::string path = node.frame.path_of(node.node);
  const Kernel kernel = model_.fallback.kernel_of(node.node);
  std::string reason = problem.what();
  node.frame.begin(node.id);
  if (kernel != Kernel::none) {
    try {
      emit_foreign(node, kernel, model_.fallback.state);
      model_.fallback.reasons.add(custom_name(kernel, node.op()), "", reason, problem.remedy());
      return;
    } catch (const ForeignStateHasGrown&) {
      return node.frame.poison(node.id);
    } catch (const Unsupported& also) {
      if (reason != also.what())
        reason += fmt::format("; nor is it a {}: {}",
                              kernel == Kernel::custom ? "custom op" : "Select TF op", also.what());
    }
  }
  if (hand_over_lists(node)) return node.frame.poison(node.id);
  const bool may_help = kernel == Kernel::none;
  model_.diagnostics.add(
      node.op(), path, reason,
      may_help ? model_.fallback.remedy(node.node, problem.remedy()) : problem.remedy());
  node.frame.poison(node.id);
}

bool Walk::cut_input(NodeContext& node) {
  auto tensors = model_.cut.inputs_at(node.frame.path_of(node.node));
  for (Cut::Tensor* tensor : tensors) {
    if (!tensor->value) tensor->value = model_.new_input(node.node, *tensor);
    node.bind(tensor->port, tensor->value);
  }
  return !tensors.empty();
}

void Walk::cut_outputs(NodeContext& node) {
  for (Cut::Tensor* tensor : model_.cut.outputs_at(node.frame.path_of(node.node))) {
    const Binding& bound = node.frame.binding({Edge::Kind::kNode, node.id, tensor->port});
    if (auto* value = std::get_if<ir::Value*>(&bound)) tensor->value = *value;
  }
}

}  // namespace litecast::tensorflow
