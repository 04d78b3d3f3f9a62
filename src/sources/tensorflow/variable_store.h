#pragma once

#include <deque>
#include <string>
#include <unordered_map>

#include "sources/tensorflow/binding.h"
#include "sources/tensorflow/foreign_state.h"
#include "sources/tensorflow/plan.h"
#include "sources/tensorflow/variable_values.h"

namespace litecast::tensorflow {

// The variables that the graph's nodes make handles of, each once.
class VariableStore {
 public:
  // All must outlive this object.
  VariableStore(const VariableValues& values, const Plan& plan, const ForeignState& foreign)
      : values_(values), plan_(plan), foreign_(foreign) {}

  // Of a VarHandleOp, or of a variable of TensorFlow 1.
  Variable& of(const NodeDef& handle);
  // The first value of a variable. Throws emit::Unsupported when it has none, MalformedInput when
  // the whole checkpoint is missing.
  const ir::ConstantPtr& value(Variable& variable) const;
  // All that were asked for, in that order.
  std::deque<Variable>& all() { return all_; }
  // What a table that changes held when the model was saved.
  std::optional<VariableValues::SavedTable> table(const NodeDef& handle) const {
    return values_.find_table(handle);
  }
  const ForeignState& foreign() const { return foreign_; }
  // The asset whose path a node of the main graph holds.
  std::optional<std::string_view> asset_of(const NodeDef& node) const {
    return values_.asset_of(node.name());
  }

 private:
  const VariableValues& values_;
  const Plan& plan_;
  const ForeignState& foreign_;
  std::deque<Variable> all_;
  std::unordered_map<std::string, Variable*> by_identity_;
};

}  // namespace litecast::tensorflow
