#include "tflite/writer.h"

#include <cassert>

#include "tflite/debug_metadata.h"
#include "tflite/metadata.h"
#include "tflite/output_file.h"
#include "tflite/table_builder.h"

namespace litecast::tflite {
namespace {

// Readers take the version from 16 bytes, padded with zeros.
std::vector<std::byte> padded(const std::string& version) {
  constexpr std::size_t kBytes = 16;
  std::vector<std::byte> bytes(kBytes);
  const auto text = std::as_bytes(std::span(version));
  if (text.size() < kBytes) std::copy(text.begin(), text.end(), bytes.begin());
  return bytes;
}

std::vector<ir::Metadata> metadata_entries(const ir::Module& module, const ModelIndex& index,
                                           const std::string& min_runtime,
                                           const WriteOptions& options) {
  std::vector<ir::Metadata> entries = {{kMinRuntimeVersion, padded(min_runtime)}};
  if (options.debug_metadata) entries.push_back({kDebugMetadata, debug_metadata(index)});
  const auto own = static_cast<std::ptrdiff_t>(entries.size());
  bool has_conversion = false;
  for (const ir::Metadata& entry : module.metadata) {
    if (entry.name == kMinRuntimeVersion) continue;
    if (entry.name == kDebugMetadata && options.debug_metadata) continue;
    has_conversion |= entry.name == kConversionMetadata;
    entries.push_back(entry);
  }
  if (options.conversion_metadata && !has_conversion) {
    entries.insert(
        entries.begin() + own,
        {kConversionMetadata, conversion_metadata(module, index, options.conversion_options)});
  }
  return entries;
}

// The extents of the buffers 1, 2, …: those of the constants that share no earlier one.
std::vector<DataExtent> buffer_extents(const WrittenData& data) {
  std::vector<DataExtent> extents;
  for (std::size_t i = 0; i < data.extents.size(); ++i) {
    if (data.originals[i] == i) extents.push_back(data.extents[i]);
  }
  return extents;
}

}  // namespace

// The size of the tables does not depend on where the data are, so the data come behind them at
// places that are known before the first byte is written. Constants that turn out equal while they
// are written share a buffer: the tables are then built anew, and are smaller.
WrittenModel write(const ir::Module& module, Output& output, const WriteOptions& options) {
  ModelIndex index(module);
  const auto constants = index.buffers().entries();
  std::uint64_t total = 0;
  for (const ir::ConstantPtr& constant : constants) total += constant->byte_size();
  // Of a large graph what stands before and behind the data takes a while, too.
  const auto tell = [&](std::uint64_t done) {
    if (options.progress) options.progress(done, total);
  };
  tell(0);
  const std::string min_runtime = min_runtime_version(module, index);
  const auto metadata = metadata_entries(module, index, min_runtime, options);

  auto placement = DataPlacement::within_flatbuffer;
  Tables tables = build_tables(module, index, metadata, placement);
  if (data_end(tables.bytes().size(), constants) >= options.max_flatbuffer_size) {
    placement = DataPlacement::behind_flatbuffer;
    tables = build_tables(module, index, metadata, placement);
  }
  const std::uint64_t begin = tables.bytes().size();
  tell(0);
  output.resize(data_end(begin, constants));
  const WrittenData data =
      write_data(constants, begin, placement, options.tile_bytes, output, options.progress);

  tell(total);
  index.buffers().merge(data.originals);
  if (index.buffers().buffer_count() <= constants.size()) {
    tables = build_tables(module, index, metadata, placement);
    assert(tables.bytes().size() <= begin);
  }
  tell(total);
  tables.set_data(buffer_extents(data));
  output.write(0, tables.bytes());
  output.resize(data.end);
  tell(total);
  return {data.end, min_runtime};
}

WrittenModel write_file(const ir::Module& module, const std::string& path,
                        const WriteOptions& options) {
  OutputFile file(path);
  WrittenModel result = write(module, file, options);
  file.commit();
  return result;
}

std::vector<std::byte> write_memory(const ir::Module& module, const WriteOptions& options) {
  MemoryOutput memory;
  write(module, memory, options);
  return memory.take();
}

}  // namespace litecast::tflite
