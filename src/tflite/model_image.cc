#include "tflite/model_image.h"

#include <litecast/error.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace litecast::tflite {
namespace {

// Root offset and file identifier.
constexpr std::uint64_t kHeaderSize = 8;
// As deep as the format nests tables, with room.
constexpr unsigned kMaxTableDepth = 32;

}  // namespace

ModelImage::ModelImage(std::string name, std::uint64_t file_size)
    : name_(std::move(name)),
      file_size_(file_size),
      size_(std::min(file_size, kMaxFlatBufferSize - 1)) {
  if (file_size < kHeaderSize) {
    throw MalformedInput(
        fmt::format("{}: is not a .tflite: it has only {} bytes", name_, file_size));
  }
  // Zeroed pages that are never touched take no memory.
  bytes_ = std::shared_ptr<std::uint8_t>(static_cast<std::uint8_t*>(std::calloc(1, size_)), Free());
  if (!bytes_) throw std::bad_alloc();
}

ModelImage ModelImage::read(std::shared_ptr<const support::File> file) {
  ModelImage image(file->path(), file->size());
  image.load_tables(*file);
  image.file_ = std::move(file);
  image.verify();
  return image;
}

ModelImage ModelImage::of(std::span<const std::byte> bytes, std::string name) {
  ModelImage image(std::move(name), std::min<std::uint64_t>(bytes.size(), kMaxFlatBufferSize - 1));
  std::memcpy(image.bytes_.get(), bytes.data(), image.size_);
  image.verify();
  return image;
}

void ModelImage::load_tables(const support::File& file) {
  const auto load = [&](std::uint64_t begin, std::uint64_t end) {
    if (begin >= end) return;
    file.read(begin, std::as_writable_bytes(std::span(bytes_.get() + begin, end - begin)));
  };
  load(0, kHeaderSize);
  if (!format::ModelBufferHasIdentifier(bytes_.get())) verify();
  std::uint64_t end = kHeaderSize;
  for (const ByteRange& large : scan_buffers(file, size_, kLargeBuffer)) {
    load(end, std::min(large.offset, size_));
    end = std::max(end, large.offset + large.size);
  }
  load(end, size_);
}

void ModelImage::verify() const {
  if (!format::ModelBufferHasIdentifier(bytes_.get())) {
    throw MalformedInput(fmt::format("{}: is not a .tflite: offset 4: expected \"{}\"", name_,
                                     format::ModelIdentifier()));
  }
  // Tables may be shared, so their number says nothing of the work; the file's size bounds it.
  const auto max_tables = static_cast<flatbuffers::uoffset_t>(size_ / 4);
  flatbuffers::Verifier verifier(bytes_.get(), size_, kMaxTableDepth, max_tables);
  if (!format::VerifyModelBuffer(verifier)) {
    throw MalformedInput(name_ +
                         ": its FlatBuffer is damaged: a table, vector or string leads out "
                         "of the file or is not aligned");
  }
  if (model().version() != kSchemaVersion) {
    throw MalformedInput(fmt::format("{}: has schema version {}, expected {}", name_,
                                     model().version(), kSchemaVersion));
  }
}

ByteRange ModelImage::data_of(const format::Buffer& buffer) const {
  if (const auto* data = buffer.data()) {
    return {static_cast<std::uint64_t>(data->data() - bytes_.get()), data->size()};
  }
  if (buffer.offset() <= 1) return {0, 0};
  const ByteRange range{buffer.offset(), buffer.size()};
  check_range(range);
  return range;
}

void ModelImage::check_range(ByteRange range) const {
  if (range.offset > file_size_ || range.size > file_size_ - range.offset) {
    throw MalformedInput(fmt::format("{}: {} bytes at offset {} lead out of the file, which has {}",
                                     name_, range.size, range.offset, file_size_));
  }
}

std::vector<std::byte> ModelImage::read(ByteRange range) const {
  if (file_) return file_->read(range.offset, range.size);
  const auto bytes = std::as_bytes(std::span(bytes_.get(), size_));
  const auto part = bytes.subspan(range.offset, range.size);
  return {part.begin(), part.end()};
}

ir::ConstantPtr ModelImage::constant(ByteRange range, ir::DType dtype, ir::StaticShape shape,
                                     const ir::Quantization* quantization,
                                     const std::string& tensor) const {
  if (range.size < kLargeBuffer) {
    return ir::Constant::owned(dtype, std::move(shape), read(range), quantization);
  }
  if (file_) {
    return ir::Constant::file(dtype, std::move(shape),
                              {{{file_, range.offset, range.size}, std::nullopt, tensor}},
                              quantization);
  }
  const auto bytes = std::as_bytes(std::span(bytes_.get(), size_));
  return ir::Constant::view(dtype, std::move(shape), bytes.subspan(range.offset, range.size),
                            bytes_, quantization);
}

}  // namespace litecast::tflite
