#include "sources/tensorflow/control_flow/node_writer.h"

#include <protozero/pbf_writer.hpp>

namespace litecast::tensorflow {
namespace {

enum NodeField : std::uint32_t { kName = 1, kOp = 2, kAttr = 5 };
enum AttrField : std::uint32_t { kList = 1, kType = 6, kFunction = 10 };

std::string reference_to(std::string_view function_name) {
  std::string reference;
  protozero::pbf_writer(reference).add_string(1, function_name.data(), function_name.size());
  return reference;
}

}  // namespace

NodeWriter::NodeWriter(std::string_view name, std::string_view op) {
  protozero::pbf_writer node(bytes_);
  node.add_string(kName, name.data(), name.size());
  node.add_string(kOp, op.data(), op.size());
}

NodeWriter& NodeWriter::attr(std::string_view name, const std::string& value) {
  std::string entry;
  protozero::pbf_writer writer(entry);
  writer.add_string(1, name.data(), name.size());
  writer.add_message(2, value);
  protozero::pbf_writer(bytes_).add_message(kAttr, entry);
  return *this;
}

NodeWriter& NodeWriter::type(std::string_view name, DataType value) {
  std::string bytes;
  protozero::pbf_writer(bytes).add_enum(kType, static_cast<int>(value));
  return attr(name, bytes);
}

NodeWriter& NodeWriter::types(std::string_view name, std::span<const DataType> values) {
  std::string list, bytes;
  for (const DataType value : values)
    protozero::pbf_writer(list).add_enum(kType, static_cast<int>(value));
  protozero::pbf_writer(bytes).add_message(kList, list);
  return attr(name, bytes);
}

NodeWriter& NodeWriter::function(std::string_view name, std::string_view function_name) {
  std::string bytes;
  protozero::pbf_writer(bytes).add_message(kFunction, reference_to(function_name));
  return attr(name, bytes);
}

NodeWriter& NodeWriter::functions(std::string_view name, std::span<const std::string> names) {
  constexpr std::uint32_t kListFunction = 9;
  std::string list, bytes;
  for (const std::string& function_name : names)
    protozero::pbf_writer(list).add_message(kListFunction, reference_to(function_name));
  protozero::pbf_writer(bytes).add_message(kList, list);
  return attr(name, bytes);
}

}  // namespace litecast::tensorflow
