#include "delegates/gpu_node.h"

#include <numeric>

namespace litecast::delegates {

Sizes sizes_of(const ir::Type& type) {
  Sizes sizes;
  if (!type.shape.is_ranked()) return sizes;
  for (const ir::Dim dim : type.shape.dims()) sizes.push_back(dim.is_constant() ? dim.value() : 1);
  return sizes;
}

std::int64_t elements_of(const Sizes& sizes) {
  // Unsigned: a broken file may say anything.
  return static_cast<std::int64_t>(std::accumulate(
      sizes.begin(), sizes.end(), std::uint64_t{1}, [](std::uint64_t product, std::int64_t size) {
        return product * static_cast<std::uint64_t>(size);
      }));
}

bool is_stored(const ir::Value& value) {
  return value.is_constant() && value.constant()->byte_size() > 0;
}

GpuNode::GpuNode(const ir::Node& node) : node_(node) {
  for (const ir::Value* operand : node.operands())
    if (operand != nullptr) ++(is_stored(*operand) ? constants_ : computed_);
}

}  // namespace litecast::delegates
