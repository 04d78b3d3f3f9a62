// The distinct constants of a module, each of which becomes one buffer of the file, whatever
// tensors share it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "ir/constant.h"
#include "tflite/namespace.h"

namespace litecast::tflite {

class BufferPool {
 public:
  // Makes the constant known. Identical ones, and small ones of equal bytes, become one entry.
  void add(const ir::ConstantPtr& constant);
  // Entries in the order in which they were first added.
  std::span<const ir::ConstantPtr> entries() const { return entries_; }
  // Lets entries whose bytes turned out equal share a buffer: entry i that of originals[i], which
  // is i itself or an earlier entry that is its own original.
  void merge(std::span<const std::size_t> originals);

  // Number of buffers, buffer 0 included.
  std::uint32_t buffer_count() const { return buffer_count_; }
  std::uint32_t buffer_of_entry(std::size_t entry) const { return buffers_[entry]; }
  // `constant` must have been added.
  std::uint32_t buffer_of(const ir::ConstantPtr& constant) const;

 private:
  std::size_t find_or_insert(const ir::ConstantPtr& constant);

  std::vector<ir::ConstantPtr> entries_;
  std::vector<std::uint32_t> buffers_;
  std::uint32_t buffer_count_ = 1;
  std::unordered_map<const ir::Constant*, std::size_t> known_;
  std::unordered_multimap<std::size_t, std::size_t> by_identity_;
  std::unordered_multimap<std::size_t, std::size_t> by_content_;  // small ones
};

}  // namespace litecast::tflite
