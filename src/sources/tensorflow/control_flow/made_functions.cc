#include "sources/tensorflow/control_flow/made_functions.h"

namespace litecast::tensorflow {

NodeDef MadeFunctions::node(const NodeWriter& writer, std::string_view op) const {
  auto document = Document::of(document_, writer.bytes());
  NodeDef node(Message(*document), library_.op_def(op));
  library_.keep(std::move(document));
  return node;
}

}  // namespace litecast::tensorflow
