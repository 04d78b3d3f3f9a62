#include "tflite/output.h"

#include <algorithm>
#include <cassert>

namespace litecast::tflite {

void MemoryOutput::resize(std::uint64_t size) {
  // The vector grows as it is written: to fill gigabytes with zeros at once would take a while in
  // which nobody could cancel. What is reserved stays where it is.
  bytes_.reserve(size);
  if (size < bytes_.size()) bytes_.resize(size);
  size_ = size;
}

void MemoryOutput::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  assert(offset + bytes.size() <= size_);
  {
    const std::lock_guard lock(growing_);
    if (offset + bytes.size() > bytes_.size()) bytes_.resize(offset + bytes.size());
  }
  std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
}

void MemoryOutput::read(std::uint64_t offset, std::span<std::byte> out) const {
  assert(offset + out.size() <= size_);
  const std::size_t written = offset < bytes_.size() ? bytes_.size() - offset : 0;
  const std::size_t count = std::min(out.size(), written);
  if (count > 0)
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), count, out.begin());
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(count), out.end(), std::byte());
}

std::vector<std::byte> MemoryOutput::take() {
  bytes_.resize(size_);
  return std::move(bytes_);
}

}  // namespace litecast::tflite
