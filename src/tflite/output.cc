#include "tflite/output.h"

#include <cassert>

namespace litecast::tflite {

void MemoryOutput::resize(std::uint64_t size) { bytes_.resize(size); }

void MemoryOutput::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  assert(offset + bytes.size() <= bytes_.size());
  std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
}

void MemoryOutput::read(std::uint64_t offset, std::span<std::byte> out) const {
  assert(offset + out.size() <= bytes_.size());
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
}

}  // namespace litecast::tflite
