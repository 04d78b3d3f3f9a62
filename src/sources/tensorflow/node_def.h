#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sources/tensorflow/attr_value.h"
#include "sources/tensorflow/op_def.h"
#include "sources/tensorflow/proto.h"

namespace litecast::tensorflow {

// A view of a NodeDef, small enough for hundreds of thousands: name and op are at hand, everything
// else is found in the serialized message when asked.
class NodeDef {
 public:
  // `op_def` may be null for an op that nobody defines. Throws MalformedInput without name or op.
  NodeDef(Message message, const OpDef* op_def);
  // For readers that learn the op's definition only from its name.
  explicit NodeDef(Message message) : NodeDef(message, nullptr) {}

  std::string_view name() const { return name_; }
  std::string_view op() const { return op_; }
  const OpDef* op_def() const { return op_def_; }
  void set_op_def(const OpDef* op_def) { op_def_ = op_def; }

  // The device as written; most often empty.
  std::string_view device() const;
  // The inputs as written ("node:1", "node:out:0", "^node"); Body::inputs has them resolved.
  std::vector<std::string_view> input_names() const;

  // The attribute, or its default from the op's definition. Throws MalformedInput naming node, op
  // and attribute when there is neither.
  AttrValue attr(std::string_view attr_name) const;
  // The same, or nullopt.
  std::optional<AttrValue> find_attr(std::string_view attr_name) const;
  bool has_attr(std::string_view attr_name) const { return find_attr(attr_name).has_value(); }
  // The attributes that the file holds, without defaults.
  AttrMap attrs() const { return AttrMap(message_, 5); }

  // Types of the flat outputs or inputs by the op's definition. Throw MalformedInput when the
  // attributes do not say it, or when there is no definition.
  std::vector<DataType> output_types() const;
  std::vector<DataType> input_types() const;
  // The first flat output of each output argument, then the number of flat outputs.
  std::vector<std::size_t> output_starts() const;
  std::size_t output_count() const { return output_starts().back(); }

  // Names of the nodes this one was made from (experimental_debug_info), where the file has them.
  std::vector<std::string_view> original_node_names() const;

  // The serialized NodeDef, as flex ops carry it.
  Message message() const { return message_; }
  // Throws MalformedInput: "<file>, byte <offset>: node '<name>' (<op>): <problem>".
  [[noreturn]] void malformed(const std::string& problem) const;

 private:
  const OpDef& known_op_def() const;
  std::size_t arg_length(const ArgDef& arg) const;
  std::vector<DataType> types_of(const std::vector<ArgDef>& args) const;

  Message message_;
  std::string_view name_;
  std::string_view op_;
  const OpDef* op_def_;
};

}  // namespace litecast::tensorflow
