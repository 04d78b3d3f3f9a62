// Writers of checkpoints for tests.
#pragma once

#include <snappy.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sources/tensorflow/data_type.h"
#include "sources/tensorflow/slice_key.h"
#include "support/crc32c.h"
#include "temporary_folder.h"
#include "tensorflow_writers.h"

namespace litecast::tensorflow::testing {

inline std::uint32_t masked_crc(std::string_view bytes) {
  return support::mask_crc32c(support::crc32c(0, std::as_bytes(std::span(bytes))));
}

inline void append_fixed32(std::uint32_t value, std::string& out) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

inline void append_varint(std::uint64_t value, std::string& out) {
  for (; value > 0x7f; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

using Table = std::map<std::string, std::string>;

// Entries with shared prefixes, one restart point at the front.
inline std::string table_block(const Table& entries) {
  std::string block, last;
  for (const auto& [key, value] : entries) {
    std::size_t shared = 0;
    while (shared < last.size() && shared < key.size() && last[shared] == key[shared]) ++shared;
    append_varint(shared, block);
    append_varint(key.size() - shared, block);
    append_varint(value.size(), block);
    block += key.substr(shared) + value;
    last = key;
  }
  append_fixed32(0, block);
  append_fixed32(1, block);
  return block;
}

// Appends a block and returns its handle.
inline std::string add_block(std::string block, bool compress, std::string& file) {
  if (compress) {
    std::string smaller;
    snappy::Compress(block.data(), block.size(), &smaller);
    block = smaller;
  }
  std::string handle;
  append_varint(file.size(), handle);
  append_varint(block.size(), handle);
  block.push_back(compress ? 1 : 0);
  file += block;
  append_fixed32(masked_crc(block), file);
  return handle;
}

inline std::string table_file(const Table& entries, bool compress = false,
                              std::size_t entries_per_block = 1000) {
  std::string file;
  Table index;
  for (auto at = entries.begin(); at != entries.end();) {
    Table part;
    for (; at != entries.end() && part.size() < entries_per_block; ++at) part.insert(*at);
    index[part.rbegin()->first] = add_block(table_block(part), compress, file);
  }
  std::string footer = add_block(table_block({}), false, file);
  footer += add_block(table_block(index), compress, file);
  footer.resize(40);
  return file + footer + std::string("\x57\xfb\x80\x8b\x24\x75\x47\xdb", 8);
}

// Collects tensors and writes "<prefix>.index" and its shards.
class BundleWriter {
 public:
  explicit BundleWriter(int shards = 1) : shards_(static_cast<std::size_t>(shards)) {}

  void add(const std::string& key, DataType type, const std::vector<std::int64_t>& shape,
           std::string_view bytes, std::size_t shard = 0) {
    add_raw(key, type, shape, bytes, masked_crc(bytes), shard);
  }

  void add_slice(const std::string& key, DataType type, const std::vector<SliceExtent>& slice,
                 std::string_view bytes, std::size_t shard = 0) {
    std::vector<std::int64_t> shape;
    for (const auto& extent : slice) shape.push_back(extent.length);
    add(slice_key(key, slice), type, shape, bytes, shard);
  }

  void add_sliced(const std::string& key, DataType type, const std::vector<std::int64_t>& shape,
                  const std::vector<std::vector<SliceExtent>>& slices) {
    Writer entry;
    entry.integer(1, static_cast<int>(type)).bytes(2, shape_proto(shape));
    for (const auto& slice : slices) {
      Writer proto;
      for (const auto& extent : slice) {
        proto.bytes(1, Writer().integer(1, extent.start).integer(2, extent.length).done());
      }
      entry.bytes(7, proto.done());
    }
    entries_[key] = entry.done();
  }

  void add_strings(const std::string& key, const std::vector<std::string>& values) {
    std::string lengths, fixed, letters;
    for (const auto& value : values) {
      append_varint(value.size(), lengths);
      append_fixed32(static_cast<std::uint32_t>(value.size()), fixed);
      letters += value;
    }
    std::string checksum;
    append_fixed32(masked_crc(fixed), checksum);
    add_raw(key, DataType::kString, {static_cast<std::int64_t>(values.size())},
            lengths + checksum + letters, masked_crc(fixed + checksum + letters), 0);
  }

  // With `big_endian` the header claims the wrong byte order.
  void write(const litecast::testing::TemporaryFolder& folder, const std::string& prefix,
             bool compress = false, bool big_endian = false) {
    Writer header;
    header.integer(1, static_cast<std::int64_t>(shards_.size()));
    if (big_endian) header.integer(2, 1);
    entries_[""] = header.done();
    folder.write(prefix + ".index", table_file(entries_, compress, 2));
    for (std::size_t i = 0; i < shards_.size(); ++i) {
      folder.write(shard_name(prefix, i, shards_.size()), shards_[i]);
    }
  }

  static std::string shard_name(const std::string& prefix, std::size_t shard, std::size_t count) {
    char name[64];
    snprintf(name, sizeof name, ".data-%05zu-of-%05zu", shard, count);
    return prefix + name;
  }

 private:
  void add_raw(const std::string& key, DataType type, const std::vector<std::int64_t>& shape,
               std::string_view bytes, std::uint32_t crc, std::size_t shard) {
    Writer entry;
    entry.integer(1, static_cast<int>(type)).bytes(2, shape_proto(shape));
    entry.integer(3, static_cast<std::int64_t>(shard));
    entry.integer(4, std::ssize(shards_[shard])).integer(5, std::ssize(bytes)).fixed32(6, crc);
    entries_[key] = entry.done();
    shards_[shard] += bytes;
  }

  Table entries_;
  std::vector<std::string> shards_;
};

}  // namespace litecast::tensorflow::testing
