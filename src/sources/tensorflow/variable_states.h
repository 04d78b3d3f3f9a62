#pragma once

#include <unordered_map>

#include "emit/emitter.h"
#include "sources/tensorflow/variable_store.h"

namespace litecast::tensorflow {

// The variables as the nodes of one graph see them while it is being made: what was read or
// assigned last is known, and is not read again before somebody else may have assigned.
class VariableStates {
 public:
  explicit VariableStates(VariableStore& variables) : variables_(variables) {}

  // The value at this point. Throws as VariableStore::value does.
  ir::Value* read(emit::Emitter& e, Variable& variable);
  // Throws Unsupported for a type that the runtime's variables do not take.
  void assign(emit::Emitter& e, Variable& variable, ir::Value* value);
  // Its first value.
  const ir::ConstantPtr& initial(Variable& variable) const { return variables_.value(variable); }
  // As operators of the runtime take it.
  ir::Value* handle(emit::Emitter& e, Variable& variable);
  // After a node whose graphs assign.
  void forget() { values_.clear(); }

 private:
  VariableStore& variables_;
  std::unordered_map<const Variable*, ir::Value*> values_;
};

}  // namespace litecast::tensorflow
