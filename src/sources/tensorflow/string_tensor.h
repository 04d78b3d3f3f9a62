#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/file.h"

namespace litecast::tensorflow {

// The stored form of a string tensor: lengths as varints, their masked CRC, then all letters.
struct StringTensor {
  // Throws MalformedInput naming `key` when `bytes`, which stand at `where`, are anything else.
  StringTensor(const support::Extent& where, std::span<const std::byte> bytes, std::uint64_t count,
               std::string_view key);

  std::vector<std::string> values;
  // Of what the entry's checksum covers: lengths as fixed integers, their CRC, the letters.
  std::uint32_t crc = 0;
};

}  // namespace litecast::tensorflow
