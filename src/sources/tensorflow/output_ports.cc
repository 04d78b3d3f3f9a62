#include "sources/tensorflow/output_ports.h"

#include <algorithm>

namespace litecast::tensorflow {

namespace {

bool has_fixed_outputs(const OpDef& op) {
  return std::all_of(op.output_args.begin(), op.output_args.end(), [](const ArgDef& arg) {
    return arg.number_attr.empty() && arg.type_list_attr.empty();
  });
}

}  // namespace

const std::vector<std::size_t>& OutputPorts::starts(std::uint32_t index, const NodeDef& node) {
  const OpDef* op = node.op_def();
  auto& known = op && has_fixed_outputs(*op) ? by_op_[op] : by_node_[index];
  if (known.empty()) known = node.output_starts();
  return known;
}

}  // namespace litecast::tensorflow
