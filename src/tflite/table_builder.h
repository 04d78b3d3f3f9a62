// The part of a file that is not data: one FlatBuffer with all tables. The places where it refers
// to the constants' bytes are left open, because those follow behind it.
#pragma once

#include <string>
#include <vector>

#include "tflite/format.h"
#include "tflite/model_index.h"

namespace litecast::tflite {

// Where constants live.
enum class DataPlacement {
  // As vectors of the FlatBuffer that lie behind its tables.
  within_flatbuffer,
  // After the end of the FlatBuffer, which may have 2 GB at most.
  behind_flatbuffer,
};

// Where in the file the bytes of a constant are.
struct DataExtent {
  std::uint64_t offset;
  std::uint64_t size;
};

class Tables {
 public:
  // Fills in where the data of constant buffers are: of buffer 1, 2, … Those without bytes need
  // none.
  void set_data(std::span<const DataExtent> extents);

  std::span<const std::byte> bytes() const {
    return std::as_bytes(std::span(buffer_.data(), buffer_.size()));
  }

 private:
  friend class TableBuilder;
  DataPlacement placement_;
  flatbuffers::DetachedBuffer buffer_;
  std::vector<std::size_t> fields_;  // positions of the open fields, by buffer − 1; 0: none
};

// Throws UsageError where the format cannot hold the module.
Tables build_tables(const ir::Module& module, const ModelIndex& index,
                    const std::vector<ir::Metadata>& metadata, DataPlacement placement);

}  // namespace litecast::tflite
