#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "sources/tensorflow/binding.h"
#include "sources/tensorflow/plan.h"
#include "sources/tensorflow/variable_values.h"

namespace litecast::tensorflow {

// The variables that the graph's nodes make handles of, each once.
class VariableStore {
 public:
  // `plan` must outlive this object.
  VariableStore(std::unique_ptr<const VariableValues> values, const Plan& plan)
      : values_(std::move(values)), plan_(plan) {}

  // Of a VarHandleOp, or of a variable of TensorFlow 1.
  Variable& of(const NodeDef& handle);
  // The first value of a variable. Throws emit::Unsupported when it has none, MalformedInput when
  // the whole checkpoint is missing.
  const ir::ConstantPtr& value(Variable& variable) const;
  // All that were asked for, in that order.
  std::deque<Variable>& all() { return all_; }
  // The asset whose path a node of the main graph holds.
  std::optional<std::string_view> asset_of(const NodeDef& node) const {
    return values_->asset_of(node.name());
  }

 private:
  std::unique_ptr<const VariableValues> values_;
  const Plan& plan_;
  std::deque<Variable> all_;
  std::unordered_map<std::string, Variable*> by_identity_;
};

}  // namespace litecast::tensorflow
