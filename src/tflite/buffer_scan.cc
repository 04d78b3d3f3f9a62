#include "tflite/buffer_scan.h"

#include <litecast/error.h>

#include <algorithm>
#include <cstring>

#include "tflite/format.h"

namespace litecast::tflite {
namespace {

// Scalars of a file by position, read a page at a time.
class PagedFile {
 public:
  PagedFile(const support::File& file, std::uint64_t size) : file_(file), size_(size) {}

  template <class T>
  T at(std::uint64_t offset) {
    if (offset > size_ || size_ - offset < sizeof(T)) {
      throw MalformedInput(
          fmt::format("{}: offset {}: expected {} bytes of a table, but the file "
                      "ends at {}",
                      file_.path(), offset, sizeof(T), size_));
    }
    if (offset < start_ || offset + sizeof(T) > start_ + page_.size()) load(offset);
    T value;
    std::memcpy(&value, page_.data() + (offset - start_), sizeof(T));
    return value;
  }
  // The place that the forward offset at `field` names.
  std::uint64_t follow(std::uint64_t field) { return field + at<flatbuffers::uoffset_t>(field); }

 private:
  void load(std::uint64_t offset) {
    constexpr std::uint64_t kPage = 4096;
    start_ = offset;
    page_.resize(static_cast<std::size_t>(std::min(kPage, size_ - offset)));
    file_.read(start_, page_);
  }

  const support::File& file_;
  std::uint64_t size_;
  std::uint64_t start_ = 0;
  std::vector<std::byte> page_;
};

// Position of a field of the table at `table`; 0 when the table omits it.
std::uint64_t field_position(PagedFile& bytes, std::uint64_t table, unsigned vtable_offset) {
  const auto distance = bytes.at<flatbuffers::soffset_t>(table);
  const std::uint64_t vtable = table - static_cast<std::uint64_t>(std::int64_t{distance});
  if (bytes.at<flatbuffers::voffset_t>(vtable) < vtable_offset + sizeof(flatbuffers::voffset_t)) {
    return 0;
  }
  const auto offset = bytes.at<flatbuffers::voffset_t>(vtable + vtable_offset);
  return offset == 0 ? 0 : table + offset;
}

// Data as a vector of the FlatBuffer; of size zero when the buffer has none.
ByteRange inner_data(PagedFile& bytes, std::uint64_t buffer) {
  const std::uint64_t field = field_position(bytes, buffer, format::Buffer::VT_DATA);
  if (field == 0) return {0, 0};
  const std::uint64_t length = bytes.follow(field);
  return {length + sizeof(flatbuffers::uoffset_t), bytes.at<flatbuffers::uoffset_t>(length)};
}

// Data behind the FlatBuffer.
ByteRange outer_data(PagedFile& bytes, std::uint64_t buffer) {
  const std::uint64_t offset = field_position(bytes, buffer, format::Buffer::VT_OFFSET);
  const std::uint64_t size = field_position(bytes, buffer, format::Buffer::VT_SIZE);
  if (offset == 0 || size == 0) return {0, 0};
  return {bytes.at<std::uint64_t>(offset), bytes.at<std::uint64_t>(size)};
}

}  // namespace

std::vector<ByteRange> scan_buffers(const support::File& file, std::uint64_t size,
                                    std::uint64_t least) {
  PagedFile bytes(file, size);
  std::vector<ByteRange> ranges;
  const std::uint64_t buffers = field_position(bytes, bytes.follow(0), format::Model::VT_BUFFERS);
  if (buffers == 0) return ranges;
  const std::uint64_t vector = bytes.follow(buffers);
  const auto count = bytes.at<flatbuffers::uoffset_t>(vector);
  for (std::uint64_t i = 1; i <= count; ++i) {
    const std::uint64_t buffer = bytes.follow(vector + i * sizeof(flatbuffers::uoffset_t));
    ByteRange data = inner_data(bytes, buffer);
    if (data.size == 0) data = outer_data(bytes, buffer);
    if (data.size < least || data.offset >= file.size()) continue;
    if (data.size > file.size() - data.offset) {
      throw MalformedInput(
          fmt::format("{}: {} bytes at offset {} lead out of the file, which has {}", file.path(),
                      data.size, data.offset, file.size()));
    }
    ranges.push_back(data);
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const ByteRange& a, const ByteRange& b) { return a.offset < b.offset; });
  return ranges;
}

}  // namespace litecast::tflite
