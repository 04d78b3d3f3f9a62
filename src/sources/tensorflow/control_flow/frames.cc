#include "sources/tensorflow/control_flow/frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "sources/tensorflow/call.h"
#include "sources/tensorflow/control_flow/flow_op.h"

namespace litecast::tensorflow {
namespace {

class FrameFinder {
 public:
  explicit FrameFinder(const Body& body) : body_(body) {
    frames_.all.emplace_back();
    frames_.of_node.resize(body.nodes.size(), kOutside);
  }

  Frames run(std::span<const NodeId> order) {
    for (const NodeId node : order) frames_.of_node[node] = frame_of(node);
    return std::move(frames_);
  }

 private:
  FrameId frame_of(NodeId node) {
    FrameId frame = kOutside;
    bool closes_loop = false;
    for (const Edge& input : body_.inputs(node)) {
      if (input.kind == Edge::Kind::kArg) continue;
      if (is_back_edge(body_, node, input))
        closes_loop = true;
      else
        frame = innermost(node, frame, frames_.of_node[input.index]);
    }
    switch (flow_op(body_.nodes[node].op())) {
      case FlowOp::kEnter:
        return enter(node, frame);
      case FlowOp::kExit:
        return leave(node, frame);
      case FlowOp::kMerge:
        if (closes_loop) frames_.all[frame].merges.push_back(node);
        break;
      case FlowOp::kLoopCond:
        frames_.all[frame].conditions.push_back(node);
        break;
      default:
        break;
    }
    return frame;
  }

  // A value of an outer loop may be used in an inner one, but not that of a loop beside it.
  FrameId innermost(NodeId node, FrameId a, FrameId b) {
    if (a == b) return a;
    if (frames_.all[a].depth < frames_.all[b].depth) std::swap(a, b);
    FrameId outer = a;
    while (frames_.all[outer].depth > frames_.all[b].depth) outer = frames_.all[outer].parent;
    if (outer == b) return a;
    for (const FrameId frame : {a, b})
      blame(frame, fmt::format("'{}' takes values of two loops that do not stand in each other",
                               body_.nodes[node].name()));
    return a;
  }

  FrameId enter(NodeId node, FrameId parent) {
    const std::string_view name = body_.nodes[node].attr("frame_name").string();
    const auto [known, is_new] = by_name_.emplace(name, static_cast<FrameId>(frames_.all.size()));
    const FrameId id = known->second;
    if (is_new) {
      const std::uint32_t depth = frames_.all[parent].depth + 1;
      if (depth > std::uint32_t{kMaxCallDepth})
        body_.nodes[node].malformed(fmt::format("is a loop within more than {}", kMaxCallDepth));
      frames_.all.push_back({.name = name, .parent = parent, .depth = depth});
    } else if (frames_.all[id].parent != parent) {
      blame(id, fmt::format("'{}' enters it from another loop than the others",
                            body_.nodes[node].name()));
    }
    frames_.all[id].enters.push_back(node);
    return id;
  }

  FrameId leave(NodeId node, FrameId frame) {
    frames_.all[frame].exits.push_back(node);
    return frames_.all[frame].parent;
  }

  // The first reason is the one that is told.
  void blame(FrameId frame, std::string problem) {
    if (frames_.all[frame].problem.empty()) frames_.all[frame].problem = std::move(problem);
  }

  const Body& body_;
  Frames frames_;
  std::unordered_map<std::string_view, FrameId> by_name_;
};

}  // namespace

bool is_back_edge(const Body& body, NodeId node, const Edge& input) {
  return input.kind != Edge::Kind::kArg && flow_op(body.nodes[node].op()) == FlowOp::kMerge &&
         flow_op(body.nodes[input.index].op()) == FlowOp::kNextIteration;
}

Frames find_frames(const Body& body, std::span<const NodeId> order) {
  return FrameFinder(body).run(order);
}

}  // namespace litecast::tensorflow
