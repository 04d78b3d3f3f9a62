#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sources/tensorflow/body.h"

namespace litecast::tensorflow {

// Which values are the buffers of TensorFlow 1's reference variables, also behind ops that hand the
// buffer on. Functions get no such value as an argument: they name the variable themselves.
class VariableSources {
 public:
  // `order` is an execution order of the body.
  VariableSources(const Body& body, std::span<const NodeId> order);

  std::optional<NodeId> behind(const Edge& value) const {
    if (value.kind != Edge::Kind::kNode) return std::nullopt;
    const NodeId variable = of_node_[value.index];
    return variable == kNone ? std::nullopt : std::optional(variable);
  }

 private:
  static constexpr NodeId kNone = ~NodeId{0};
  std::vector<NodeId> of_node_;
};

}  // namespace litecast::tensorflow
