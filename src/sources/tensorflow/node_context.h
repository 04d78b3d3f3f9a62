// A node while its rule runs: the inputs are what the walk has bound their tensors to.
#pragma once

#include "sources/tensorflow/binding.h"
#include "sources/tensorflow/body.h"
#include "sources/tensorflow/rule.h"
#include "sources/tensorflow/variable_states.h"

namespace litecast::tensorflow {

// A body that is being walked, with what its tensors are bound to so far.
class Frame {
 public:
  // `path` says in diagnostics where the body was called from; empty in the main graph.
  Frame(const Body& body, std::vector<Binding> args, std::string path);

  const Body& body() const { return body_; }
  const std::string& path() const { return path_; }
  // Whether its nodes are those of the main graph.
  bool is_outermost = false;
  // The node that calls the function; null where there is none, or where the body is a graph of its
  // own.
  const ir::Provenance* caller = nullptr;
  // The path of a node: the layer it comes from.
  std::string path_of(const NodeDef& node) const;

  const Binding& binding(const Edge& edge) const;
  // The node whose outputs the next bind() calls are for.
  void begin(NodeId node);
  void bind(std::size_t output, Binding binding);
  // Those of a node that was walked last.
  std::span<const Binding> outputs(NodeId node) const;
  std::span<Binding> outputs(NodeId node);
  // Gives every output of the node, however many, that binding.
  void poison(NodeId node);

  int depth = 0;

 private:
  struct Outputs {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    bool is_poisoned = false;
  };
  const Body& body_;
  std::string path_;
  std::vector<Binding> args_;
  std::vector<Outputs> nodes_;
  std::vector<Binding> bindings_;
  NodeId current_ = 0;
};

// A result as another way to compute it has it.
struct KnownResult {
  ir::Type type;
  std::optional<std::vector<Dim>> contents;
};

class NodeContext final : public RuleContext {
 public:
  NodeContext(Emitter& emitter, Frame& in_frame, NodeId node_id, VariableStates& in_states)
      : RuleContext(emitter, in_frame.body().nodes[node_id]),
        frame(in_frame),
        id(node_id),
        states(in_states),
        inputs_(in_frame.body().data_inputs(node_id)) {}

  int input_count() const override { return static_cast<int>(inputs_.size()); }
  Value* input(int index) override;
  using RuleContext::output;
  void output(int index, Value* value) override;

  // Inputs and outputs of any kind.
  const Binding& binding(int index) const;
  // Those from `first` on, to be passed on: a variable that is no resource is read.
  std::vector<Binding> bindings(std::size_t first);
  void bind(std::size_t output, Binding binding) { frame.bind(output, std::move(binding)); }
  // All outputs.
  void bind_all(std::vector<Binding> outputs);
  // Says of the lists that it gives where they come from.
  void name_lists();
  // What is known of the outputs that are tensors, by number.
  std::vector<std::optional<KnownResult>> known_results() const;
  // Whether there are outputs, all of them constants.
  bool has_constant_results() const;
  // Says of what is emitted from now on that it comes from this node.
  void set_provenance();
  const ir::Provenance* place();

  Frame& frame;
  const NodeId id;
  VariableStates& states;

 private:
  std::span<const Edge> inputs_;
};

}  // namespace litecast::tensorflow
