// Writes a module as a .tflite. The same module gives the same bytes, always, and however large its
// constants are, little of them is in memory at a time.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ir/module.h"
#include "tflite/data_writer.h"
#include "tflite/format.h"
#include "tflite/metadata.h"
#include "tflite/output.h"

namespace litecast::tflite {

struct WriteOptions {
  // Whether to say by which framework's version and how the model was made.
  bool conversion_metadata = true;
  ConversionOptions conversion_options;
  // Whether to say of each operator where it comes from.
  bool debug_metadata = false;
  Progress progress;
  // What is read, computed and written at a time: little enough to stay in the processor's cache.
  std::size_t tile_bytes = 256 << 10;
  // A larger file has its constants behind the FlatBuffer. Lower only in tests.
  std::uint64_t max_flatbuffer_size = kMaxFlatBufferSize;
};

struct WrittenModel {
  std::uint64_t size;
  // The lowest version of the runtime that runs it, such as "2.3.0"; empty: any.
  std::string min_runtime_version;
};

// The same module gives the same bytes, wherever they go. Throws UsageError when the format cannot
// hold the module.
WrittenModel write(const ir::Module& module, Output& output, const WriteOptions& options = {});

// `path` appears, or is replaced, when the model is whole and on disk. Throws UsageError when it is
// not a regular file or the format cannot hold the module, IoError when the system refuses.
WrittenModel write_file(const ir::Module& module, const std::string& path,
                        const WriteOptions& options = {});

std::vector<std::byte> write_memory(const ir::Module& module, const WriteOptions& options = {});

}  // namespace litecast::tflite
