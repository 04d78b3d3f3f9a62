#include "sources/tensorflow/sstable.h"

#include <fmt/format.h>
#include <snappy.h>

#include <algorithm>
#include <cstring>
#include <span>

#include <litecast/error.h>
#include "support/crc32c.h"

namespace litecast::tensorflow {

namespace {

constexpr std::size_t kFooterSize = 48;
constexpr std::size_t kTrailerSize = 5;  // Type of the block, then its CRC.
constexpr unsigned char kMagic[8] = {0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb};

// An index has some hundred bytes a tensor; a sparse file could claim any size.
constexpr std::uint64_t kLargestTable = std::uint64_t{1} << 30;

struct Handle {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

std::uint32_t little_endian32(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

// Reads from the front of a run of bytes.
class Cursor {
 public:
  Cursor(const std::string& path, std::string_view bytes) : path_(path), bytes_(bytes) {}

  bool at_end() const { return bytes_.empty(); }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    throw MalformedInput(path_ + ": the index table has a broken number");
  }

  std::string_view take(std::uint64_t size) {
    if (size > bytes_.size()) {
      throw MalformedInput(path_ + ": an entry of the index table reaches beyond its block");
    }
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  Handle handle() {
    const std::uint64_t offset = varint();
    return {offset, varint()};
  }

 private:
  const std::string& path_;
  std::string_view bytes_;
};

// Copies (three bytes for 64) are the densest thing a Snappy stream holds; more is a forged length.
constexpr std::size_t kMostSnappyExpansion = 22;

std::string uncompress(const std::string& path, std::string_view bytes) {
  std::size_t size = 0;
  std::string out;
  if (!snappy::GetUncompressedLength(bytes.data(), bytes.size(), &size) ||
      size / kMostSnappyExpansion > bytes.size() ||
      !snappy::Uncompress(bytes.data(), bytes.size(), &out)) {
    throw MalformedInput(path + ": the index table has a broken Snappy block");
  }
  return out;
}

std::string read_block(const std::string& path, std::string_view file, Handle handle) {
  if (handle.offset > file.size() || handle.size > file.size() - handle.offset ||
      kTrailerSize > file.size() - handle.offset - handle.size) {
    throw MalformedInput(
        fmt::format("{}: a block of the index table ends at byte {}, the file at {}", path,
                    handle.offset + handle.size, file.size()));
  }
  const std::string_view with_type = file.substr(handle.offset, handle.size + 1);
  const std::uint32_t crc =
      support::crc32c(0, std::as_bytes(std::span(with_type.data(), with_type.size())));
  if (support::mask_crc32c(crc) != little_endian32(with_type.data() + with_type.size())) {
    throw MalformedInput(fmt::format("{}: the block at byte {} is damaged: its checksum differs",
                                     path, handle.offset));
  }
  const std::string_view block = with_type.substr(0, handle.size);
  switch (with_type.back()) {
    case 0:
      return std::string(block);
    case 1:
      return uncompress(path, block);
    default:
      throw MalformedInput(fmt::format("{}: the block at byte {} has the unknown compression {}",
                                       path, handle.offset, with_type.back()));
  }
}

// The entries of a block without the restart points behind them.
std::string_view entries_of(const std::string& path, std::string_view block) {
  if (block.size() >= 4) {
    const std::uint64_t restarts = little_endian32(block.data() + block.size() - 4);
    const std::uint64_t tail = 4 * restarts + 4;
    if (tail <= block.size()) return block.substr(0, block.size() - tail);
  }
  throw MalformedInput(path + ": a block of the index table is too short for its restart points");
}

}  // namespace

// Keys share prefixes with the one before. Writers store one in sixteen whole, so the keys together
// cannot be much more than sixteen times the file; a forged file could make them quadratic.
class SsTable::Builder {
 public:
  Builder(const support::File& file) : path_(file.path()), limit_(32 * file.size()) {}

  void add_block(std::string block) {
    table_.blocks_.push_back(std::make_unique<const std::string>(std::move(block)));
    Cursor cursor(path_, entries_of(path_, *table_.blocks_.back()));
    std::string_view last;
    while (!cursor.at_end()) {
      const std::uint64_t shared = cursor.varint();
      const std::uint64_t unshared = cursor.varint();
      const std::uint64_t value_size = cursor.varint();
      if (shared > last.size()) {
        throw MalformedInput(path_ +
                             ": a key of the index table shares more than the last one has");
      }
      const std::string_view rest = cursor.take(unshared);
      const std::string_view value = cursor.take(value_size);
      last = store(last.substr(0, shared), rest);
      add({last, value});
    }
  }

  SsTable finish() { return std::move(table_); }

 private:
  // A key that shares nothing is a view of the block itself.
  std::string_view store(std::string_view shared, std::string_view rest) {
    if (shared.empty()) return rest;
    const std::size_t size = shared.size() + rest.size();
    if (size > limit_ - used_) {
      throw MalformedInput(path_ + ": the keys of the index table are impossibly long");
    }
    used_ += size;
    if (left_ < size) {
      left_ = std::max<std::size_t>(size, 1 << 16);
      table_.keys_.push_back(std::make_unique<char[]>(left_));
      next_ = table_.keys_.back().get();
    }
    char* const key = next_;
    std::memcpy(key, shared.data(), shared.size());
    std::memcpy(key + shared.size(), rest.data(), rest.size());
    next_ += size;
    left_ -= size;
    return {key, size};
  }

  void add(Entry entry) {
    if (!table_.entries_.empty() && table_.entries_.back().key >= entry.key) {
      throw MalformedInput(path_ + ": the keys of the index table do not ascend");
    }
    table_.entries_.push_back(entry);
  }

  const std::string& path_;
  std::uint64_t limit_;
  std::uint64_t used_ = 0;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  SsTable table_;
};

SsTable SsTable::read(const support::File& file) {
  if (file.size() > kLargestTable) {
    throw MalformedInput(fmt::format("{}: {} bytes are too many for the index of a checkpoint",
                                     file.path(), file.size()));
  }
  const std::vector<std::byte> bytes = file.read(0, file.size());
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (all.size() < kFooterSize || std::memcmp(all.data() + all.size() - 8, kMagic, 8) != 0) {
    throw MalformedInput(file.path() +
                         ": not the index of a checkpoint: it does not end with the "
                         "magic number of a table");
  }
  Cursor footer(file.path(), all.substr(all.size() - kFooterSize, kFooterSize - 8));
  footer.handle();  // The metaindex, which is empty.
  const std::string index = read_block(file.path(), all, footer.handle());
  Builder builder(file);
  Cursor cursor(file.path(), entries_of(file.path(), index));
  std::uint64_t read = 0;
  while (!cursor.at_end()) {
    cursor.varint();  // Shared prefix: the index's keys are not needed.
    const std::uint64_t unshared = cursor.varint();
    const std::uint64_t value_size = cursor.varint();
    cursor.take(unshared);
    const Handle handle = Cursor(file.path(), cursor.take(value_size)).handle();
    builder.add_block(read_block(file.path(), all, handle));
    // Blocks do not overlap; many handles to one would multiply the file.
    read += handle.size;
    if (read > all.size()) {
      throw MalformedInput(file.path() + ": the blocks of the index table overlap");
    }
  }
  return builder.finish();
}

const SsTable::Entry* SsTable::find(std::string_view key) const {
  const auto found = std::lower_bound(
      entries_.begin(), entries_.end(), key,
      [](const Entry& entry, std::string_view wanted) { return entry.key < wanted; });
  return found != entries_.end() && found->key == key ? &*found : nullptr;
}

}  // namespace litecast::tensorflow
