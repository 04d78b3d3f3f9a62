#include "sources/tensorflow/control_flow/branches.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "sources/tensorflow/control_flow/body_builder.h"
#include "sources/tensorflow/control_flow/branch_groups.h"
#include "sources/tensorflow/control_flow/flow_op.h"
#include "sources/tensorflow/control_flow/liveness.h"
#include "sources/tensorflow/control_flow/node_effects.h"
#include "sources/tensorflow/control_flow/variable_sources.h"

namespace litecast::tensorflow {
namespace {

std::uint64_t key_of(const Edge& edge) {
  return std::uint64_t{edge.index} << 32 | std::uint64_t{edge.port} << 1 |
         (edge.kind == Edge::Kind::kArg);
}

// A group as a node of the body. Edges are those of the body.
struct Choice {
  std::vector<Edge> operands;  // what its branches take from outside
  std::vector<DataType> types;
  std::vector<NodeId> controls;
  std::unordered_map<std::uint64_t, std::uint32_t> taken;

  std::uint32_t take(const Edge& value, DataType type) {
    const auto [found, is_new] =
        taken.emplace(key_of(value), static_cast<std::uint32_t>(operands.size()));
    if (is_new) {
      operands.push_back(value);
      types.push_back(type);
    }
    return found->second;
  }
};

class BranchMaker {
 public:
  BranchMaker(const Body& body, MadeFunctions& functions)
      : body_(body),
        functions_(functions),
        order_(order(body)),
        liveness_(body, order_),
        groups_(body, order_, liveness_),
        variables_(body, order_) {}

  Body run();

 private:
  class Branch;

  bool runs_always(NodeId node) const { return liveness_.of(node) == kAlways; }
  NodeDef make_choice(const BranchGroup& group, Choice& choice);
  NodeDef choice_node(std::string_view name, std::span<const DataType> operand_types,
                      std::span<const DataType> result_types, std::span<const std::string> branches,
                      bool has_effects);
  void add_plain_nodes(BodyBuilder& builder);
  void connect_plain_nodes(BodyBuilder& builder, const std::vector<NodeId>& choices);
  Edge local(BodyBuilder& builder, const Edge& edge) const;
  void add_rets(BodyBuilder& builder, const std::vector<NodeId>& choices);
  NodeId no_value(BodyBuilder& builder, const Edge& edge) const;

  const Body& body_;
  MadeFunctions& functions_;
  const std::vector<NodeId> order_;
  Liveness liveness_;
  BranchGroups groups_;
  const VariableSources variables_;
};

// One side of a group as a function.
class BranchMaker::Branch {
 public:
  Branch(BranchMaker& maker, Choice& choice, std::span<const NodeId> nodes)
      : maker_(maker), choice_(choice), nodes_(nodes), builder_(maker.body_) {
    for (const NodeId node : nodes) builder_.add(node);
  }

  void connect() {
    for (const NodeId node : nodes_) {
      std::vector<Edge> inputs;
      for (const Edge& input : maker_.liveness_.inputs(node))
        if (const auto edge = resolve(input)) inputs.push_back(*edge);
      builder_.set_inputs(*builder_.find(node), std::move(inputs));
      if (const auto& problems = maker_.liveness_.problems(); problems.contains(node))
        builder_.body.problems.emplace(*builder_.find(node), problems.at(node));
      else if (has_effect(maker_.body_.nodes[node]))
        keep(*builder_.find(node));
    }
  }

  void add_result(const Edge& value, DataType type) {
    builder_.body.rets.push_back({.type = type, .edge = *resolve(value)});
  }

  bool has_effects() const { return !builder_.body.control_rets.empty(); }
  BodyBuilder& builder() { return builder_; }

 private:
  void keep(NodeId node) {
    builder_.body.control_rets.push_back({builder_.body.nodes[node].name(), node});
  }

  // None for a control edge that says nothing within the branch.
  std::optional<Edge> resolve(const Edge& edge) {
    if (edge.kind == Edge::Kind::kArg) return take(edge);
    if (maker_.groups_.is_inner(edge.index)) return resolve_inner(edge);
    if (edge.kind == Edge::Kind::kControl) {
      wait_for(edge.index);
      return std::nullopt;
    }
    if (flow_op(maker_.body_.nodes[edge.index].op()) != FlowOp::kSwitch ||
        maker_.liveness_.problems().contains(edge.index))
      return take(edge);
    wait_for(edge.index);
    return take(maker_.liveness_.resolve(data_input(maker_.body_, edge.index, 0)));
  }

  std::optional<Edge> resolve_inner(Edge edge) {
    if (maker_.groups_.is_repeated(edge.index)) {
      if (edge.kind == Edge::Kind::kControl) return std::nullopt;
      edge.index = repeated(edge.index);
      return edge;
    }
    edge.index = builder_.find(edge.index).value();
    return edge;
  }

  NodeId repeated(NodeId node) {
    if (const auto known = builder_.find(node)) return *known;
    const NodeId copy = builder_.add(node);
    const auto inputs = maker_.body_.data_inputs(node);
    if (!inputs.empty()) builder_.set_inputs(copy, {*resolve(inputs.front())});
    return copy;
  }

  Edge take(const Edge& value) {
    if (const auto variable = maker_.variables_.behind(value)) {
      // What an Identity waits for, the branch waits for.
      if (*variable != value.index) choice_.controls.push_back(value.index);
      return {.kind = Edge::Kind::kNode, .index = repeated(*variable)};
    }
    return {.kind = Edge::Kind::kArg, .index = choice_.take(value, type_of(maker_.body_, value))};
  }

  // A Switch alone has nothing to be waited for: its inputs are taken.
  void wait_for(NodeId node) {
    if (flow_op(maker_.body_.nodes[node].op()) == FlowOp::kSwitch &&
        maker_.body_.control_inputs(node).empty())
      return;
    choice_.controls.push_back(node);
  }

  BranchMaker& maker_;
  Choice& choice_;
  std::span<const NodeId> nodes_;
  BodyBuilder builder_;
};

std::string name_of(const Body& body, const BranchGroup& group) {
  NodeId first = ~NodeId{0};
  for (const std::vector<NodeId>& nodes : group.nodes)
    if (!nodes.empty()) first = std::min(first, nodes.front());
  if (!group.merges.empty()) first = group.merges.front();
  const std::string_view name = body.nodes[first].name();
  const std::size_t slash = name.rfind('/');
  return fmt::format("{}/If", slash == name.npos ? name : name.substr(0, slash));
}

NodeDef BranchMaker::make_choice(const BranchGroup& group, Choice& choice) {
  std::deque<Branch> branches;
  for (const std::vector<NodeId>& nodes : group.nodes) {
    branches.emplace_back(*this, choice, nodes);
    branches.back().connect();
  }
  std::vector<DataType> result_types;
  for (const NodeId merge : group.merges) {
    result_types.push_back(type_of(body_, {Edge::Kind::kNode, merge, 0}));
    const auto values = liveness_.joined(merge);
    for (std::size_t i = 0; i < branches.size(); ++i)
      branches[i].add_result(values[i], result_types.back());
  }
  const std::string name = name_of(body_, group);
  std::vector<std::string> names;
  bool has_effects = false;
  for (Branch& branch : branches) {
    Body& function = branch.builder().body;
    function.name = functions_.name(fmt::format("{}/branch{}", name, names.size()));
    names.push_back(function.name);
    function.is_region = true;
    for (const DataType type : choice.types) function.args.push_back({.type = type});
    has_effects = has_effects || branch.has_effects();
    functions_.unfinished.push_back(branch.builder().done());
  }
  return choice_node(name, choice.types, result_types, names, has_effects);
}

// The branches of an If are named, those of a Case are numbered.
NodeDef BranchMaker::choice_node(std::string_view name, std::span<const DataType> operand_types,
                                 std::span<const DataType> result_types,
                                 std::span<const std::string> branches, bool has_effects) {
  const bool is_if = branches.size() == 2;
  const std::string op = fmt::format("{}{}", has_effects ? "" : "Stateless", is_if ? "If" : "Case");
  NodeWriter writer(name, op);
  writer.types("Tin", operand_types).types("Tout", result_types);
  if (is_if)
    writer.type("Tcond", DataType::kBool)
        .function("then_branch", branches[1])
        .function("else_branch", branches[0]);
  else
    writer.functions("branches", branches);
  return functions_.node(writer, op);
}

void BranchMaker::add_plain_nodes(BodyBuilder& builder) {
  for (NodeId node = 0; node < body_.nodes.size(); ++node) {
    if (!runs_always(node)) continue;
    const NodeId copy = builder.add(node);
    const auto& problems = liveness_.problems();
    if (const auto problem = problems.find(node); problem != problems.end())
      builder.body.problems.insert_or_assign(copy, problem->second);
  }
}

Edge BranchMaker::local(BodyBuilder& builder, const Edge& edge) const {
  if (edge.kind == Edge::Kind::kArg) return edge;
  return {.kind = edge.kind, .index = builder.find(edge.index).value(), .port = edge.port};
}

// `choices`: the If of each group.
void BranchMaker::connect_plain_nodes(BodyBuilder& builder, const std::vector<NodeId>& choices) {
  std::vector<std::uint32_t> results(choices.size());
  for (NodeId node = 0; node < body_.nodes.size(); ++node) {
    if (!runs_always(node)) continue;
    std::vector<Edge> inputs;
    if (groups_.is_end(node)) {
      const std::uint32_t group = groups_.group_of(node).value();
      inputs.push_back({Edge::Kind::kNode, choices[group], results[group]++});
      for (const Edge& control : body_.control_inputs(node))
        inputs.push_back(local(builder, control));
    } else {
      for (const Edge& input : liveness_.inputs(node)) inputs.push_back(local(builder, input));
    }
    builder.set_inputs(*builder.find(node), std::move(inputs));
  }
}

NodeId BranchMaker::no_value(BodyBuilder& builder, const Edge& edge) const {
  return builder.add_problem(
      edge.index, "its result is asked for, but exists only in one branch of a condition");
}

void BranchMaker::add_rets(BodyBuilder& builder, const std::vector<NodeId>& choices) {
  for (Ret ret : body_.rets) {
    const Edge value = liveness_.resolve(ret.edge);
    if (liveness_.of(ret.edge) == kAlways)
      ret.edge = local(builder, value);
    else
      ret.edge = {.kind = Edge::Kind::kNode, .index = no_value(builder, value)};
    builder.body.rets.push_back(ret);
  }
  std::unordered_set<NodeId> known;
  for (ControlRet ret : body_.control_rets) {
    if (runs_always(ret.node)) {
      ret.node = *builder.find(ret.node);
    } else {
      // What runs in a branch is kept there if it does anything.
      if (!groups_.is_inner(ret.node) || groups_.is_repeated(ret.node)) continue;
      const auto group = groups_.group_of(ret.node);
      ret.node = group ? choices[*group]
                       : no_value(builder, {.kind = Edge::Kind::kControl, .index = ret.node});
    }
    if (known.insert(ret.node).second) builder.body.control_rets.push_back(ret);
  }
}

Body BranchMaker::run() {
  BodyBuilder builder(body_);
  builder.body.name = body_.name;
  builder.body.args = body_.args;
  builder.body.is_region = body_.is_region;
  add_plain_nodes(builder);
  std::vector<NodeId> choices;
  std::vector<Choice> all(groups_.all().size());
  for (std::size_t i = 0; i < all.size(); ++i)
    choices.push_back(builder.add(make_choice(groups_.all()[i], all[i])));
  connect_plain_nodes(builder, choices);
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::vector<Edge> inputs = {local(builder, groups_.all()[i].predicate)};
    for (const Edge& operand : all[i].operands) inputs.push_back(local(builder, operand));
    std::vector<NodeId>& controls = all[i].controls;
    std::ranges::sort(controls);
    controls.erase(std::unique(controls.begin(), controls.end()), controls.end());
    for (const NodeId control : controls)
      inputs.push_back(local(builder, {.kind = Edge::Kind::kControl, .index = control}));
    builder.set_inputs(choices[i], std::move(inputs));
  }
  add_rets(builder, choices);
  return builder.done();
}

}  // namespace

Body make_branches(const Body& body, MadeFunctions& functions) {
  return BranchMaker(body, functions).run();
}

}  // namespace litecast::tensorflow
