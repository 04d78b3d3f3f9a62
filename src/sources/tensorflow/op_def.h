// What TensorFlow's ops take and give: needed because a saved graph names outputs by argument
// ("split:output:1") and leaves out attributes that have their default.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sources/tensorflow/attr_value.h"
#include "sources/tensorflow/data_type.h"
#include "sources/tensorflow/proto.h"

namespace litecast::tensorflow {

// One argument: a tensor of `type` or of the type in attribute `type_attr`; `number_attr` tensors
// of it; or one tensor for each type in attribute `type_list_attr`. Unused names are empty.
struct ArgDef {
  std::string_view name;
  DataType type = DataType::kInvalid;
  std::string_view type_attr;
  std::string_view number_attr;
  std::string_view type_list_attr;
  bool is_ref = false;
};

// The default of an attribute.
struct AttrDef {
  std::string_view name;
  AttrValue default_value;
};

struct OpDef {
  std::string_view name;
  std::vector<ArgDef> input_args;
  std::vector<ArgDef> output_args;
  std::vector<AttrDef> defaults;  // Of the attributes that have one.
  bool is_stateful = false;

  std::optional<AttrValue> find_default(std::string_view attr_name) const;
};

OpDef read_op_def(Message message);

// The definitions of all ops that TensorFlow registers, then those that a file brings with it.
// An op is decoded when it is first asked for; not for use by several threads at once.
class OpDefs {
 public:
  OpDefs();
  // Also knows the ops of `op_list` (an OpList). TensorFlow's own come first.
  explicit OpDefs(Message op_list);
  ~OpDefs();
  OpDefs(OpDefs&&) noexcept;
  OpDefs& operator=(OpDefs&&) noexcept;

  // Null when nobody defines the op. The pointer stays valid as long as this object.
  const OpDef* find(std::string_view name) const;

 private:
  std::shared_ptr<const Document> builtin_;
  std::unordered_map<std::string_view, Message> from_file_;
  mutable std::unordered_map<std::string_view, std::unique_ptr<const OpDef>> decoded_;
};

}  // namespace litecast::tensorflow
