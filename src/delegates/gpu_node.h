// A node as a delegate sees it in the file: operands that are constants, that are computed, or that
// are absent, and sizes without names.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/graph.h"

namespace litecast::delegates {

using Sizes = std::vector<std::int64_t>;

// As the file has them, where a free size counts as 1; none where the rank is unknown.
Sizes sizes_of(const ir::Type& type);
std::int64_t elements_of(const Sizes& sizes);
// Whether the file holds elements of it. One without elements is to a delegate like one that is
// computed.
bool is_stored(const ir::Value& value);

class GpuNode {
 public:
  explicit GpuNode(const ir::Node& node);

  ir::Op op() const { return node_.op(); }
  template <class T>
  const T& as() const {
    return node_.options_as<T>();
  }
  const ir::Node& node() const { return node_; }

  // How many operands are constants, and how many are computed.
  int constants() const { return constants_; }
  int computed() const { return computed_; }
  // Absent ones are counted too.
  int operands() const { return static_cast<int>(node_.operands().size()); }
  int results() const { return static_cast<int>(node_.results().size()); }

  bool has(int operand) const { return node_.operand(operand) != nullptr; }
  // The following need the operand.
  bool is_constant(int operand) const { return is_stored(*node_.operand(operand)); }
  ir::DType dtype(int operand) const { return node_.operand(operand)->dtype(); }
  Sizes sizes(int operand) const { return sizes_of(node_.operand(operand)->type()); }

  // The following need the result.
  ir::DType result_dtype(int result = 0) const { return node_.result(result)->dtype(); }
  Sizes result_sizes(int result = 0) const { return sizes_of(node_.result(result)->type()); }

 private:
  const ir::Node& node_;
  int constants_ = 0;
  int computed_ = 0;
};

}  // namespace litecast::delegates
