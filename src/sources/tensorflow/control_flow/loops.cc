#include "sources/tensorflow/control_flow/loops.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "sources/tensorflow/control_flow/body_builder.h"
#include "sources/tensorflow/control_flow/flow_op.h"
#include "sources/tensorflow/control_flow/frames.h"
#include "sources/tensorflow/control_flow/node_effects.h"
#include "sources/tensorflow/control_flow/variable_sources.h"

namespace litecast::tensorflow {
namespace {

// Why a frame is no loop that can be converted.
struct NoLoop {
  std::string reason;
};

// What a loop carries from one round to the next: Enter and NextIteration meet in a Merge.
struct Slot {
  NodeId merge;
  Edge initial;
  Edge next;
  DataType type;
};

// A loop as a node of the body around it. `operands` and `controls` are edges of the original body.
struct Loop {
  std::vector<Slot> slots;
  std::vector<Edge> operands;  // of the slots, then what the loop takes from outside
  std::vector<DataType> types;
  std::vector<Edge> controls;
  std::unordered_map<std::uint64_t, std::uint32_t> taken;  // operands from outside
  std::optional<NodeDef> node;                             // none for one with a problem

  // The argument of condition and body for a value from outside.
  std::uint32_t take(const Edge& value, DataType type) {
    const std::uint64_t key = std::uint64_t{value.index} << 32 | std::uint64_t{value.port} << 1 |
                              (value.kind == Edge::Kind::kArg);
    const auto [found, is_new] = taken.emplace(key, static_cast<std::uint32_t>(operands.size()));
    if (is_new) {
      operands.push_back(value);
      types.push_back(type);
    }
    return found->second;
  }
};

enum class Part : std::uint8_t { kOutside, kCondition, kBody };

// All loops of a body. A loop is known as a node by the number `first_loop_ + frame`.
class LoopMaker {
 public:
  LoopMaker(const Body& body, MadeFunctions& functions)
      : body_(body),
        functions_(functions),
        order_(order(body)),
        frames_(find_frames(body, order_)),
        variables_(body, order_),
        first_loop_(static_cast<NodeId>(body.nodes.size())),
        loops_(frames_.all.size()),
        slot_of_(body.nodes.size(), kNoSlot) {
    std::ranges::sort(frames_.all[kOutside].exits);
  }

  Body run();

 private:
  class Region;
  static constexpr std::uint32_t kNoSlot = ~std::uint32_t{0};

  bool is_loop(NodeId node) const { return node >= first_loop_; }
  FrameId frame_around(NodeId node) const {
    return is_loop(node) ? frames_.all[node - first_loop_].parent : frames_.of_node[node];
  }
  FlowOp flow_op_of(NodeId node) const {
    return is_loop(node) ? FlowOp::kNone : flow_op(body_.nodes[node].op());
  }
  bool is_constant_enter(NodeId node) const {
    return body_.nodes[node].attr("is_constant").boolean();
  }
  // The Switch that decides whether the loop goes on.
  bool is_loop_switch(NodeId node) const;
  std::uint32_t slot_behind(NodeId loop_switch) const;
  NodeDef loop_node(const Loop& loop, std::string_view name, const Body& condition,
                    const Body& loop_body, bool has_effects);

  void make_loop(FrameId frame);
  void find_slots(FrameId frame);
  void find_exits(FrameId frame);
  bool leaves_as_it_entered(NodeId exit, NodeId loop_switch);

  const Body& body_;
  MadeFunctions& functions_;
  const std::vector<NodeId> order_;
  Frames frames_;
  const VariableSources variables_;
  const NodeId first_loop_;
  std::vector<Loop> loops_;
  std::vector<std::uint32_t> slot_of_;           // of loop merges and exits
  std::unordered_map<NodeId, Edge> entered_as_;  // exits of what no round changes
};

bool LoopMaker::is_loop_switch(NodeId node) const {
  if (flow_op_of(node) != FlowOp::kSwitch) return false;
  const Edge& predicate = data_input(body_, node, 1);
  return predicate.kind == Edge::Kind::kNode && flow_op_of(predicate.index) == FlowOp::kLoopCond &&
         frames_.of_node[predicate.index] == frames_.of_node[node];
}

// The nodes that one function, or the body around all loops, consists of: found from its results
// backwards.
class LoopMaker::Region {
 public:
  Region(LoopMaker& maker, FrameId frame, Part part)
      : maker_(maker), frame_(frame), part_(part), builder_(maker.body_) {}

  // Nodes that the condition has run already when the body runs.
  void set_condition(const Region& condition) { condition_ = &condition; }

  void need(const Edge& edge) {
    need_resolved(edge);
    while (!pending_.empty()) {
      const NodeId node = pending_.back();
      pending_.pop_back();
      if (maker_.frame_around(node) != frame_) continue;  // A variable, which stands anywhere.
      for (const Edge& input : inputs_of(node)) need_resolved(input);
    }
  }

  bool contains(NodeId node) const { return nodes_.contains(node); }

  // Adds the nodes, and gives what `edge` is in the new body.
  void finish_nodes() {
    std::vector<NodeId> sorted(nodes_.begin(), nodes_.end());
    std::ranges::sort(sorted);
    for (const NodeId node : sorted) local_.emplace(node, add(node));
    for (const NodeId node : sorted) {
      std::vector<Edge> inputs;
      if (maker_.frame_around(node) == frame_)
        for (const Edge& input : inputs_of(node)) {
          if (const auto edge = resolve(input)) inputs.push_back(local(*edge));
          if (waits_for_condition(input)) waiting_.insert(local_.at(node));
        }
      sort_control_last(inputs);
      builder_.set_inputs(local_.at(node), std::move(inputs));
    }
  }
  Edge local(const Edge& edge) const {
    if (edge.kind == Edge::Kind::kArg) return edge;
    return {.kind = edge.kind, .index = local_.at(edge.index), .port = edge.port};
  }
  Edge result(const Edge& edge) { return local(*resolve(edge)); }

  BodyBuilder& builder() { return builder_; }

  bool has_effects() const {
    return std::ranges::any_of(nodes_, [&](NodeId node) { return is_effect(node); });
  }
  // Makes sure that what has an effect runs though no result needs it.
  void keep_effects();
  void require_nothing_twice(const Region& condition) const;
  void require_effects_once_a_round(const Body& made) const;

 private:
  bool is_effect(NodeId node) const {
    if (!maker_.is_loop(node)) return has_effect(maker_.body_.nodes[node]);
    const auto& made = maker_.loops_[node - maker_.first_loop_].node;
    return made && has_effect(*made);
  }

  bool is_stray_exit(NodeId node) const {
    return std::ranges::binary_search(maker_.frames_.all[kOutside].exits, node);
  }

  NodeId add(NodeId node) {
    if (is_stray_exit(node)) return builder_.add_problem(node, "it ends no loop");
    if (!maker_.is_loop(node)) return builder_.add(node);
    const FrameId inner = node - maker_.first_loop_;
    const Loop& loop = maker_.loops_[inner];
    if (loop.node) return builder_.add(*loop.node);
    const LoopFrame& frame = maker_.frames_.all[inner];
    return builder_.add_problem(frame.enters.front(), frame.problem);
  }

  std::vector<Edge> inputs_of(NodeId node) const {
    if (maker_.is_loop(node)) {
      const Loop& loop = maker_.loops_[node - maker_.first_loop_];
      if (!loop.node) return {};
      std::vector<Edge> all = loop.operands;
      all.insert(all.end(), loop.controls.begin(), loop.controls.end());
      return all;
    }
    const auto inputs = maker_.body_.inputs(node);
    if (maker_.flow_op_of(node) != FlowOp::kExit) return {inputs.begin(), inputs.end()};
    return inputs_of_exit(node);
  }

  std::vector<Edge> inputs_of_exit(NodeId exit) const {
    if (is_stray_exit(exit)) return {};
    std::vector<Edge> all;
    const auto entered = maker_.entered_as_.find(exit);
    for (Edge input : maker_.body_.inputs(exit)) {
      if (input.kind != Edge::Kind::kArg && maker_.frame_around(input.index) != frame_) {
        if (input.kind == Edge::Kind::kControl) continue;
        if (entered != maker_.entered_as_.end()) {
          all.push_back(entered->second);
          continue;
        }
        input.index = maker_.first_loop_ + maker_.frame_around(input.index);
        input.port = maker_.slot_of_[exit] == kNoSlot ? 0 : maker_.slot_of_[exit];
      }
      all.push_back(input);
    }
    return all;
  }

  bool waits_for_condition(const Edge& edge) const {
    return edge.kind != Edge::Kind::kArg && maker_.frame_around(edge.index) == frame_ &&
           maker_.is_loop_switch(edge.index);
  }

  void need_resolved(const Edge& edge) {
    const auto resolved = resolve(edge);
    if (!resolved || resolved->kind == Edge::Kind::kArg) return;
    if (nodes_.insert(resolved->index).second) pending_.push_back(resolved->index);
  }

  // What an edge of the original body is within this region: an argument, or a node of it; none for
  // a control edge that says nothing here.
  std::optional<Edge> resolve(const Edge& edge) {
    if (part_ == Part::kOutside) return resolve_outside(edge);
    if (edge.kind == Edge::Kind::kControl) return resolve_control(edge);
    if (edge.kind == Edge::Kind::kArg || maker_.frame_around(edge.index) != frame_)
      return take(edge);
    switch (maker_.flow_op_of(edge.index)) {
      case FlowOp::kMerge:
        return resolve_merge(edge);
      case FlowOp::kEnter:
        if (!maker_.is_constant_enter(edge.index))
          throw NoLoop{fmt::format("'{}' is used in the first round alone", name(edge))};
        return take(data_input(maker_.body_, edge.index, 0));
      case FlowOp::kLoopCond:
        return resolve_condition(data_input(maker_.body_, edge.index, 0));
      case FlowOp::kNextIteration:
        throw NoLoop{fmt::format("'{}' is used before the next round begins", name(edge))};
      case FlowOp::kSwitch:
        if (maker_.is_loop_switch(edge.index)) return resolve_switch(edge);
        return edge;
      default:
        return edge;
    }
  }

  // Nothing of a loop is seen here but its Exit nodes.
  std::optional<Edge> resolve_outside(const Edge& edge) const {
    if (edge.kind == Edge::Kind::kArg || maker_.frame_around(edge.index) == kOutside) return edge;
    if (edge.kind == Edge::Kind::kControl) return std::nullopt;
    return edge;
  }

  std::optional<Edge> resolve_control(const Edge& edge) {
    if (maker_.frame_around(edge.index) != frame_) {
      loop().controls.push_back(edge);
      return std::nullopt;
    }
    switch (maker_.flow_op_of(edge.index)) {
      case FlowOp::kEnter:
      case FlowOp::kLoopCond:
      case FlowOp::kNextIteration:
        return std::nullopt;
      case FlowOp::kMerge:
        if (maker_.slot_of_[edge.index] != kNoSlot) return std::nullopt;
        break;
      case FlowOp::kSwitch:
        if (maker_.is_loop_switch(edge.index)) return std::nullopt;
        break;
      default:
        break;
    }
    if (condition_ && condition_->contains(edge.index)) return std::nullopt;
    return edge;
  }

  Edge resolve_merge(const Edge& edge) {
    const std::uint32_t slot = maker_.slot_of_[edge.index];
    if (slot == kNoSlot) return edge;
    if (edge.port != 0)
      throw NoLoop{fmt::format("what '{}' says of the round is used", name(edge))};
    return {.kind = Edge::Kind::kArg, .index = slot};
  }

  // The value that the condition decides on, made again.
  std::optional<Edge> resolve_condition(const Edge& edge) {
    if (edge.kind == Edge::Kind::kNode && maker_.frame_around(edge.index) == frame_) {
      const FlowOp op = maker_.flow_op_of(edge.index);
      if (op == FlowOp::kLoopCond || op == FlowOp::kSwitch)
        throw NoLoop{fmt::format("its condition is '{}'", name(edge))};
    }
    return resolve(edge);
  }

  Edge resolve_switch(const Edge& edge) {
    if (part_ == Part::kCondition)
      throw NoLoop{fmt::format("its condition takes '{}', which it decides on", name(edge))};
    if (edge.port != 1)
      throw NoLoop{fmt::format("its body takes what '{}' gives after the last round", name(edge))};
    return {.kind = Edge::Kind::kArg, .index = maker_.slot_behind(edge.index)};
  }

  std::optional<Edge> take(const Edge& edge) {
    const auto variable = maker_.variables_.behind(edge);
    // What an Identity waits for, the loop waits for.
    if (variable && edge.index != *variable)
      loop().controls.push_back({.kind = Edge::Kind::kControl, .index = edge.index});
    if (variable) return Edge{.kind = Edge::Kind::kNode, .index = *variable};
    return Edge{.kind = Edge::Kind::kArg, .index = loop().take(edge, type_of(maker_.body_, edge))};
  }

  std::string_view name(const Edge& edge) const { return maker_.body_.nodes[edge.index].name(); }
  Loop& loop() { return maker_.loops_[frame_]; }

  LoopMaker& maker_;
  const FrameId frame_;
  const Part part_;
  const Region* condition_ = nullptr;
  BodyBuilder builder_;
  std::unordered_set<NodeId> nodes_;
  std::vector<NodeId> pending_;
  std::unordered_map<NodeId, NodeId> local_;
  std::unordered_set<NodeId>
      waiting_;  // nodes of the new body that take a slot behind the condition
};

void LoopMaker::Region::keep_effects() {
  std::vector<NodeId> kept;
  for (const auto& [original, node] : local_)
    if (is_effect(original)) kept.push_back(node);
  std::ranges::sort(kept);
  for (const NodeId node : kept)
    builder_.body.control_rets.push_back({builder_.body.nodes[node].name(), node});
}

void LoopMaker::Region::require_nothing_twice(const Region& condition) const {
  for (const NodeId node : nodes_)
    if (is_effect(node) && condition.contains(node))
      throw NoLoop{
          fmt::format("its condition and its body share '{}'", maker_.body_.nodes[node].name())};
}

// Effects that do not wait for the condition would happen once more than the body's rounds.
void LoopMaker::Region::require_effects_once_a_round(const Body& made) const {
  std::vector<bool> waits(made.nodes.size());
  for (const NodeId node : order(made)) {
    const auto inputs = made.inputs(node);
    waits[node] = waiting_.contains(node) || std::ranges::any_of(inputs, [&](const Edge& input) {
                    return input.kind != Edge::Kind::kArg && waits[input.index];
                  });
    if (!waits[node] && has_effect(made.nodes[node]))
      throw NoLoop{fmt::format("'{}' also runs after the last round", made.nodes[node].name())};
  }
}

void LoopMaker::find_slots(FrameId frame) {
  Loop& loop = loops_[frame];
  for (const NodeId merge : frames_.all[frame].merges) {
    Slot slot{.merge = merge, .type = type_of(body_, {Edge::Kind::kNode, merge, 0})};
    bool is_entered = false, goes_on = false;
    for (const Edge& input : body_.data_inputs(merge)) {
      if (input.kind != Edge::Kind::kNode || frames_.of_node[input.index] != frame) break;
      const FlowOp op = flow_op_of(input.index);
      if (op == FlowOp::kEnter && !is_entered && !is_constant_enter(input.index)) {
        slot.initial = data_input(body_, input.index, 0);
        is_entered = true;
      } else if (op == FlowOp::kNextIteration && !goes_on) {
        slot.next = data_input(body_, input.index, 0);
        goes_on = true;
      }
    }
    if (!is_entered || !goes_on || body_.data_inputs(merge).size() != 2)
      throw NoLoop{fmt::format("'{}' does not join an Enter and a NextIteration of the loop",
                               body_.nodes[merge].name())};
    slot_of_[merge] = static_cast<std::uint32_t>(loop.slots.size());
    loop.operands.push_back(slot.initial);
    loop.types.push_back(slot.type);
    loop.slots.push_back(slot);
  }
  for (const NodeId enter : frames_.all[frame].enters)
    for (const Edge& control : body_.control_inputs(enter)) loop.controls.push_back(control);
}

std::uint32_t LoopMaker::slot_behind(NodeId loop_switch) const {
  const Edge& value = data_input(body_, loop_switch, 0);
  const bool is_slot = value.kind == Edge::Kind::kNode && value.port == 0 &&
                       frames_.of_node[value.index] == frames_.of_node[loop_switch] &&
                       slot_of_[value.index] != kNoSlot;
  if (!is_slot)
    throw NoLoop{fmt::format("'{}' passes on what the loop does not carry",
                             body_.nodes[loop_switch].name())};
  return slot_of_[value.index];
}

void LoopMaker::find_exits(FrameId frame) {
  for (const NodeId exit : frames_.all[frame].exits) {
    const Edge& value = data_input(body_, exit, 0);
    if (value.kind != Edge::Kind::kNode || value.port != 0 ||
        frames_.of_node[value.index] != frame || !is_loop_switch(value.index))
      throw NoLoop{
          fmt::format("'{}' takes no value from the loop's end", body_.nodes[exit].name())};
    if (!leaves_as_it_entered(exit, value.index)) slot_of_[exit] = slot_behind(value.index);
  }
}

// Without a Merge a value is there in the first round alone: where it leaves, there was no second.
bool LoopMaker::leaves_as_it_entered(NodeId exit, NodeId loop_switch) {
  const Edge& value = data_input(body_, loop_switch, 0);
  if (value.kind != Edge::Kind::kNode || flow_op_of(value.index) != FlowOp::kEnter ||
      frames_.of_node[value.index] != frames_.of_node[loop_switch])
    return false;
  entered_as_.emplace(exit, data_input(body_, value.index, 0));
  return true;
}

NodeDef LoopMaker::loop_node(const Loop& loop, std::string_view name, const Body& condition,
                             const Body& loop_body, bool has_effects) {
  const char* op = has_effects ? "While" : "StatelessWhile";
  NodeWriter writer(name, op);
  writer.types("T", loop.types).function("cond", condition.name).function("body", loop_body.name);
  return functions_.node(writer, op);
}

// The functions take the slots, then what the loop takes from outside, which the body gives back.
void LoopMaker::make_loop(FrameId frame) {
  const LoopFrame& loop_frame = frames_.all[frame];
  Loop& loop = loops_[frame];
  if (loop_frame.conditions.size() != 1)
    throw NoLoop{fmt::format("it has {} conditions (LoopCond)", loop_frame.conditions.size())};
  find_slots(frame);
  find_exits(frame);
  if (loop.slots.empty()) return;
  const NodeId loop_cond = loop_frame.conditions.front();
  Region condition(*this, frame, Part::kCondition);
  const Edge goes_on{.kind = Edge::Kind::kNode, .index = loop_cond};
  condition.need(goes_on);
  for (const Edge& control : body_.control_inputs(loop_cond)) condition.need(control);
  Region loop_body(*this, frame, Part::kBody);
  loop_body.set_condition(condition);
  for (const Slot& slot : loop.slots) {
    loop_body.need(slot.next);
    for (const Edge& input : body_.data_inputs(slot.merge))
      for (const Edge& control : body_.control_inputs(input.index))
        if (flow_op_of(input.index) == FlowOp::kNextIteration) loop_body.need(control);
  }
  loop_body.require_nothing_twice(condition);

  condition.finish_nodes();
  loop_body.finish_nodes();
  Body& condition_function = condition.builder().body;
  Body& body_function = loop_body.builder().body;
  condition_function.name = functions_.name(fmt::format("{}/cond", loop_frame.name));
  body_function.name = functions_.name(fmt::format("{}/body", loop_frame.name));
  for (const DataType type : loop.types)
    for (Body* function : {&condition_function, &body_function})
      function->args.push_back({.type = type});
  condition_function.rets.push_back({.type = DataType::kBool, .edge = condition.result(goes_on)});
  for (std::uint32_t i = 0; i < loop.types.size(); ++i)
    body_function.rets.push_back({.type = loop.types[i],
                                  .edge = i < loop.slots.size()
                                              ? loop_body.result(loop.slots[i].next)
                                              : Edge{.kind = Edge::Kind::kArg, .index = i}});
  loop_body.keep_effects();
  condition.keep_effects();
  condition_function.is_region = body_function.is_region = true;
  const bool has_effects = condition.has_effects() || loop_body.has_effects();
  Body finished_condition = condition.builder().done();
  Body finished_body = loop_body.builder().done();
  loop_body.require_effects_once_a_round(finished_body);
  loop.node = loop_node(loop, loop_frame.name, finished_condition, finished_body, has_effects);
  functions_.unfinished.push_back(std::move(finished_condition));
  functions_.unfinished.push_back(std::move(finished_body));
}

Body LoopMaker::run() {
  for (FrameId frame = static_cast<FrameId>(frames_.all.size()); --frame > kOutside;) {
    LoopFrame& loop_frame = frames_.all[frame];
    try {
      if (loop_frame.problem.empty()) make_loop(frame);
    } catch (const NoLoop& problem) {
      loop_frame.problem = problem.reason;
    }
  }
  Region outside(*this, kOutside, Part::kOutside);
  const auto is_outside = [&](NodeId node) { return frames_.of_node[node] == kOutside; };
  for (const Ret& ret : body_.rets)
    if (ret.edge.kind == Edge::Kind::kArg || is_outside(ret.edge.index)) outside.need(ret.edge);
  for (const ControlRet& ret : body_.control_rets)
    if (is_outside(ret.node)) outside.need({.kind = Edge::Kind::kControl, .index = ret.node});
  outside.finish_nodes();
  BodyBuilder& builder = outside.builder();
  builder.body.name = body_.name;
  builder.body.args = body_.args;
  builder.body.is_region = body_.is_region;
  const auto within = [&](NodeId node) {
    return builder.add_problem(node, "it is asked for within a loop");
  };
  for (Ret ret : body_.rets) {
    if (ret.edge.kind == Edge::Kind::kArg || is_outside(ret.edge.index))
      ret.edge = outside.result(ret.edge);
    else
      ret.edge = {
          .kind = Edge::Kind::kNode, .index = within(ret.edge.index), .port = ret.edge.port};
    builder.body.rets.push_back(ret);
  }
  for (ControlRet ret : body_.control_rets) {
    ret.node = is_outside(ret.node)
                   ? outside.local({.kind = Edge::Kind::kControl, .index = ret.node}).index
                   : within(ret.node);
    builder.body.control_rets.push_back(ret);
  }
  return builder.done();
}

}  // namespace

Body make_loops(const Body& body, MadeFunctions& functions) {
  return LoopMaker(body, functions).run();
}

}  // namespace litecast::tensorflow
