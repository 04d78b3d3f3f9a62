#pragma once

#include <deque>
#include <string>
#include <unordered_map>

#include "sources/tensorflow/binding.h"
#include "sources/tensorflow/plan.h"
#include "sources/tensorflow/variables.h"

namespace litecast::tensorflow {

// The variables that the graph's nodes make handles of, each once.
class VariableStore {
 public:
  // All must outlive this object; `bundle` is null for a model without checkpoint.
  VariableStore(const MetaGraph& meta_graph, const TensorBundle* bundle, const Plan& plan)
      : variables_(meta_graph, bundle), bundle_(bundle), plan_(plan) {}

  // Of a VarHandleOp, or of a variable of TensorFlow 1.
  Variable& of(const NodeDef& handle);
  // What the checkpoint holds for a variable that nothing writes. Throws emit::Unsupported when it
  // is written or has no value, MalformedInput when the whole checkpoint is missing.
  const ir::ConstantPtr& value(Variable& variable) const;
  // The asset whose path a node of the main graph holds.
  std::optional<std::string_view> asset_of(const NodeDef& node) const {
    return variables_.asset_of_node(node.name());
  }

 private:
  Variables variables_;
  const TensorBundle* bundle_;
  const Plan& plan_;
  std::deque<Variable> all_;
  std::unordered_map<std::string, Variable*> by_identity_;
};

}  // namespace litecast::tensorflow
