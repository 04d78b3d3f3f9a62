// A checkpoint: "<prefix>.index" names the tensors, "<prefix>.data-?????-of-?????" hold their
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/tensorflow/data_type.h"
#include "sources/tensorflow/proto.h"
#include "sources/tensorflow/sstable.h"
#include "sources/tensorflow/tensor_shape.h"
#include "support/file.h"

namespace litecast::tensorflow {

// A run of a tensor's bytes in a shard, row-major and little-endian, at any alignment.
struct Segment {
  support::Extent extent;
  // Masked CRC-32C of the extent's bytes (not for strings: see read_strings).
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

  struct Entry {
    DataType dtype = DataType::kInvalid;
    TensorShape shape;
    bool sliced = false;  // Its bytes are several segments.
  };
  // Nullopt when there is no such tensor. Throws MalformedInput when its entry is broken.
  std::optional<Entry> find(std::string_view key) const;
  bool contains(std::string_view key) const { return table_.find(key) != nullptr; }
  // Every tensor's key, ascending.
  std::vector<std::string_view> keys() const;

  // Where the bytes of a tensor are: one segment, or one for each slice. Together they cover the
  // tensor once. Throws MalformedInput when the tensor is missing, a shard is missing or too
  // short, or sizes contradict each other.
  std::vector<Segment> segments(std::string_view key) const;

  // The whole tensor, assembled and checked against its CRC. Not for strings. Throws MalformedInput
  // naming the tensor when bits have flipped.
  std::vector<std::byte> read(std::string_view key) const;
  // The elements of a string tensor, checked likewise.
  std::vector<std::string> read_strings(std::string_view key) const;

  const std::string& prefix() const { return prefix_; }

 private:
  struct Record;
  TensorBundle() = default;
  Record record(std::string_view key) const;
  Segment segment_of(std::string_view key, const Record& record) const;
  std::shared_ptr<const support::File> shard(std::string_view key, std::int64_t id) const;

  std::string prefix_;
  std::shared_ptr<const Document> index_;
  SsTable table_;
  mutable std::vector<std::shared_ptr<const support::File>> shards_;
};

// Reads a segment's bytes and checks their CRC. Throws MalformedInput naming `key`.
std::vector<std::byte> read_segment(const Segment& segment, std::string_view key);

}  // namespace litecast::tensorflow
