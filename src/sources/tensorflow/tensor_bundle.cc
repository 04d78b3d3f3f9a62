#include "sources/tensorflow/tensor_bundle.h"

#include <fmt/format.h>

#include <algorithm>

#include <litecast/error.h>
#include "sources/tensorflow/bundle_entry.h"
#include "sources/tensorflow/slice_assembly.h"
#include "sources/tensorflow/string_tensor.h"
#include "support/crc32c.h"

namespace litecast::tensorflow {

namespace {

std::string index_path(const std::string& prefix) { return prefix + ".index"; }

std::int64_t read_header(const std::string& path, const SsTable& table) {
  const auto* header = table.find("");
  if (!header) throw MalformedInput(path + ": expected a header as the first entry");
  const auto document = Document::of_static(path + ": header", header->value);
  std::int64_t shards = 0;
  for (MessageReader field(Message(*document), "BundleHeaderProto"); field.next();) {
    if (field.tag() == 1) shards = field.integer();
    if (field.tag() == 2 && field.integer() != 0) {
      throw MalformedInput(path + ": the checkpoint is big-endian, which litecast does not read");
    }
  }
  if (shards < 0) throw MalformedInput(fmt::format("{}: {} shards", path, shards));
  return shards;
}

// Whether two slices are the same part of a tensor; either may write a whole axis as -1.
bool same_part(std::span<const SliceExtent> a, std::span<const SliceExtent> b,
               const TensorShape& shape) {
  const auto& dims = shape.dims;
  if (a.size() != dims.size() || b.size() != dims.size()) return false;
  const auto length = [&](const SliceExtent& extent, std::size_t axis) {
    return extent.length < 0 ? dims[axis] : extent.length;
  };
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    if (a[axis].start != b[axis].start) return false;
    if (length(a[axis], axis) != length(b[axis], axis)) return false;
  }
  return true;
}

std::vector<std::byte> read_extent(const support::Extent& extent) {
  return extent.file->read(extent.offset, extent.size);
}

void check_crc(std::uint32_t crc, std::uint32_t masked, const support::Extent& extent,
               std::string_view key) {
  if (support::mask_crc32c(crc) == masked) return;
  throw MalformedInput(
      fmt::format("{}: tensor '{}' is damaged: the checksum of its {} bytes at "
                  "byte {} differs",
                  extent.file->path(), key, extent.size, extent.offset));
}

}  // namespace

std::unique_ptr<const TensorBundle> TensorBundle::open(const std::string& prefix) {
  std::unique_ptr<TensorBundle> bundle(new TensorBundle);
  bundle->prefix_ = prefix;
  bundle->table_ = SsTable::read(*support::File::open(index_path(prefix)));
  bundle->shard_count_ = read_header(index_path(prefix), bundle->table_);
  return bundle;
}

std::optional<BundleEntry> TensorBundle::find(std::string_view key) const {
  const auto* entry = key.empty() ? nullptr : table_.find(key);
  if (!entry) return std::nullopt;
  return read_bundle_entry(fmt::format("{}: tensor '{}'", index_path(prefix_), key), entry->value);
}

std::vector<std::string_view> TensorBundle::keys() const {
  std::vector<std::string_view> keys;
  for (const auto& entry : table_.entries()) {
    // The header has no key, slices have binary ones.
    if (!entry.key.empty() && entry.key[0] != '\0') keys.push_back(entry.key);
  }
  return keys;
}

BundleEntry TensorBundle::existing(std::string_view key) const {
  if (auto entry = find(key)) return *std::move(entry);
  throw MalformedInput(fmt::format("{}: there is no tensor '{}'", index_path(prefix_), key));
}

std::shared_ptr<const support::File> TensorBundle::shard(std::string_view key,
                                                         std::int64_t id) const {
  if (id < 0 || id >= shard_count_) {
    throw MalformedInput(fmt::format("{}: tensor '{}' is in shard {} of {}", index_path(prefix_),
                                     key, id, shard_count_));
  }
  auto& file = shards_[id];
  if (file) return file;
  const std::string path = fmt::format("{}.data-{:05}-of-{:05}", prefix_, id, shard_count_);
  try {
    file = support::File::open(path);
  } catch (const IoError& error) {
    throw MalformedInput(
        fmt::format("{} (expected a shard of the checkpoint with tensor '{}')", error.what(), key));
  }
  return file;
}

support::Extent TensorBundle::extent(std::string_view key, const BundleEntry& entry) const {
  const auto file = shard(key, entry.shard);
  if (entry.offset > file->size() || entry.size > file->size() - entry.offset) {
    throw MalformedInput(
        fmt::format("{}: tensor '{}' needs {} bytes at byte {}, but the file has {} bytes",
                    file->path(), key, entry.size, entry.offset, file->size()));
  }
  return {file, entry.offset, entry.size};
}

Segment TensorBundle::segment(std::string_view key, const BundleEntry& entry) const {
  const std::size_t element = element_size(entry.dtype);
  const auto count = entry.shape.element_count();
  std::uint64_t expected = 0;
  if (!count || __builtin_mul_overflow(static_cast<std::uint64_t>(*count), element, &expected) ||
      expected != entry.size) {
    throw MalformedInput(fmt::format("{}: tensor '{}' of type {} and shape {} has {} bytes",
                                     index_path(prefix_), key, name_of(entry.dtype),
                                     entry.shape.text(), entry.size));
  }
  return {.extent = extent(key, entry),
          .masked_crc = entry.masked_crc,
          .start = std::vector<std::int64_t>(entry.shape.dims.size()),
          .shape = entry.shape.dims};
}

Segment TensorBundle::slice_segment(std::string_view key, const BundleEntry& whole,
                                    std::span<const SliceExtent> slice) const {
  const auto fail = [&](std::string_view problem) {
    throw MalformedInput(
        fmt::format("{}: a slice of tensor '{}' {}", index_path(prefix_), key, problem));
  };
  const auto part = find(slice_key(key, slice));
  if (!part) fail("has no entry");
  if (part->dtype != whole.dtype || !part->slices.empty()) fail("is of another kind");
  if (slice.size() != whole.shape.dims.size()) fail("has another rank");
  Segment segment = this->segment(key, *part);
  for (std::size_t axis = 0; axis < slice.size(); ++axis) {
    const std::int64_t size = whole.shape.dims[axis];
    const std::int64_t start = slice[axis].start;
    const std::int64_t length = slice[axis].length < 0 ? size : slice[axis].length;
    if (start < 0 || start > size || length > size - start) fail("lies outside of it");
    if (segment.shape.size() != slice.size() || segment.shape[axis] != length) {
      fail("has another shape than its place");
    }
    segment.start[axis] = start;
  }
  return segment;
}

std::vector<Segment> TensorBundle::segments(std::string_view key,
                                            std::span<const SliceExtent> slice) const {
  const BundleEntry entry = existing(key);
  if (element_size(entry.dtype) == 0) {
    throw MalformedInput(
        fmt::format("{}: tensor '{}' has type {}, expected elements of a fixed "
                    "size",
                    index_path(prefix_), key, name_of(entry.dtype)));
  }
  if (!slice.empty()) return {stored_slice(key, entry, slice)};
  if (entry.slices.empty()) return {segment(key, entry)};
  return assembled_segments(key, entry);
}

Segment TensorBundle::stored_slice(std::string_view key, const BundleEntry& whole,
                                   std::span<const SliceExtent> slice) const {
  for (const auto& stored : whole.slices) {
    if (!same_part(slice, stored, whole.shape)) continue;
    Segment part = slice_segment(key, whole, stored);
    std::fill(part.start.begin(), part.start.end(), 0);
    return part;
  }
  const std::vector<SliceExtent> all(whole.shape.dims.size());
  if (whole.slices.empty() && same_part(slice, all, whole.shape)) return segment(key, whole);
  throw MalformedInput(
      fmt::format("{}: the graph wants a slice of tensor '{}' that is not stored "
                  "as one",
                  index_path(prefix_), key));
}

std::vector<Segment> TensorBundle::assembled_segments(std::string_view key,
                                                      const BundleEntry& whole) const {
  std::vector<Segment> segments;
  for (const auto& slice : whole.slices) segments.push_back(slice_segment(key, whole, slice));
  if (!cover_once(segments, whole.shape.dims)) {
    throw MalformedInput(fmt::format("{}: the slices of tensor '{}' leave gaps or overlap",
                                     index_path(prefix_), key));
  }
  check_memory(key, segments);
  return segments;
}

// A forged index may name the same bytes for many slices.
void TensorBundle::check_memory(std::string_view key, const std::vector<Segment>& segments) const {
  std::uint64_t needed = 0, available = 0;
  for (const Segment& segment : segments) needed += segment.extent.size;
  for (const auto& [id, file] : shards_) available += file ? file->size() : 0;
  if (needed > available) {
    throw MalformedInput(
        fmt::format("{}: the slices of tensor '{}' share their bytes", index_path(prefix_), key));
  }
}

std::vector<std::byte> TensorBundle::read(std::string_view key,
                                          std::span<const SliceExtent> slice) const {
  const auto parts = segments(key, slice);
  if (parts.size() == 1) return read_segment(parts.front(), key);
  const BundleEntry entry = existing(key);
  const std::size_t element = element_size(entry.dtype);
  std::vector<std::byte> whole(static_cast<std::size_t>(*entry.shape.element_count()) * element);
  for (const Segment& part : parts) {
    place_slice(read_segment(part, key), part, entry.shape.dims, element, whole);
  }
  return whole;
}

std::vector<std::string> TensorBundle::read_strings(std::string_view key) const {
  const BundleEntry entry = existing(key);
  const auto count = entry.shape.element_count();
  if (entry.dtype != DataType::kString || !entry.slices.empty() || !count) {
    throw MalformedInput(fmt::format("{}: tensor '{}' has type {}, expected whole strings",
                                     index_path(prefix_), key, name_of(entry.dtype)));
  }
  const support::Extent where = extent(key, entry);
  const std::vector<std::byte> bytes = read_extent(where);
  StringTensor tensor(where, bytes, static_cast<std::uint64_t>(*count), key);
  check_crc(tensor.crc, entry.masked_crc, where, key);
  return std::move(tensor.values);
}

std::vector<std::byte> read_segment(const Segment& segment, std::string_view key) {
  std::vector<std::byte> bytes = read_extent(segment.extent);
  check_crc(support::crc32c(0, bytes), segment.masked_crc, segment.extent, key);
  return bytes;
}

}  // namespace litecast::tensorflow
