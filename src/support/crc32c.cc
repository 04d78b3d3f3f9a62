#include "support/crc32c.h"

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

namespace litecast::support {

namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // Castagnoli, reflected.

constexpr std::uint32_t shifted_by_one_bit(std::uint32_t crc) {
  return (crc >> 1) ^ (crc & 1 ? kPolynomial : 0);
}

using ByteTable = std::array<std::uint32_t, 256>;

// tables[k][b]: what byte b contributes to the CRC when k more bytes follow it.
constexpr std::array<ByteTable, 8> make_tables() {
  std::array<ByteTable, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = shifted_by_one_bit(crc);
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < 8; ++k) {
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

constexpr auto kTables = make_tables();

// Both functions below work on the CRC without its initial and final inversion.

std::uint32_t extend_by_table(std::uint32_t crc, const std::byte* bytes, std::size_t size) {
  if constexpr (std::endian::native == std::endian::little) {
    for (; size >= 8; bytes += 8, size -= 8) {
      std::uint64_t word;
      std::memcpy(&word, bytes, 8);
      word ^= crc;
      crc = 0;
      for (std::size_t k = 0; k < 8; ++k) crc ^= kTables[7 - k][(word >> (8 * k)) & 0xff];
    }
  }
  for (; size > 0; ++bytes, --size) {
    crc = (crc >> 8) ^ kTables[0][(crc ^ static_cast<std::uint32_t>(*bytes)) & 0xff];
  }
  return crc;
}

#if defined(__x86_64__)

// The crc32 instruction has a latency of three cycles and a throughput of one: three independent
// lanes keep it busy. A lane's CRC is carried over the bytes behind it by a linear map of its bits,
// tabulated for each of its four bytes.
constexpr std::size_t kLane = 4096;
using LaneShift = std::array<ByteTable, 4>;

using BitMatrix = std::array<std::uint32_t, 32>;  // Column i: the image of bit i.

constexpr std::uint32_t image(const BitMatrix& matrix, std::uint32_t vector) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 32; ++i) sum ^= (vector >> i) & 1 ? matrix[i] : 0;
  return sum;
}

constexpr LaneShift make_lane_shift() {
  BitMatrix matrix{};
  for (std::size_t i = 0; i < 32; ++i) matrix[i] = shifted_by_one_bit(std::uint32_t{1} << i);
  for (std::size_t bits = 1; bits < 8 * kLane; bits *= 2) {  // kLane is a power of two.
    BitMatrix squared{};
    for (std::size_t i = 0; i < 32; ++i) squared[i] = image(matrix, matrix[i]);
    matrix = squared;
  }
  LaneShift shift{};
  for (std::uint32_t k = 0; k < 4; ++k) {
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      shift[k][byte] = image(matrix, byte << (8 * k));
    }
  }
  return shift;
}

constexpr LaneShift kLaneShift = make_lane_shift();

std::uint32_t shifted_by_lane(std::uint32_t crc) {
  return kLaneShift[0][crc & 0xff] ^ kLaneShift[1][(crc >> 8) & 0xff] ^
         kLaneShift[2][(crc >> 16) & 0xff] ^ kLaneShift[3][crc >> 24];
}

__attribute__((target("sse4.2"))) std::uint64_t crc_of_word(std::uint64_t crc,
                                                            const std::byte* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, 8);
  return _mm_crc32_u64(crc, word);
}

__attribute__((target("sse4.2"))) std::uint32_t extend_by_instruction(std::uint32_t crc,
                                                                      const std::byte* bytes,
                                                                      std::size_t size) {
  for (; size >= 3 * kLane; bytes += 3 * kLane, size -= 3 * kLane) {
    std::uint64_t first = crc, second = 0, third = 0;
    for (const std::byte* at = bytes; at != bytes + kLane; at += 8) {
      first = crc_of_word(first, at);
      second = crc_of_word(second, at + kLane);
      third = crc_of_word(third, at + 2 * kLane);
    }
    const auto joined =
        shifted_by_lane(static_cast<std::uint32_t>(first)) ^ static_cast<std::uint32_t>(second);
    crc = shifted_by_lane(joined) ^ static_cast<std::uint32_t>(third);
  }
  std::uint64_t wide = crc;
  for (; size >= 8; bytes += 8, size -= 8) wide = crc_of_word(wide, bytes);
  crc = static_cast<std::uint32_t>(wide);
  for (; size > 0; ++bytes, --size) crc = _mm_crc32_u8(crc, static_cast<unsigned char>(*bytes));
  return crc;
}

bool has_instruction() { return __builtin_cpu_supports("sse4.2"); }

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)

std::uint32_t extend_by_instruction(std::uint32_t crc, const std::byte* bytes, std::size_t size) {
  for (; size >= 8; bytes += 8, size -= 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes, 8);
    crc = __crc32cd(crc, word);
  }
  for (; size > 0; ++bytes, --size) crc = __crc32cb(crc, static_cast<unsigned char>(*bytes));
  return crc;
}

bool has_instruction() { return true; }

#else

std::uint32_t extend_by_instruction(std::uint32_t crc, const std::byte* bytes, std::size_t size) {
  return extend_by_table(crc, bytes, size);
}

bool has_instruction() { return false; }

#endif

}  // namespace

std::uint32_t crc32c(std::uint32_t crc, std::span<const std::byte> bytes) {
  return has_instruction() ? ~extend_by_instruction(~crc, bytes.data(), bytes.size())
                           : ~extend_by_table(~crc, bytes.data(), bytes.size());
}

std::uint32_t crc32c_by_table(std::uint32_t crc, std::span<const std::byte> bytes) {
  return ~extend_by_table(~crc, bytes.data(), bytes.size());
}

std::uint32_t mask_crc32c(std::uint32_t crc) { return std::rotr(crc, 15) + 0xa282ead8u; }

}  // namespace litecast::support
