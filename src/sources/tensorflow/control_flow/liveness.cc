#include "sources/tensorflow/control_flow/liveness.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "sources/tensorflow/call.h"
#include "sources/tensorflow/control_flow/body_builder.h"
#include "sources/tensorflow/control_flow/flow_op.h"

namespace litecast::tensorflow {
namespace {

bool hands_on(const NodeDef& node) {
  return node.op() == "Identity" || node.op() == "PlaceholderWithDefault" ||
         flow_op(node.op()) == FlowOp::kSwitch;
}

// The branch that a constant chooses: of two by a truth value, of several by a number, where the
// last one stands for all other numbers.
std::optional<std::uint32_t> chosen_branch(const NodeDef& node, std::uint32_t branches) {
  if (node.op() != "Const") return std::nullopt;
  const TensorProto tensor = node.attr("value").tensor();
  if (tensor.element_count() != 1) return std::nullopt;
  if (tensor.dtype() == DataType::kBool) return tensor.bytes().front() != std::byte{0} ? 1 : 0;
  if (tensor.dtype() != DataType::kInt32) return std::nullopt;
  std::int32_t number = 0;
  std::memcpy(&number, tensor.bytes().data(), sizeof number);
  const bool is_branch = number >= 0 && static_cast<std::uint32_t>(number) < branches;
  return is_branch ? static_cast<std::uint32_t>(number) : branches - 1;
}

std::uint32_t branches_of(const NodeDef& node) {
  if (node.op() != "_SwitchN") return 2;
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(node.attr("num_outs").integer(), 1, kMaxCaseBranches + 1));
}

}  // namespace

Liveness::Liveness(const Body& body, std::span<const NodeId> order)
    : body_(body),
      of_node_(body.nodes.size(), kNever),
      handed_on_(body.nodes.size()),
      is_join_(body.nodes.size()),
      problems_(body.problems) {
  for (const NodeId node : order) {
    of_node_[node] = state_of(node);
    if (body.nodes[node].op() == "ReadVariableOp") handed_on_[node] = same_read(node);
    if (!hands_on(body.nodes[node]) || problems_.contains(node) || body.data_inputs(node).empty())
      continue;
    handed_on_[node] = source(body.data_inputs(node).front());
    if (flow_op(body.nodes[node].op()) == FlowOp::kSwitch) visit_switch(node);
  }
  for (const NodeId node : order)
    for (const Edge& input : body.data_inputs(node)) refuse_branch_number(input);
  for (const Ret& ret : body.rets) {
    new_state_of(ret.edge);
    refuse_branch_number(ret.edge);
  }
}

// A Merge also tells which of its inputs it passes on; only gradients ask.
void Liveness::refuse_branch_number(const Edge& value) {
  if (value.kind != Edge::Kind::kNode || value.port == 0 ||
      flow_op(body_.nodes[value.index].op()) != FlowOp::kMerge)
    return;
  add_problem(value.index, "which of the branches ran is used as a number");
  is_join_[value.index] = false;
}

Edge Liveness::source(const Edge& value) const {
  if (value.kind != Edge::Kind::kNode) return value;
  return handed_on_[value.index].value_or(value);
}

// A condition that is a variable is read for each Switch anew: reads that wait for the same give
// the same.
Edge Liveness::same_read(NodeId node) {
  std::vector<std::uint64_t> key;
  for (const Edge& input : body_.inputs(node)) {
    const Edge from = source(input);
    key.push_back(std::uint64_t{from.index} << 32 | std::uint64_t{from.port} << 2 |
                  static_cast<std::uint64_t>(from.kind));
  }
  std::ranges::sort(key);
  const Edge read{.kind = Edge::Kind::kNode, .index = node};
  return of_node_[node] == kNever ? read : reads_.try_emplace(std::move(key), read).first->second;
}

void Liveness::visit_switch(NodeId node) {
  const Edge predicate = source(data_input(body_, node, 1));
  const auto branch = known_branch(node, predicate);
  if (!branch) return;
  known_.emplace(node, *branch);
  // What runs more often than the Switch would not be in the branch any more.
  const Edge value = resolve(body_.data_inputs(node).front());
  if (of(value) == of_node_[node]) passed_.emplace(node, value);
}

std::optional<std::uint32_t> Liveness::known_branch(NodeId node, const Edge& predicate) const {
  const std::uint32_t branches = branches_of(body_.nodes[node]);
  if (branches == 1) return 0;
  if (predicate.kind == Edge::Kind::kNode)
    if (const auto branch = chosen_branch(body_.nodes[predicate.index], branches)) return branch;
  return taken(of_node_[node], {.predicate = predicate, .branches = branches});
}

std::optional<std::uint32_t> Liveness::taken(StateId state, const Decision& asked) const {
  if (state == kNever) return std::nullopt;
  for (; state != kAlways; state = decisions_[state].before)
    if (decisions_[state].decides_as(asked)) return decisions_[state].branch;
  return std::nullopt;
}

Decision Liveness::decision_behind(const Edge& edge) const {
  return {.before = of_node_[edge.index],
          .predicate = source(data_input(body_, edge.index, 1)),
          .branch = edge.port,
          .branches = branches_of(body_.nodes[edge.index])};
}

Liveness::Key Liveness::key_of(const Decision& decision) {
  const Edge& predicate = decision.predicate;
  return {decision.before,   static_cast<int>(predicate.kind),
          predicate.index,   predicate.port,
          decision.branches, decision.branch};
}

StateId Liveness::of(const Edge& edge) const {
  if (edge.kind == Edge::Kind::kArg) return kAlways;
  const StateId state = of_node_[edge.index];
  if (edge.kind == Edge::Kind::kControl || state == kNever || problems_.contains(edge.index) ||
      flow_op(body_.nodes[edge.index].op()) != FlowOp::kSwitch)
    return state;
  if (const auto known = known_.find(edge.index); known != known_.end())
    return known->second == edge.port ? state : kNever;
  const auto found = by_key_.find(key_of(decision_behind(edge)));
  return found == by_key_.end() ? kNever : found->second;
}

StateId Liveness::state_of(NodeId node) {
  if (problems_.contains(node)) return kAlways;
  const FlowOp op = flow_op(body_.nodes[node].op());
  if (op == FlowOp::kEnter || op == FlowOp::kNextIteration || op == FlowOp::kLoopCond) {
    add_problem(node, "it belongs to no loop");
    return kAlways;
  }
  if (op == FlowOp::kMerge) return state_of_merge(node);
  if (op == FlowOp::kSwitch && branches_of(body_.nodes[node]) > kMaxCaseBranches) {
    add_problem(node, fmt::format("it has more than {} branches", kMaxCaseBranches));
    return kAlways;
  }
  StateId state = kAlways;
  for (const Edge& input : body_.inputs(node)) state = join(node, state, new_state_of(input));
  return state;
}

StateId Liveness::new_state_of(const Edge& edge) {
  const StateId known = of(edge);
  if (known != kNever || edge.kind != Edge::Kind::kNode || of_node_[edge.index] == kNever ||
      flow_op(body_.nodes[edge.index].op()) != FlowOp::kSwitch || known_.contains(edge.index))
    return known;
  const Decision decision = decision_behind(edge);
  return edge.port < decision.branches ? extend(edge.index, decision) : kNever;
}

StateId Liveness::state_of_merge(NodeId node) {
  std::vector<Edge> live;
  for (const Edge& input : body_.data_inputs(node)) {
    if (input.kind == Edge::Kind::kNode &&
        flow_op(body_.nodes[input.index].op()) == FlowOp::kNextIteration) {
      add_problem(node, "it closes a loop that nothing enters");
      return kAlways;
    }
    if (new_state_of(input) != kNever) live.push_back(input);
  }
  StateId around = kAlways;
  for (const Edge& input : body_.control_inputs(node))
    around = join(node, around, new_state_of(input));
  if (live.empty() || around == kNever) return kNever;
  if (live.size() == 1) {
    only_input_.emplace(node, live.front());
    return join(node, around, of(live.front()));
  }
  const StateId before = decisions_[of(live[0])].before;
  if (joins_all_branches(live) && common(around, before) == around) {
    is_join_[node] = true;
    return before;
  }
  StateId state = of(live[0]);
  for (const Edge& input : live) state = common(state, of(input));
  for (const Edge& input : live) {
    if (input.kind == Edge::Kind::kArg || !problems_.contains(input.index) || of(input) != state)
      continue;
    only_input_.emplace(node, input);  // Which is reported already.
    return state;
  }
  add_problem(node, "it joins other values than those of the two branches of one condition");
  return state;
}

bool Liveness::joins_all_branches(const std::vector<Edge>& values) const {
  const Decision& first = decisions_[of(values.front())];
  if (first.depth == 0 || first.branches != values.size()) return false;
  std::vector<bool> seen(first.branches);
  for (const Edge& value : values) {
    const Decision& decision = decisions_[of(value)];
    if (decision.depth == 0 || decision.before != first.before || !decision.decides_as(first) ||
        seen[decision.branch])
      return false;
    seen[decision.branch] = true;
  }
  return true;
}

StateId Liveness::common(StateId a, StateId b) const {
  while (a != b) {
    if (decisions_[a].depth < decisions_[b].depth) std::swap(a, b);
    a = decisions_[a].before;
  }
  return a;
}

// Where both hold.
StateId Liveness::join(NodeId node, StateId a, StateId b) {
  if (a == kNever || b == kNever) return kNever;
  if (decisions_[a].depth < decisions_[b].depth) std::swap(a, b);
  const StateId shared = common(a, b);
  if (shared == b) return a;
  std::vector<StateId> added;
  for (StateId state = b; state != shared; state = decisions_[state].before) added.push_back(state);
  std::ranges::reverse(added);
  for (const StateId state : added) {
    if (a == kNever) return a;
    Decision decision = decisions_[state];
    decision.before = a;
    a = extend(node, decision);
  }
  return a;
}

StateId Liveness::extend(NodeId node, Decision decision) {
  if (const auto known = taken(decision.before, decision))
    return *known == decision.branch ? decision.before : kNever;
  const auto id = static_cast<StateId>(decisions_.size());
  const auto [found, is_new] = by_key_.try_emplace(key_of(decision), id);
  if (!is_new) return found->second;
  const Decision& before = decisions_[decision.before];
  decision.depth = before.depth + 1;
  if (decision.depth > std::uint32_t{kMaxCallDepth})
    body_.nodes[node].malformed(
        fmt::format("runs in branches that nest deeper than {}", kMaxCallDepth));
  decision.outermost = decision.before == kAlways ? id : before.outermost;
  decisions_.push_back(decision);
  return id;
}

std::vector<Edge> Liveness::joined(NodeId node) const {
  std::vector<Edge> values;
  for (const Edge& input : body_.data_inputs(node)) {
    const StateId state = of(input);
    if (state == kNever) continue;
    values.resize(decisions_[state].branches);
    values[decisions_[state].branch] = resolve(input);
  }
  return values;
}

Edge Liveness::resolve(const Edge& edge) const {
  if (edge.kind != Edge::Kind::kNode) return edge;
  const auto passed = passed_.find(edge.index);
  return passed == passed_.end() ? edge : passed->second;
}

std::vector<Edge> Liveness::inputs(NodeId node) const {
  if (problems_.contains(node)) return {};
  std::vector<Edge> all;
  const auto add = [&](const Edge& edge) {
    all.push_back(resolve(edge));
    // What the Switch waits for.
    if (!(all.back() == edge) && !body_.control_inputs(edge.index).empty())
      all.push_back({.kind = Edge::Kind::kControl, .index = edge.index});
  };
  if (const auto only = only_input_.find(node); only != only_input_.end()) {
    add(only->second);
    for (const Edge& control : body_.control_inputs(node)) all.push_back(control);
  } else {
    for (const Edge& input : body_.inputs(node)) add(input);
  }
  sort_control_last(all);
  return all;
}

}  // namespace litecast::tensorflow
