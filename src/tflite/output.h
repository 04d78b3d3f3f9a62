// Where a model is written: bytes by position, in any order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "tflite/namespace.h"

namespace litecast::tflite {

class Output {
 public:
  virtual ~Output() = default;
  // Sets the size. What was never written reads as zero.
  virtual void resize(std::uint64_t size) = 0;
  // Within the size. Writes to different places may run in parallel.
  virtual void write(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  virtual void read(std::uint64_t offset, std::span<std::byte> out) const = 0;
};

class MemoryOutput final : public Output {
 public:
  void resize(std::uint64_t size) override;
  void write(std::uint64_t offset, std::span<const std::byte> bytes) override;
  void read(std::uint64_t offset, std::span<std::byte> out) const override;

  std::vector<std::byte> take();

 private:
  std::vector<std::byte> bytes_;  // up to the last one that was written
  std::uint64_t size_ = 0;
  std::mutex growing_;
};

}  // namespace litecast::tflite
