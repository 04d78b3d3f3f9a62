// What a tensor of the source graph is bound to while its nodes are walked.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "ir/graph.h"
#include "sources/tensorflow/node_def.h"
#include "sources/tensorflow/tensor_list.h"

namespace litecast::tensorflow {

// A variable of the model.
struct Variable {
  std::string name;
  const NodeDef* handle = nullptr;
  // Some reachable op writes it, so that it is no constant.
  bool is_written = false;
  // TensorFlow's runtime keeps it (see ForeignState), where it is written.
  bool is_foreign = false;
  // The checkpoint's value, once it was asked for.
  ir::ConstantPtr value = nullptr;
};

struct VariableHandle {
  Variable* variable;
};

struct Table;

struct TableHandle {
  Table* table;
};

// A handle that no rule knows to use: of a table that changes, or an iterator. Whoever takes it is
// reported, with the op that made it.
struct OpaqueHandle {
  const NodeDef* origin;
};

// The path of a file in assets/, which has no meaning where the converted model runs.
struct AssetPath {
  std::string_view filename;
};

// A result of a node that could not be converted, or that depends on one: reported already.
struct Poisoned {};

// monostate: an output that the rule does not give, because only training uses it.
using Binding = std::variant<std::monostate, ir::Value*, VariableHandle, TableHandle, OpaqueHandle,
                             AssetPath, TensorList, Poisoned>;

inline bool is_poisoned(const Binding& binding) {
  return std::holds_alternative<Poisoned>(binding);
}

}  // namespace litecast::tensorflow
