// Walks over the nodes of a signature in execution order, calls included, and emits what each one
// becomes.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/diagnostics.h"
#include "sources/tensorflow/call.h"
#include "sources/tensorflow/composite.h"
#include "sources/tensorflow/cut.h"
#include "sources/tensorflow/fallback.h"
#include "sources/tensorflow/node_context.h"
#include "sources/tensorflow/plan.h"
#include "sources/tensorflow/table_store.h"
#include "sources/tensorflow/variable_states.h"

namespace litecast::tensorflow {

// What a walk needs of the model and its surroundings; all must outlive it.
struct WalkContext {
  const Library& library;
  Plan& plan;
  VariableStore& variables;
  TableStore& tables;
  Fallback& fallback;
  Diagnostics& diagnostics;
  Cut& cut;
  // Makes the graph input for a tensor at which the user lets the graph begin.
  std::function<ir::Value*(const NodeDef& producer, const Cut::Tensor& tensor)> new_input;
  // Called at each node; it may throw to end the walk.
  std::function<void()> visited;
  // Whether this is what runs when the model is loaded.
  bool is_loading = false;
};

class Walk {
 public:
  Walk(WalkContext context, ir::Builder& builder)
      : model_(std::move(context)), emitter_(builder), states_(model_.variables) {}

  // The bindings of the results. What cannot be converted is added to the diagnostics, and what
  // depends on it is poisoned.
  std::vector<Binding> run(const Body& body, std::vector<Binding> args);

  VariableStore& variables() { return model_.variables; }
  TableStore& tables() { return model_.tables; }
  bool is_loading() const { return model_.is_loading; }
  Fallback& fallback() { return model_.fallback; }
  Diagnostics& diagnostics() { return model_.diagnostics; }
  const Library& library() const { return model_.library; }
  // Binds the outputs of a node to the results of a function, called with these arguments.
  void call(NodeContext& node, std::string_view function, std::vector<Binding> arguments);
  // Walks a function that `node` runs, in another graph. Nothing within can be cut.
  std::vector<Binding> run_apart(NodeContext& node, std::string_view function,
                                 std::vector<Binding> arguments, ir::Builder& builder);

 private:
  std::vector<Binding> run_function(NodeContext& node, std::string_view function,
                                    std::vector<Binding> arguments,
                                    const ir::Provenance* caller = nullptr);
  std::vector<Binding> run(Frame& frame);
  void visit(Frame& frame, NodeId id);
  void emit(NodeContext& node);
  void report_hopeless(NodeContext& node);
  void report_unstructured(NodeContext& node, const std::string& reason);
  void emit_forced(NodeContext& node, const Rule* rule);
  // Whether the function said what it implements, and that was emitted instead of its body.
  bool call_composite(NodeContext& node, std::string_view function,
                      const std::vector<Binding>& arguments);
  std::vector<ir::Type> result_types(NodeContext& node, std::string_view function,
                                     const std::vector<Binding>& arguments);
  void emit_kernel(NodeContext& node, const Composite& composite,
                   const std::vector<Value*>& operands, std::vector<ir::Type> types);
  bool hand_over_lists(const NodeContext& node);
  void fall_back(NodeContext& node, const Unsupported& problem);
  bool cut_input(NodeContext& node);
  void cut_outputs(NodeContext& node);

  WalkContext model_;
  Emitter emitter_;
  VariableStates states_;
};

}  // namespace litecast::tensorflow
