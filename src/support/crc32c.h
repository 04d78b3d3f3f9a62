// CRC-32C (Castagnoli). The processor's instruction is chosen at run time where it has one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace litecast::support {

// Continues `crc` (0 to begin) over `bytes`.
std::uint32_t crc32c(std::uint32_t crc, std::span<const std::byte> bytes);

// The same without the processor's instruction.
std::uint32_t crc32c_by_table(std::uint32_t crc, std::span<const std::byte> bytes);

// The masked form that LevelDB tables and TensorFlow's bundles store: rotated right by 15 bits
// plus a constant, so that a CRC of data with embedded CRCs stays meaningful.
std::uint32_t mask_crc32c(std::uint32_t crc);

}  // namespace litecast::support
