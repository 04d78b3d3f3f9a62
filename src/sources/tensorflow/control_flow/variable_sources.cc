#include "sources/tensorflow/control_flow/variable_sources.h"

#include "sources/tensorflow/control_flow/flow_op.h"
#include "sources/tensorflow/plan.h"

namespace litecast::tensorflow {
namespace {

bool hands_buffer_on(const NodeDef& node) {
  if (node.op() == "Identity" || node.op() == "RefIdentity") return true;
  if (flow_op(node.op()) == FlowOp::kSwitch) return true;
  if (flow_op(node.op()) != FlowOp::kEnter) return false;
  return node.attr("is_constant").boolean();
}

}  // namespace

VariableSources::VariableSources(const Body& body, std::span<const NodeId> order)
    : of_node_(body.nodes.size(), kNone) {
  for (const NodeId node : order) {
    if (is_reference_variable(body.nodes[node].op())) {
      of_node_[node] = node;
      continue;
    }
    const auto inputs = body.data_inputs(node);
    if (inputs.empty() || inputs[0].kind != Edge::Kind::kNode) continue;
    if (hands_buffer_on(body.nodes[node])) of_node_[node] = of_node_[inputs[0].index];
  }
}

}  // namespace litecast::tensorflow
