#include "tflite/buffer_pool.h"

#include <algorithm>

namespace litecast::tflite {
namespace {

std::string_view text_of(const ir::Constant& constant) {
  const auto bytes = constant.small_bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

void BufferPool::add(const ir::ConstantPtr& constant) {
  const auto [known, is_new] = known_.try_emplace(constant.get());
  if (is_new) known->second = find_or_insert(constant);
}

std::size_t BufferPool::find_or_insert(const ir::ConstantPtr& constant) {
  const bool small = constant->is_small();
  auto& map = small ? by_content_ : by_identity_;
  const std::size_t key =
      small ? std::hash<std::string_view>()(text_of(*constant)) : constant->identity_hash();
  for (auto [it, end] = map.equal_range(key); it != end; ++it) {
    const ir::Constant& entry = *entries_[it->second];
    if (small ? text_of(entry) == text_of(*constant) : entry.identical(*constant)) {
      return it->second;
    }
  }
  map.emplace(key, entries_.size());
  entries_.push_back(constant);
  buffers_.push_back(buffer_count_++);
  return entries_.size() - 1;
}

void BufferPool::merge(std::span<const std::size_t> originals) {
  buffer_count_ = 1;
  for (std::size_t i = 0; i < originals.size(); ++i) {
    buffers_[i] = originals[i] == i ? buffer_count_++ : buffers_[originals[i]];
  }
}

std::uint32_t BufferPool::buffer_of(const ir::ConstantPtr& constant) const {
  return buffers_[known_.at(constant.get())];
}

}  // namespace litecast::tflite
