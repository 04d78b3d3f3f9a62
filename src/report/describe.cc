#include <litecast/describe.h>

#include "sources/recognize.h"
#include "sources/tensorflow/describe.h"

namespace litecast {

std::string describe(const std::string& path) {
  return tensorflow::describe_saved_model(saved_model_folder(path));
}

}  // namespace litecast
