// If and Case: a branch that is known is walked into; otherwise each becomes a graph, and an IF
// chooses between two of them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "ir/dead_nodes.h"
#include "sources/tensorflow/binding_rules.h"
#include "sources/tensorflow/body_graph.h"
#include "sources/tensorflow/walk.h"

namespace litecast::tensorflow::bindings {
namespace {

using Bindings = std::vector<Binding>;

// One side of an IF while it is being made.
struct Branch {
  ir::Graph* graph;
  Bindings arguments;
  Bindings results;

  // Which argument the tensor of a result is.
  std::optional<std::size_t> argument_of(const Value* tensor) const {
    for (std::size_t i = 0; i < arguments.size(); ++i)
      if (tensor_of(arguments[i]) == tensor) return i;
    return std::nullopt;
  }
};

class Choice {
 public:
  Choice(NodeContext& node, Walk& walk, std::span<const std::string_view> branches)
      : node_(node), walk_(walk), branches_(branches) {}

  // The results of branch `first` where `number` is first, of the next where it is that number,
  // and so on; of the last for any other number. `e` adds to the graph of number and arguments.
  Bindings run(Emitter& e, Value* number, std::size_t first, const Bindings& arguments) {
    Value* is_first = number->dtype() == DType::BOOL
                          ? number
                          : emit::binary(e, Op::EQUAL, number,
                                         e.scalar(number->dtype(), static_cast<double>(first)));
    return choose(
        e, is_first, arguments,
        [&](ir::Builder& builder, Bindings inner) {
          return walk_.run_apart(node_, branches_[first], std::move(inner), builder);
        },
        [&](ir::Builder& builder, Bindings inner) {
          if (first + 2 == branches_.size())
            return walk_.run_apart(node_, branches_[first + 1], std::move(inner), builder);
          Value* inner_number = tensor_of(inner.back());
          inner.pop_back();
          Emitter inner_emitter(builder);
          return run(inner_emitter, inner_number, first + 1, inner);
        },
        first + 2 == branches_.size() ? nullptr : number);
  }

 private:
  using EmitBranch = std::function<Bindings(ir::Builder&, Bindings)>;

  Branch make_branch(Emitter& e, std::string_view name, const Bindings& arguments,
                     const EmitBranch& emit_branch) {
    ir::Graph& graph = e.builder().module().add_graph(std::string(node_.frame.path_of(node_.node)) +
                                                      std::string(name));
    Branch branch{&graph, {}, {}};
    for (const Binding& outside : arguments) branch.arguments.push_back(enter(graph, outside));
    ir::Builder builder(graph);
    branch.results = emit_branch(builder, branch.arguments);
    return branch;
  }

  Bindings choose(Emitter& e, Value* condition, const Bindings& arguments, const EmitBranch& first,
                  const EmitBranch& second, Value* number) {
    ir::Builder::Trial trial(e.builder());
    Branch then = make_branch(e, "/then", arguments, first);
    Bindings all = arguments;
    if (number) all.push_back(number);
    Branch otherwise = make_branch(e, "/else", all, second);
    if (then.results.size() != otherwise.results.size())
      node_.node.malformed("has branches with different numbers of results");
    for (const Branch* branch : {&then, &otherwise})
      if (std::ranges::any_of(branch->results, is_poisoned))
        return Bindings(then.results.size(), Poisoned{});
    if (number) then.arguments.push_back(then.graph->add_input(number->type()));
    return join(e, condition, all, then, otherwise, trial);
  }

  // Two references are read before they meet.
  void read_references(Branch& branch, std::size_t result) {
    const auto* handle = std::get_if<VariableHandle>(&branch.results[result]);
    if (!handle || !is_reference_variable(handle->variable->handle->op())) return;
    ir::Builder builder(*branch.graph);
    Emitter emitter(builder);
    VariableStates states(walk_.variables());
    branch.results[result] = states.read(emitter, *handle->variable);
  }

  Bindings join(Emitter& e, Value* condition, const Bindings& arguments, Branch& then,
                Branch& otherwise, ir::Builder::Trial& trial) {
    for (std::size_t i = 0; i < then.results.size(); ++i) {
      if (same_handle(then.results[i], otherwise.results[i])) continue;
      read_references(then, i);
      read_references(otherwise, i);
    }
    Bindings results = then.results;
    std::vector<std::size_t> chosen;  // results that the IF gives
    for (std::size_t i = 0; i < results.size(); ++i) {
      Value* a = tensor_of(then.results[i]);
      Value* b = tensor_of(otherwise.results[i]);
      if (!a && !b && same_handle(then.results[i], otherwise.results[i])) continue;
      if (!a || !b)
        throw Unsupported("its branches return different resources, or a list only one of them");
      if (Value* same = same_outside(e, arguments, then, a, otherwise, b))
        results[i] = with_tensor(results[i], same);
      else
        chosen.push_back(i);
    }
    add_node(e, condition, arguments, then, otherwise, chosen, results, trial);
    return results;
  }

  // The tensor of outside that both branches give back.
  static Value* same_outside(Emitter& e, const Bindings& arguments, const Branch& then,
                             const Value* a, const Branch& otherwise, const Value* b) {
    if (a->is_constant() && b->is_constant() && a->constant()->identical(*b->constant()))
      return e.constant(a->constant());
    const auto argument = then.argument_of(a);
    return argument && argument == otherwise.argument_of(b) ? tensor_of(arguments[*argument])
                                                            : nullptr;
  }

  void add_node(Emitter& e, Value* condition, const Bindings& arguments, const Branch& then,
                const Branch& otherwise, const std::vector<std::size_t>& chosen, Bindings& results,
                ir::Builder::Trial& trial) {
    const bool assigns = ir::has_effect(*then.graph) || ir::has_effect(*otherwise.graph);
    if (chosen.empty() && !assigns) return;
    for (const Branch* branch : {&then, &otherwise}) {
      std::vector<Value*> outputs;
      outputs.reserve(chosen.size());
      for (std::size_t i : chosen) outputs.push_back(tensor_of(branch->results[i]));
      branch->graph->set_outputs(std::move(outputs));
    }
    std::vector<Value*> operands = {condition};
    std::vector<Value*> then_inputs, else_inputs;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      Value* in_then = tensor_of(then.arguments[i]);
      Value* in_else = tensor_of(otherwise.arguments[i]);
      if (!in_then || in_then->is_constant() || (in_then->is_unused() && in_else->is_unused()))
        continue;
      operands.push_back(tensor_of(arguments[i]));
      then_inputs.push_back(in_then);
      else_inputs.push_back(in_else);
    }
    then.graph->set_inputs(std::move(then_inputs));
    otherwise.graph->set_inputs(std::move(else_inputs));
    auto made = e.builder().add({.op = Op::IF,
                                 .operands = std::move(operands),
                                 .options = tflite::IfOptionsT{},
                                 .graphs = {then.graph, otherwise.graph}});
    if (!made)
      throw Unsupported(made.error().message, "let all branches give the same types (tf.cast)");
    trial.commit();
    if (assigns) node_.states.forget();
    for (std::size_t i = 0; i < chosen.size(); ++i)
      results[chosen[i]] = with_tensor(results[chosen[i]], (*made)[i]);
  }

  NodeContext& node_;
  Walk& walk_;
  std::span<const std::string_view> branches_;
};

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

void call_if(NodeContext& c, Walk& walk) {
  const std::string_view then = c.node.attr("then_branch").function().name;
  const std::string_view otherwise = c.node.attr("else_branch").function().name;
  if (const auto chosen = known_branch(c))
    return walk.call(c, *chosen != 0 ? then : otherwise, c.bindings(1));
  const std::array branches = {then, otherwise};
  Value* condition = truth(c.e, c.input(0));
  c.bind_all(Choice(c, walk, branches).run(c.e, condition, 0, c.bindings(1)));
}

void call_case(NodeContext& c, Walk& walk) {
  std::vector<std::string_view> branches;
  for (const FunctionRef& branch : c.node.attr("branches").functions())
    branches.push_back(branch.name);
  if (branches.empty()) c.node.malformed("has no branches");
  if (branches.size() > kMaxCaseBranches)
    throw Unsupported(
        fmt::format("it has {} branches, more than {}", branches.size(), kMaxCaseBranches),
        "choose between fewer functions, or gather what they differ in");
  const auto last = static_cast<std::int64_t>(branches.size()) - 1;
  const auto chosen = known_branch(c);
  if (chosen || last == 0) {
    const std::int64_t index = !chosen || *chosen < 0 || *chosen > last ? last : *chosen;
    return walk.call(c, branches[static_cast<std::size_t>(index)], c.bindings(1));
  }
  c.bind_all(Choice(c, walk, branches).run(c.e, c.input(0), 0, c.bindings(1)));
}

constexpr BindingRule kBranchRules[] = {
    {"Case", call_case},
    {"If", call_if},
    {"StatelessCase", call_case},
    {"StatelessIf", call_if},
};

}  // namespace

std::span<const BindingRule> branch() { return kBranchRules; }

}  // namespace litecast::tensorflow::bindings
