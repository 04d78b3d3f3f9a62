#include "sources/tensorflow/variable_store.h"

#include <fmt/format.h>

#include <litecast/error.h>

#include "emit/emitter.h"
#include "sources/tensorflow/tensor_constant.h"

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
  if (variable.is_written)
    throw emit::Unsupported(
        fmt::format("variable '{}' is assigned while the model runs, which is not supported yet",
                    variable.name),
        "export a function that takes the state as an argument and returns it");
  if (variable.value) return variable.value;
  if (bundle_ == nullptr)
    throw MalformedInput(fmt::format(
        "variables/variables.index is missing, which must hold variable '{}'", variable.name));
  auto source = variables_.find_node(variable.handle->name());
  if (!source)
    throw emit::Unsupported(
        fmt::format("variable '{}' has no value in the checkpoint", variable.name),
        "save the model after its variables were initialised");
  variable.value = constant_of(*bundle_, *source);
  return variable.value;
}

}  // namespace litecast::tensorflow
