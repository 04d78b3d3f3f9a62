#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sources/tensorflow/node_def.h"

namespace litecast::tensorflow {

// Where the output arguments of a graph's nodes begin among their flat outputs. Attributes are
// decoded once a node, or once an op where they do not matter, however many edges ask.
class OutputPorts {
 public:
  // starts[i] is the first flat output of output argument i, the last entry the number of outputs.
  // `index` tells nodes apart. Throws MalformedInput as NodeDef::output_types does.
  const std::vector<std::size_t>& starts(std::uint32_t index, const NodeDef& node);

  std::size_t count(std::uint32_t index, const NodeDef& node) { return starts(index, node).back(); }

 private:
  std::unordered_map<const OpDef*, std::vector<std::size_t>> by_op_;
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> by_node_;
};

}  // namespace litecast::tensorflow
