#include "sources/tensorflow/control_flow/structure.h"

#include <algorithm>

#include "sources/tensorflow/control_flow/branches.h"
#include "sources/tensorflow/control_flow/flow_op.h"
#include "sources/tensorflow/control_flow/loops.h"

namespace litecast::tensorflow {

Body with_structure(Body body, const Library& library) {
  const auto is_flow = [](const NodeDef& node) { return flow_op(node.op()) != FlowOp::kNone; };
  const auto first = std::ranges::find_if(body.nodes, is_flow);
  if (first == body.nodes.end()) return body;
  MadeFunctions functions(library, first->message().owner()->name());
  Body result = make_branches(make_loops(body, functions), functions);
  while (!functions.unfinished.empty()) {
    const Body function = std::move(functions.unfinished.back());
    functions.unfinished.pop_back();
    library.add(make_branches(function, functions));
  }
  return result;
}

}  // namespace litecast::tensorflow
