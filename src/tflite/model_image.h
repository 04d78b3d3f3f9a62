// A .tflite in memory without its constants: large buffers stay in the file and read as zeros here.
#pragma once

#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ir/constant.h"
#include "support/file.h"
#include "tflite/buffer_scan.h"
#include "tflite/format.h"

namespace litecast::tflite {

class ModelImage {
 public:
  // Buffers from this size on are left in the file; the constants of smaller ones are copies.
  static constexpr std::uint64_t kLargeBuffer = 4096;

  // Reads and verifies the tables. Throws MalformedInput when it is no sound .tflite, IoError when
  // the file cannot be read.
  static ModelImage read(std::shared_ptr<const support::File> file);
  // Of a whole file in memory, which has less than 2 GB; `name` is what errors call it.
  static ModelImage of(std::span<const std::byte> bytes, std::string name);

  const format::Model& model() const { return *format::GetModel(bytes_.get()); }
  const std::string& name() const { return name_; }
  // Of the part that is a FlatBuffer.
  std::uint64_t size() const { return size_; }

  // Where a buffer's bytes are; of size zero when it has none. Checked against the file.
  ByteRange data_of(const format::Buffer& buffer) const;
  // `range` must be within the file.
  std::vector<std::byte> read(ByteRange range) const;
  // A constant over `range`, whose size must fit the shape.
  ir::ConstantPtr constant(ByteRange range, ir::DType dtype, ir::StaticShape shape,
                           const ir::Quantization* quantization, const std::string& tensor) const;
  // Throws unless `range` lies within the file.
  void check_range(ByteRange range) const;

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };

  ModelImage(std::string name, std::uint64_t file_size);
  void load_tables(const support::File& file);
  void verify() const;

  std::string name_;
  std::uint64_t file_size_;
  std::uint64_t size_;
  std::shared_ptr<std::uint8_t> bytes_;
  std::shared_ptr<const support::File> file_;  // null: all is in memory
};

}  // namespace litecast::tflite
