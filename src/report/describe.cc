#include <litecast/describe.h>

#include "report/describe_module.h"
#include "sources/recognize.h"
#include "sources/tensorflow/describe.h"
#include "tflite/reader.h"

namespace litecast {

std::string describe(const std::string& path) {
  const Source source = recognize(path);
  if (source.kind == SourceKind::saved_model) return tensorflow::describe_saved_model(source.path);
  if (source.kind == SourceKind::graph_def) return tensorflow::describe_graph_def(source.path);
  return describe_module(*tflite::read_file(source.path), source.path);
}

}  // namespace litecast
