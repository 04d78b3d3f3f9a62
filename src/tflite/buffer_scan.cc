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
    const std::uint64_t data = field_position(bytes, buffer, format::Buffer::VT_DATA);
    if (data == 0) continue;
    const std::uint64_t length = bytes.follow(data);
    const std::uint64_t data_size = bytes.at<flatbuffers::uoffset_t>(length);
    const std::uint64_t begin = length + sizeof(flatbuffers::uoffset_t);
    if (data_size > size - begin) {
      throw MalformedInput(fmt::format("{}: offset {}: a buffer of {} bytes ends beyond the file",
                                       file.path(), length, data_size));
    }
    if (data_size >= least) ranges.push_back({begin, data_size});
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const ByteRange& a, const ByteRange& b) { return a.offset < b.offset; });
  return ranges;
}

}  // namespace litecast::tflite
