#include "sources/tensorflow/node_def.h"

#include <fmt/format.h>

namespace litecast::tensorflow {

namespace {

enum NodeDefField : std::uint32_t {
  kNodeName = 1,
  kNodeOp = 2,
  kNodeInput = 3,
  kNodeDevice = 4,
  kNodeDebugInfo = 6
};

// No node of a real model has more; a number that an attribute merely claims must not become an
// allocation.
constexpr std::size_t kMaxTensors = 1 << 20;

}  // namespace

NodeDef::NodeDef(Message message, const OpDef* op_def) : message_(message), op_def_(op_def) {
  for (MessageReader field(message, "NodeDef"); field.next();) {
    if (field.tag() == kNodeName) name_ = field.bytes();
    if (field.tag() == kNodeOp) op_ = field.bytes();
  }
  if (name_.empty()) message_.malformed("expected a node with a name");
  if (op_.empty()) message_.malformed(fmt::format("node '{}': expected an op", name_));
}

std::string_view NodeDef::device() const {
  std::string_view device;
  for (MessageReader field(message_, "NodeDef"); field.next();) {
    if (field.tag() == kNodeDevice) device = field.bytes();
  }
  return device;
}

std::vector<std::string_view> NodeDef::input_names() const {
  std::vector<std::string_view> inputs;
  for (MessageReader field(message_, "NodeDef"); field.next();) {
    if (field.tag() == kNodeInput) inputs.push_back(field.bytes());
  }
  return inputs;
}

std::optional<AttrValue> NodeDef::find_attr(std::string_view attr_name) const {
  if (const auto value = attrs().find(attr_name)) return value;
  return op_def_ ? op_def_->find_default(attr_name) : std::nullopt;
}

AttrValue NodeDef::attr(std::string_view attr_name) const {
  if (const auto value = find_attr(attr_name)) return *value;
  malformed(fmt::format("expected an attribute '{}'", attr_name));
}

std::size_t NodeDef::arg_length(const ArgDef& arg) const {
  if (!arg.type_list_attr.empty()) return attr(arg.type_list_attr).types().size();
  if (arg.number_attr.empty()) return 1;
  const std::int64_t length = attr(arg.number_attr).integer();
  if (length < 0 || length > static_cast<std::int64_t>(kMaxTensors)) {
    malformed(
        fmt::format("attribute '{}' is {}, expected a number of tensors", arg.number_attr, length));
  }
  return static_cast<std::size_t>(length);
}

const OpDef& NodeDef::known_op_def() const {
  if (!op_def_) malformed("neither TensorFlow nor the file defines this op");
  return *op_def_;
}

std::vector<DataType> NodeDef::types_of(const std::vector<ArgDef>& args) const {
  std::vector<DataType> types;
  for (const ArgDef& arg : args) {
    if (!arg.type_list_attr.empty()) {
      const auto list = attr(arg.type_list_attr).types();
      types.insert(types.end(), list.begin(), list.end());
    } else {
      const DataType type = arg.type_attr.empty() ? arg.type : attr(arg.type_attr).type();
      types.insert(types.end(), arg_length(arg), type);
    }
    if (types.size() > kMaxTensors) malformed("more tensors than a node can have");
  }
  return types;
}

std::vector<DataType> NodeDef::output_types() const { return types_of(known_op_def().output_args); }

std::vector<DataType> NodeDef::input_types() const { return types_of(known_op_def().input_args); }

std::vector<std::size_t> NodeDef::output_starts() const {
  std::vector<std::size_t> starts = {0};
  for (const ArgDef& arg : known_op_def().output_args) {
    starts.push_back(starts.back() + arg_length(arg));
  }
  return starts;
}

std::vector<std::string_view> NodeDef::original_node_names() const {
  std::vector<std::string_view> names;
  for (MessageReader field(message_, "NodeDef"); field.next();) {
    if (field.tag() != kNodeDebugInfo) continue;
    for (MessageReader info(field.message(), "NodeDef.ExperimentalDebugInfo"); info.next();) {
      if (info.tag() == 1) names.push_back(info.bytes());
    }
  }
  return names;
}

void NodeDef::malformed(const std::string& problem) const {
  message_.malformed(fmt::format("node '{}' ({}): {}", name_, op_, problem));
}

}  // namespace litecast::tensorflow
