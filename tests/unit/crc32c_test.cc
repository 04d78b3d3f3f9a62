#include "support/crc32c.h"

#include <gtest/gtest.h>

#include <random>
#include <string_view>
#include <vector>

namespace litecast::support {
namespace {

std::uint32_t crc_of(std::string_view text) { return crc32c(0, std::as_bytes(std::span(text))); }

TEST(Crc32c, HasTheKnownCheckValue) {
  EXPECT_EQ(crc_of("123456789"), 0xe3069283u);
  EXPECT_EQ(crc_of(""), 0u);
  EXPECT_EQ(crc_of(std::string_view(
                "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32)),
            0x8a9136aau);
}

TEST(Crc32c, MasksByRotationAndConstant) {
  EXPECT_EQ(mask_crc32c(0), 0xa282ead8u);
  EXPECT_EQ(mask_crc32c(1), 0xa282ead8u + (1u << 17));
}

// Sizes around the three interleaved lanes, at every alignment, against the plain table.
TEST(Crc32c, InstructionAgreesWithTable) {
  std::vector<std::byte> bytes(70000);
  std::mt19937 random(1);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random());
  for (const std::size_t size :
       {0, 1, 7, 8, 9, 63, 4096, 12287, 12288, 12289, 24576, 40000, 69990}) {
    for (std::size_t offset = 0; offset < 8; ++offset) {
      const auto part = std::span(bytes).subspan(offset, size);
      EXPECT_EQ(crc32c(5, part), crc32c_by_table(5, part)) << size << " at " << offset;
    }
  }
}

TEST(Crc32c, ContinuesOverParts) {
  const std::vector<std::byte> bytes(30000, std::byte{0x5a});
  const auto all = std::span(bytes);
  EXPECT_EQ(crc32c(crc32c(0, all.first(13001)), all.subspan(13001)), crc32c(0, all));
}

}  // namespace
}  // namespace litecast::support
