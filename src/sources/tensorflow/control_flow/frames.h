// Which loop of TensorFlow 1 each node of a body runs in.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sources/tensorflow/body.h"

namespace litecast::tensorflow {

using FrameId = std::uint32_t;

// What runs in no loop.
inline constexpr FrameId kOutside = 0;

// A loop begins with the Enter nodes of its frame and ends with Exit nodes, which stand outside. An
// Exit that ends no loop is one of kOutside.
struct LoopFrame {
  std::string_view name;
  FrameId parent = kOutside;
  std::uint32_t depth = 0;
  std::vector<NodeId> enters;
  std::vector<NodeId> merges;  // those that take a NextIteration
  std::vector<NodeId> conditions;
  std::vector<NodeId> exits;
  // Why it cannot be taken for a loop; empty where it can.
  std::string problem;
};

struct Frames {
  std::vector<LoopFrame> all;  // all[kOutside] is the body itself; parents before their children
  std::vector<FrameId> of_node;
};

// `order` is an execution order (see order(Body)). Throws MalformedInput for loops that nest too
// deep.
Frames find_frames(const Body& body, std::span<const NodeId> order);

// Whether an input of a node closes a loop.
bool is_back_edge(const Body& body, NodeId node, const Edge& input);

}  // namespace litecast::tensorflow
