#include "sources/tensorflow/body.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include <litecast/error.h>
#include "sources/tensorflow/control_flow/flow_op.h"

namespace litecast::tensorflow {

std::span<const Edge> Body::inputs(NodeId node) const {
  return std::span(edges_).subspan(first_edge_[node], first_edge_[node + 1] - first_edge_[node]);
}

std::span<const Edge> Body::data_inputs(NodeId node) const {
  const auto all = inputs(node);
  const auto control = std::partition_point(
      all.begin(), all.end(), [](const Edge& edge) { return edge.kind != Edge::Kind::kControl; });
  return all.first(static_cast<std::size_t>(control - all.begin()));
}

std::span<const Edge> Body::control_inputs(NodeId node) const {
  return inputs(node).subspan(data_inputs(node).size());
}

void Body::add_inputs(std::span<const Edge> edges) {
  if (edges.size() > std::numeric_limits<std::uint32_t>::max() - edges_.size()) {
    throw MalformedInput(fmt::format("{}: more than 2^32 edges", name));
  }
  edges_.insert(edges_.end(), edges.begin(), edges.end());
  first_edge_.push_back(static_cast<std::uint32_t>(edges_.size()));
}

void sort_control_last(std::vector<Edge>& edges) {
  std::stable_partition(edges.begin(), edges.end(),
                        [](const Edge& edge) { return edge.kind != Edge::Kind::kControl; });
}

namespace {

// Depth-first from each node that is needed, in file order: a node is placed once its inputs are,
// so a file that is in execution order already keeps its order.
class Ordering {
 public:
  explicit Ordering(const Body& body) : body_(body), states_(body.nodes.size(), State::kUnneeded) {}

  std::vector<NodeId> run(std::span<const NodeId> roots) {
    mark_needed(roots);
    for (NodeId node = 0; node < states_.size(); ++node) {
      if (states_[node] == State::kNeeded) place_with_inputs(node);
    }
    return std::move(order_);
  }

 private:
  enum class State : std::uint8_t { kUnneeded, kNeeded, kOpen, kPlaced };
  struct Frame {
    NodeId node;
    std::uint32_t next_input;
  };

  void mark_needed(std::span<const NodeId> roots) {
    std::vector<NodeId> pending;
    const auto mark = [&](NodeId node) {
      if (states_[node] != State::kUnneeded) return;
      states_[node] = State::kNeeded;
      pending.push_back(node);
    };
    for (const NodeId root : roots) mark(root);
    while (!pending.empty()) {
      const NodeId node = pending.back();
      pending.pop_back();
      for (const Edge& edge : body_.inputs(node)) {
        if (edge.kind != Edge::Kind::kArg) mark(edge.index);
      }
    }
  }

  bool waits_for(NodeId node, const Edge& edge) const {
    if (edge.kind == Edge::Kind::kArg) return false;
    return flow_op(body_.nodes[node].op()) != FlowOp::kMerge ||
           flow_op(body_.nodes[edge.index].op()) != FlowOp::kNextIteration;
  }

  void open(NodeId node) {
    states_[node] = State::kOpen;
    stack_.push_back({node, 0});
  }

  void place_with_inputs(NodeId start) {
    open(start);
    while (!stack_.empty()) {
      Frame& frame = stack_.back();
      const auto inputs = body_.inputs(frame.node);
      if (frame.next_input == inputs.size()) {
        states_[frame.node] = State::kPlaced;
        order_.push_back(frame.node);
        stack_.pop_back();
        continue;
      }
      const Edge& edge = inputs[frame.next_input++];
      if (!waits_for(frame.node, edge)) continue;
      if (states_[edge.index] == State::kOpen) report_cycle(edge.index);
      if (states_[edge.index] == State::kNeeded) open(edge.index);
    }
  }

  [[noreturn]] void report_cycle(NodeId repeated) const {
    constexpr std::size_t kMostNames = 8;
    auto frame = std::find_if(stack_.begin(), stack_.end(),
                              [&](const Frame& open) { return open.node == repeated; });
    std::string names;
    for (std::size_t i = 0; i < kMostNames && frame != stack_.end(); ++i, ++frame) {
      names += fmt::format("'{}' needs ", body_.nodes[frame->node].name());
    }
    if (frame != stack_.end()) names += "… needs ";
    body_.nodes[repeated].malformed(
        fmt::format("the graph has a cycle: {}'{}'", names, body_.nodes[repeated].name()));
  }

  const Body& body_;
  std::vector<State> states_;
  std::vector<Frame> stack_;
  std::vector<NodeId> order_;
};

}  // namespace

std::vector<NodeId> order(const Body& body, std::span<const NodeId> roots) {
  return Ordering(body).run(roots);
}

std::vector<NodeId> order(const Body& body) {
  std::vector<NodeId> roots;
  for (const Ret& ret : body.rets) {
    if (ret.edge.kind != Edge::Kind::kArg) roots.push_back(ret.edge.index);
  }
  for (const ControlRet& control : body.control_rets) roots.push_back(control.node);
  return order(body, roots);
}

}  // namespace litecast::tensorflow
