// Nodes that no file holds.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sources/tensorflow/data_type.h"

namespace litecast::tensorflow {

// Writes a NodeDef, without inputs: those of a Body are resolved.
class NodeWriter {
 public:
  NodeWriter(std::string_view name, std::string_view op);

  NodeWriter& type(std::string_view attr, DataType value);
  NodeWriter& types(std::string_view attr, std::span<const DataType> values);
  NodeWriter& function(std::string_view attr, std::string_view name);
  NodeWriter& functions(std::string_view attr, std::span<const std::string> names);
  // The serialized NodeDef.
  const std::string& bytes() const { return bytes_; }

 private:
  NodeWriter& attr(std::string_view name, const std::string& value);

  std::string bytes_;
};

}  // namespace litecast::tensorflow
