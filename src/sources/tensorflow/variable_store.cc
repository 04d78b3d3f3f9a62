#include "sources/tensorflow/variable_store.h"

namespace litecast::tensorflow {

Variable& VariableStore::of(const NodeDef& handle) {
  auto [found, is_new] = by_identity_.try_emplace(variable_identity(handle));
  if (is_new) {
    all_.push_back({std::string(handle.name()), &handle, plan_.is_written(handle)});
    found->second = &all_.back();
  }
  return *found->second;
}

const ir::ConstantPtr& VariableStore::value(Variable& variable) const {
  if (!variable.value) variable.value = values_->find(*variable.handle);
  return variable.value;
}

}  // namespace litecast::tensorflow
