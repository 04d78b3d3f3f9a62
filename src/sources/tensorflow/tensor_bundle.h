// A checkpoint: "<prefix>.index" names the tensors, "<prefix>.data-?????-of-?????" hold their
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sources/tensorflow/bundle_entry.h"
#include "sources/tensorflow/sstable.h"
#include "support/file.h"

namespace litecast::tensorflow {

// A run of a tensor's bytes in a shard, row-major and little-endian, at any alignment.
struct Segment {
  support::Extent extent;
  // Masked CRC-32C of the extent's bytes.
  std::uint32_t masked_crc = 0;
  // Which part of the tensor these bytes are: a whole tensor starts at zeros and has its shape.
  std::vector<std::int64_t> start;
  std::vector<std::int64_t> shape;
};

// Opening reads the index alone; shards are opened when a tensor in them is asked for. Not for use
// by several threads at once; the files in the segments are.
class TensorBundle {
 public:
  // Throws IoError when the index cannot be read, MalformedInput when it is broken or big-endian.
  static std::unique_ptr<const TensorBundle> open(const std::string& prefix);

  // Nullopt when there is no such tensor. Throws MalformedInput when its entry is broken.
  std::optional<BundleEntry> find(std::string_view key) const;
  bool contains(std::string_view key) const { return table_.find(key) != nullptr; }
  // Every tensor's key, ascending.
  std::vector<std::string_view> keys() const;

  // Where the bytes of a tensor are: one segment, or one for each slice of a partitioned variable.
  // Together they cover the tensor once. With `slice`, only that part, which must be stored as one.
  // Not for strings. Throws MalformedInput when the tensor is missing, a shard is missing or too
  // short, or sizes contradict each other.
  std::vector<Segment> segments(std::string_view key,
                                std::span<const SliceExtent> slice = {}) const;

  // The same bytes, assembled and checked against their CRC. Throws MalformedInput naming the
  // tensor when bits have flipped.
  std::vector<std::byte> read(std::string_view key, std::span<const SliceExtent> slice = {}) const;
  // The elements of a string tensor, checked likewise.
  std::vector<std::string> read_strings(std::string_view key) const;

  const std::string& prefix() const { return prefix_; }

 private:
  TensorBundle() = default;
  BundleEntry existing(std::string_view key) const;
  std::shared_ptr<const support::File> shard(std::string_view key, std::int64_t id) const;
  support::Extent extent(std::string_view key, const BundleEntry& entry) const;
  Segment segment(std::string_view key, const BundleEntry& entry) const;
  Segment slice_segment(std::string_view key, const BundleEntry& whole,
                        std::span<const SliceExtent> slice) const;
  Segment stored_slice(std::string_view key, const BundleEntry& whole,
                       std::span<const SliceExtent> slice) const;
  std::vector<Segment> assembled_segments(std::string_view key, const BundleEntry& whole) const;
  void check_memory(std::string_view key, const std::vector<Segment>& segments) const;

  std::string prefix_;
  SsTable table_;
  std::int64_t shard_count_ = 0;
  mutable std::unordered_map<std::int64_t, std::shared_ptr<const support::File>> shards_;
};

// Reads a segment's bytes and checks their CRC. Throws MalformedInput naming `key`.
std::vector<std::byte> read_segment(const Segment& segment, std::string_view key);

}  // namespace litecast::tensorflow
