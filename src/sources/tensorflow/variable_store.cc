#include "sources/tensorflow/variable_store.h"

namespace litecast::tensorflow {

Variable& VariableStore::of(const NodeDef& handle) {
  const std::string identity = variable_identity(handle);
  auto [found, is_new] = by_identity_.try_emplace(identity);
  if (is_new) {
    all_.push_back({std::string(handle.name()), &handle, plan_.is_written(handle),
                    foreign_.contains(identity)});
    found->second = &all_.back();
  }
  return *found->second;
}

const ir::ConstantPtr& VariableStore::value(Variable& variable) const {
  if (!variable.value) variable.value = values_.find(*variable.handle);
  return variable.value;
}

}  // namespace litecast::tensorflow
