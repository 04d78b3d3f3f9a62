// The functions that loops and branches of TensorFlow 1 become.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sources/tensorflow/control_flow/node_writer.h"
#include "sources/tensorflow/function_def.h"

namespace litecast::tensorflow {

class MadeFunctions {
 public:
  // `document` names the file in errors.
  MadeFunctions(const Library& library, std::string document)
      : library_(library), document_(std::move(document)) {}

  // A node that the library keeps.
  NodeDef node(const NodeWriter& writer, std::string_view op) const;
  // A name like `base` that no function has.
  std::string name(std::string_view base) const { return library_.unused_name(base); }

  // Bodies with such a name in which there may still be branches to be made.
  std::vector<Body> unfinished;

 private:
  const Library& library_;
  std::string document_;
};

}  // namespace litecast::tensorflow
