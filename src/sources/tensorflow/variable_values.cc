#include "sources/tensorflow/variable_values.h"

#include <fmt/format.h>

#include <litecast/error.h>

#include "emit/emitter.h"
#include "sources/tensorflow/tensor_constant.h"

namespace litecast::tensorflow {

ir::ConstantPtr CheckpointValues::find(const NodeDef& handle) const {
  if (bundle_ == nullptr)
    throw MalformedInput(fmt::format(
        "variables/variables.index is missing, which must hold variable '{}'", handle.name()));
  auto source = variables_.find_node(handle.name());
  if (!source)
    throw emit::Unsupported(
        fmt::format("variable '{}' has no value in the checkpoint", handle.name()),
        "save the model after its variables were initialised");
  return constant_of(*bundle_, *source);
}

std::optional<VariableValues::SavedTable> CheckpointValues::find_table(
    const NodeDef& handle) const {
  const auto source = variables_.find_table(handle.name());
  if (!source) return std::nullopt;
  return SavedTable{constant_of(*bundle_, VariableSource{.key = source->keys}),
                    constant_of(*bundle_, VariableSource{.key = source->values})};
}

MemoryValues::MemoryValues(std::span<const MemoryTensor> tensors) {
  for (const MemoryTensor& tensor : tensors) tensors_.emplace(tensor.node, &tensor);
}

ir::ConstantPtr MemoryValues::find(const NodeDef& handle) const {
  const auto found = tensors_.find(handle.name());
  if (found == tensors_.end())
    throw emit::Unsupported(
        fmt::format("the graph is not frozen: the value of variable '{}' is not known",
                    handle.name()),
        "freeze the graph, so that its variables become constants, or convert a SavedModel");
  const MemoryTensor& tensor = *found->second;
  const DataType type = handle.attr("dtype").type();
  ir::StaticShape shape(tensor.shape.begin(), tensor.shape.end());
  if (type == DataType::kString)
    throw emit::Unsupported(
        fmt::format("variable '{}' holds strings, which memory does not hand over", handle.name()),
        "convert the model as a SavedModel");
  return constant_of(type, std::move(shape), tensor.bytes, tensor.owner);
}

}  // namespace litecast::tensorflow
