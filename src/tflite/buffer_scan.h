// Finds the constants within a .tflite without reading them.
#pragma once

#include <vector>

#include "support/file.h"
#include "tflite/namespace.h"

namespace litecast::tflite {

// A run of bytes of a file.
struct ByteRange {
  std::uint64_t offset;
  std::uint64_t size;
};

// The contents of the buffers of at least `least` bytes, by offset; they may overlap. Only a few
// bytes around each are read. Throws MalformedInput when the tables lead out of the first `size`
// bytes of the file.
std::vector<ByteRange> scan_buffers(const support::File& file, std::uint64_t size,
                                    std::uint64_t least);

}  // namespace litecast::tflite
