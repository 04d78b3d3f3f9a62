#include "sources/tensorflow/control_flow/liveness.h"

#include <fmt/format.h>

#include <algorithm>

#include "sources/tensorflow/call.h"
#include "sources/tensorflow/control_flow/body_builder.h"
#include "sources/tensorflow/control_flow/flow_op.h"

namespace litecast::tensorflow {
namespace {

bool hands_on(const NodeDef& node) {
  return node.op() == "Identity" || node.op() == "PlaceholderWithDefault" ||
         flow_op(node.op()) == FlowOp::kSwitch;
}

std::optional<bool> constant_truth(const NodeDef& node) {
  if (node.op() != "Const") return std::nullopt;
  const TensorProto tensor = node.attr("value").tensor();
  if (tensor.dtype() != DataType::kBool || tensor.element_count() != 1) return std::nullopt;
  return tensor.bytes().front() != std::byte{0};
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
    if (!hands_on(body.nodes[node]) || body.data_inputs(node).empty()) continue;
    handed_on_[node] = source(body.data_inputs(node).front());
    if (flow_op(body.nodes[node].op()) == FlowOp::kSwitch) visit_switch(node);
  }
  for (const NodeId node : order)
    for (const Edge& input : body.data_inputs(node)) refuse_branch_number(input);
  for (const Ret& ret : body.rets) refuse_branch_number(ret.edge);
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
  if (predicate.kind == Edge::Kind::kNode)
    if (const auto truth = constant_truth(body_.nodes[predicate.index])) return *truth ? 1 : 0;
  return taken(of_node_[node], predicate);
}

std::optional<std::uint32_t> Liveness::taken(StateId state, const Edge& predicate) const {
  if (state == kNever) return std::nullopt;
  for (; state != kAlways; state = decisions_[state].before)
    if (decisions_[state].predicate == predicate) return decisions_[state].branch;
  return std::nullopt;
}

StateId Liveness::of(const Edge& edge) const {
  if (edge.kind == Edge::Kind::kArg) return kAlways;
  const StateId state = of_node_[edge.index];
  if (edge.kind == Edge::Kind::kControl || state == kNever ||
      flow_op(body_.nodes[edge.index].op()) != FlowOp::kSwitch)
    return state;
  if (const auto known = known_.find(edge.index); known != known_.end())
    return known->second == edge.port ? state : kNever;
  const Edge predicate = source(data_input(body_, edge.index, 1));
  const auto found = by_key_.find(
      {state, static_cast<int>(predicate.kind), predicate.index, predicate.port, edge.port});
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
  StateId state = kAlways;
  for (const Edge& input : body_.inputs(node)) state = join(node, state, of(input));
  if (op != FlowOp::kSwitch || state == kNever) return state;
  // Both branches, so that of() finds them.
  const Edge predicate = source(data_input(body_, node, 1));
  if (taken(state, predicate)) return state;
  for (std::uint32_t branch : {0U, 1U}) extend(node, state, predicate, branch);
  return state;
}

StateId Liveness::state_of_merge(NodeId node) {
  std::vector<Edge> live;
  for (const Edge& input : body_.data_inputs(node)) {
    if (input.kind == Edge::Kind::kNode &&
        flow_op(body_.nodes[input.index].op()) == FlowOp::kNextIteration) {
      add_problem(node, "it closes a loop that nothing enters");
      return kAlways;
    }
    if (of(input) != kNever) live.push_back(input);
  }
  StateId around = kAlways;
  for (const Edge& input : body_.control_inputs(node)) around = join(node, around, of(input));
  if (live.empty() || around == kNever) return kNever;
  if (live.size() == 1) {
    only_input_.emplace(node, live.front());
    return join(node, around, of(live.front()));
  }
  const Decision& a = decisions_[of(live[0])];
  const Decision& b = decisions_[of(live[1])];
  const bool is_join = live.size() == 2 && a.depth > 0 && b.depth > 0 && a.before == b.before &&
                       a.predicate == b.predicate && a.branch != b.branch;
  if (is_join && common(around, a.before) == around) {
    is_join_[node] = true;
    return a.before;
  }
  StateId state = of(live[0]);
  for (const Edge& input : live) state = common(state, of(input));
  for (const Edge& input : live) {
    if (input.kind == Edge::Kind::kArg || !problems_.contains(input.index)) continue;
    only_input_.emplace(node, input);  // Which is reported already.
    return state;
  }
  add_problem(node, "it joins other values than those of the two branches of one condition");
  return state;
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
    const Edge predicate = decisions_[state].predicate;
    a = extend(node, a, predicate, decisions_[state].branch);
  }
  return a;
}

StateId Liveness::extend(NodeId node, StateId state, const Edge& predicate, std::uint32_t branch) {
  if (const auto known = taken(state, predicate)) return *known == branch ? state : kNever;
  const auto id = static_cast<StateId>(decisions_.size());
  const auto [found, is_new] = by_key_.try_emplace(
      {state, static_cast<int>(predicate.kind), predicate.index, predicate.port, branch}, id);
  if (!is_new) return found->second;
  const std::uint32_t depth = decisions_[state].depth + 1;
  if (depth > std::uint32_t{kMaxCallDepth})
    body_.nodes[node].malformed(
        fmt::format("runs in branches that nest deeper than {}", kMaxCallDepth));
  const StateId outermost = state == kAlways ? id : decisions_[state].outermost;
  decisions_.push_back({state, predicate, branch, depth, outermost});
  return id;
}

std::array<Edge, 2> Liveness::joined(NodeId node) const {
  std::array<Edge, 2> values;
  for (const Edge& input : body_.data_inputs(node))
    if (const StateId state = of(input); state != kNever)
      values[decisions_[state].branch] = resolve(input);
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
