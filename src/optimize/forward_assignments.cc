#include "optimize/forward_assignments.h"

#include <map>

#include "ops/op_info.h"
#include "optimize/rewrite.h"

namespace litecast::optimize {
namespace {

// Container and name; several nodes may give a handle of one variable.
using Variable = std::pair<std::string, std::string>;

struct State {
  Value* value = nullptr;      // what it holds
  Node* assignment = nullptr;  // the last, where nothing can have read what it assigned
};

std::optional<Variable> variable_of(const Value* handle) {
  const Node* node = producer(handle, Op::VAR_HANDLE);
  if (!node) return std::nullopt;
  const auto& options = node->options_as<tflite::VarHandleOptionsT>();
  return Variable{options.container, options.shared_name};
}

bool may_use_any(const Node& node) {
  const ops::OpInfo* info = ops::find(node.op());
  if (!info || !node.graphs().empty()) return true;
  return node.op() == Op::CUSTOM ? ops::effect_of(*info, node.spec()) != ops::Effect::pure
                                 : ops::effect_of(*info, node.spec()) == ops::Effect::opaque;
}

class Forwarding {
 public:
  explicit Forwarding(ir::Graph& graph) : graph_(graph) {}

  void run() {
    for (Node *node = graph_.first(), *next; node; node = next) {
      next = node->next();
      if (node->op() == Op::READ_VARIABLE)
        read(*node);
      else if (node->op() == Op::ASSIGN_VARIABLE)
        assign(*node);
      else if (may_use_any(*node))
        states_.clear();
    }
  }

 private:
  void read(Node& node) {
    const auto variable = variable_of(node.operand(0));
    if (!variable) return states_.clear();
    State& state = states_[*variable];
    if (state.value && state.value->type() == node.result()->type()) {
      graph_.replace_all_uses(node.result(), state.value);
      graph_.erase(node);
      return;
    }
    state = {node.result(), nullptr};
  }

  void assign(Node& node) {
    const auto variable = variable_of(node.operand(0));
    if (!variable) return states_.clear();
    State& state = states_[*variable];
    if (state.assignment) graph_.erase(*state.assignment);
    state = {node.operand(1), &node};
  }

  ir::Graph& graph_;
  std::map<Variable, State> states_;
};

}  // namespace

void forward_assignments(ir::Graph& graph) { Forwarding(graph).run(); }

}  // namespace litecast::optimize
