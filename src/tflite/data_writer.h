// Streams constants into a file.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "ir/constant.h"
#include "tflite/namespace.h"
#include "tflite/output.h"
#include "tflite/table_builder.h"

namespace litecast::tflite {

// Called with the bytes written so far and the bytes there are. May throw, which ends the writing.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

struct WrittenData {
  std::vector<DataExtent> extents;     // of each constant
  std::vector<std::size_t> originals;  // the first constant with the same bytes: itself, mostly
  std::uint64_t end;                   // of the last byte
};

// Bytes between `begin` and the end of the data if no two constants were equal.
std::uint64_t data_end(std::uint64_t begin, std::span<const ir::ConstantPtr> constants);

// Writes the constants one behind the other from `begin` on, aligned, each once: one that turns out
// to have the bytes of an earlier one is overwritten by the next. `output` must have the size that
// data_end gives. A few times `tile_bytes` are in memory; where a matrix is transposed, a hundred
// times.
WrittenData write_data(std::span<const ir::ConstantPtr> constants, std::uint64_t begin,
                       DataPlacement placement, std::size_t tile_bytes, Output& output,
                       const Progress& progress);

}  // namespace litecast::tflite
