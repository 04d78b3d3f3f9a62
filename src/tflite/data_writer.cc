#include "tflite/data_writer.h"

#include <litecast/error.h>

#include <algorithm>
#include <atomic>
#include <map>

namespace litecast::tflite {
namespace {

// Where the next data may begin, leaving room for a vector's length before it.
std::uint64_t next_offset(std::uint64_t end) {
  const std::uint64_t least = end + sizeof(flatbuffers::uoffset_t);
  return (least + kDataAlignment - 1) / kDataAlignment * kDataAlignment;
}

class DataWriter {
 public:
  DataWriter(std::span<const ir::ConstantPtr> constants, DataPlacement placement,
             std::size_t tile_bytes, Output& output, const Progress& progress)
      : constants_(constants),
        placement_(placement),
        tile_bytes_(tile_bytes),
        output_(output),
        progress_(progress) {
    for (const auto& constant : constants) {
      total_ += constant->byte_size();
      ++equal_sizes_[constant->byte_size()];
    }
  }

  WrittenData run(std::uint64_t begin) {
    WrittenData result;
    result.end = begin;
    for (std::size_t i = 0; i < constants_.size(); ++i) {
      const std::uint64_t size = constants_[i]->byte_size();
      const DataExtent extent{size == 0 ? 0 : next_offset(result.end), size};
      if (size > 0) write(*constants_[i], extent);
      const std::size_t original = find_equal(extent, result.extents).value_or(i);
      result.originals.push_back(original);
      result.extents.push_back(original == i ? extent : result.extents[original]);
      if (original == i && size > 0) result.end = extent.offset + size;
    }
    return result;
  }

 private:
  void write(const ir::Constant& constant, DataExtent extent) {
    if (placement_ == DataPlacement::within_flatbuffer) {
      const auto length = static_cast<flatbuffers::uoffset_t>(extent.size);
      output_.write(extent.offset - sizeof(length), std::as_bytes(std::span(&length, 1)));
    }
    constant.for_each_tile(tile_bytes_,
                           [&](std::uint64_t offset, std::span<const std::byte> bytes) {
                             output_.write(extent.offset + offset, bytes);
                             const std::uint64_t done = written_ += bytes.size();
                             if (progress_) progress_(done, total_);
                           });
  }

  // An earlier large constant with the bytes that were just written. Small ones were compared
  // before.
  std::optional<std::size_t> find_equal(DataExtent extent, const std::vector<DataExtent>& earlier) {
    if (extent.size <= ir::kEagerBytes || equal_sizes_[extent.size] < 2) return {};
    auto& candidates = samples_[{extent.size, sample(extent)}];
    for (const std::size_t candidate : candidates) {
      if (same_bytes(earlier[candidate].offset, extent)) return candidate;
    }
    candidates.push_back(earlier.size());
    return {};
  }

  // The first and last bytes tell nearly all constants apart.
  std::string sample(DataExtent extent) const {
    constexpr std::uint64_t kSampleBytes = 256;
    std::string bytes(2 * kSampleBytes, '\0');
    const auto out = std::as_writable_bytes(std::span(bytes));
    output_.read(extent.offset, out.first(kSampleBytes));
    output_.read(extent.offset + extent.size - kSampleBytes, out.last(kSampleBytes));
    return bytes;
  }

  bool same_bytes(std::uint64_t offset, DataExtent extent) const {
    constexpr std::size_t kWindowBytes = std::size_t{256} * 1024;
    std::vector<std::byte> a(kWindowBytes), b(kWindowBytes);
    for (std::uint64_t done = 0; done < extent.size; done += kWindowBytes) {
      const auto n =
          static_cast<std::size_t>(std::min<std::uint64_t>(kWindowBytes, extent.size - done));
      output_.read(offset + done, std::span(a).first(n));
      output_.read(extent.offset + done, std::span(b).first(n));
      if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(n), b.begin()))
        return false;
    }
    return true;
  }

  std::span<const ir::ConstantPtr> constants_;
  DataPlacement placement_;
  std::size_t tile_bytes_;
  Output& output_;
  const Progress& progress_;
  std::atomic<std::uint64_t> written_ = 0;
  std::uint64_t total_ = 0;
  std::map<std::uint64_t, int> equal_sizes_;
  std::map<std::pair<std::uint64_t, std::string>, std::vector<std::size_t>> samples_;
};

}  // namespace

std::uint64_t data_end(std::uint64_t begin, std::span<const ir::ConstantPtr> constants) {
  std::uint64_t end = begin;
  for (const auto& constant : constants) {
    if (constant->byte_size() > 0) end = next_offset(end) + constant->byte_size();
  }
  return end;
}

WrittenData write_data(std::span<const ir::ConstantPtr> constants, std::uint64_t begin,
                       DataPlacement placement, std::size_t tile_bytes, Output& output,
                       const Progress& progress) {
  return DataWriter(constants, placement, tile_bytes, output, progress).run(begin);
}

}  // namespace litecast::tflite
