// Writers of TensorFlow's files for tests: each returns a serialized message.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sources/tensorflow/data_type.h"

namespace litecast::tensorflow::testing {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// A message by its fields: Writer().bytes(1, "x").integer(3, 7).
class Writer {
 public:
  Writer() : pbf_(data_) {}
  Writer(const Writer&) = delete;

  Writer& bytes(std::uint32_t tag, std::string_view value) {
    pbf_.add_bytes(tag, value.data(), value.size());
    return *this;
  }
  Writer& integer(std::uint32_t tag, std::int64_t value) {
    pbf_.add_int64(tag, value);
    return *this;
  }
  Writer& float32(std::uint32_t tag, float value) {
    pbf_.add_float(tag, value);
    return *this;
  }
  Writer& float64(std::uint32_t tag, double value) {
    pbf_.add_double(tag, value);
    return *this;
  }
  Writer& fixed32(std::uint32_t tag, std::uint32_t value) {
    pbf_.add_fixed32(tag, value);
    return *this;
  }
  Writer& packed_floats(std::uint32_t tag, const std::vector<float>& values) {
    pbf_.add_packed_float(tag, values.begin(), values.end());
    return *this;
  }
  Writer& packed_integers(std::uint32_t tag, const std::vector<std::int64_t>& values) {
    pbf_.add_packed_int64(tag, values.begin(), values.end());
    return *this;
  }
  Writer& map(std::uint32_t tag, const Pairs& entries) {
    for (const auto& [key, value] : entries)
      bytes(tag, Writer().bytes(1, key).bytes(2, value).done());
    return *this;
  }
  std::string done() const { return data_; }

 private:
  std::string data_;
  protozero::pbf_writer pbf_;
};

inline std::string shape_proto(const std::vector<std::int64_t>& dims) {
  Writer shape;
  for (const std::int64_t dim : dims) shape.bytes(2, Writer().integer(1, dim).done());
  return shape.done();
}

inline std::string attr_int(std::int64_t value) { return Writer().integer(3, value).done(); }
inline std::string attr_bool(bool value) { return Writer().integer(5, value).done(); }
inline std::string attr_string(std::string_view value) { return Writer().bytes(2, value).done(); }
inline std::string attr_type(DataType type) {
  return Writer().integer(6, static_cast<int>(type)).done();
}
inline std::string attr_function(std::string_view name) {
  return Writer().bytes(10, Writer().bytes(1, name).done()).done();
}
inline std::string attr_types(const std::vector<DataType>& types) {
  Writer list;
  for (const DataType type : types) list.integer(6, static_cast<int>(type));
  return Writer().bytes(1, list.done()).done();
}
inline std::string attr_strings_tensor(const std::vector<std::string>& values) {
  Writer tensor;
  tensor.integer(1, 7).bytes(2, shape_proto({static_cast<std::int64_t>(values.size())}));
  for (const auto& value : values) tensor.bytes(8, value);
  return Writer().bytes(8, tensor.done()).done();
}

inline std::string node_def(std::string_view name, std::string_view op,
                            const std::vector<std::string>& inputs = {}, const Pairs& attrs = {}) {
  Writer node;
  node.bytes(1, name).bytes(2, op);
  for (const auto& input : inputs) node.bytes(3, input);
  return node.map(5, attrs).done();
}

// {name, type} of an argument.
using Args = std::vector<std::pair<std::string, DataType>>;

inline std::string function_def(std::string_view name, const Args& inputs, const Args& outputs,
                                const std::vector<std::string>& nodes, const Pairs& rets,
                                const Pairs& control_rets = {}) {
  Writer signature;
  signature.bytes(1, name);
  const auto add = [&](std::uint32_t tag, const Args& args) {
    for (const auto& [arg, type] : args) {
      signature.bytes(tag, Writer().bytes(1, arg).integer(3, static_cast<int>(type)).done());
    }
  };
  add(2, inputs);
  add(3, outputs);
  Writer function;
  function.bytes(1, signature.done());
  for (const auto& node : nodes) function.bytes(3, node);
  return function.map(4, rets).map(6, control_rets).done();
}

inline std::string graph_def(const std::vector<std::string>& nodes,
                             const std::vector<std::string>& functions = {}) {
  Writer graph, library;
  for (const auto& node : nodes) graph.bytes(1, node);
  for (const auto& function : functions) library.bytes(1, function);
  return graph.bytes(2, library.done()).done();
}

}  // namespace litecast::tensorflow::testing
