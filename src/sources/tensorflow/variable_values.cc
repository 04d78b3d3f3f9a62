#include "sources/tensorflow/variable_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

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

namespace {

// How many texts, where each begins and the last one ends, then their letters.
void require_text(const MemoryTensor& tensor) {
  std::vector<std::int32_t> header(2);
  const auto read = [&](std::size_t numbers) {
    header.resize(numbers);
    if (tensor.bytes.size() < numbers * sizeof(std::int32_t)) return false;
    std::memcpy(header.data(), tensor.bytes.data(), numbers * sizeof(std::int32_t));
    return true;
  };
  const std::int64_t count = ir::Shape::of(tensor.shape).elements().value();
  const std::size_t numbers = static_cast<std::size_t>(count) + 2;
  const bool is_whole = count >= 0 && numbers <= tensor.bytes.size() && read(numbers) &&
                        header[0] == count &&
                        header[1] == static_cast<std::int64_t>(numbers * sizeof(std::int32_t)) &&
                        std::is_sorted(header.begin() + 1, header.end()) &&
                        header.back() == static_cast<std::int64_t>(tensor.bytes.size());
  if (!is_whole)
    throw MalformedInput(fmt::format(
        "the model in memory: the texts of '{}' are not as a .tflite holds them", tensor.node));
}

}  // namespace

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
  if (type == DataType::kString) require_text(tensor);
  return constant_of(type, std::move(shape), tensor.bytes, tensor.owner);
}

}  // namespace litecast::tensorflow
