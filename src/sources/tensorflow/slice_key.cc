#include "sources/tensorflow/slice_key.h"

#include <bit>

namespace litecast::tensorflow {

namespace {

// A length byte, then the value's bytes without leading zeros, highest first.
void append_unsigned(std::uint64_t value, std::string& key) {
  const int bytes = (static_cast<int>(std::bit_width(value)) + 7) / 8;
  key.push_back(static_cast<char>(bytes));
  for (int i = bytes - 1; i >= 0; --i) key.push_back(static_cast<char>(value >> (8 * i)));
}

// 00 would end the string and ff is kept for infinity, so both get a companion.
void append_string(std::string_view text, std::string& key) {
  for (const char letter : text) {
    key.push_back(letter);
    if (letter == '\x00') key.push_back('\xff');
    if (letter == '\xff') key.push_back('\x00');
  }
  key.push_back('\x00');
  key.push_back('\x01');
}

// As many leading ones as there are bytes, a zero, then the value in two's complement, highest byte
// first: n bytes hold 7n - 1 bits and a sign. Negative numbers have all the leading bits inverted.
void append_signed(std::int64_t value, std::string& key) {
  const bool negative = value < 0;
  const auto magnitude = static_cast<std::uint64_t>(negative ? ~value : value);
  const int bytes = static_cast<int>(std::bit_width(magnitude)) / 7 + 1;
  for (int i = bytes - 1; i >= 0; --i) {
    // Beyond 64 bits only the sign is left.
    const std::int64_t part = value >> (8 * i < 64 ? 8 * i : 63);
    const int from_top = 8 * (bytes - 1 - i);
    std::uint8_t ones = 0;
    for (int bit = 0; bit < 8; ++bit) {
      if (from_top + bit < bytes) ones = static_cast<std::uint8_t>(ones | 0x80 >> bit);
    }
    key.push_back(static_cast<char>(static_cast<std::uint8_t>(part) ^ ones));
  }
}

}  // namespace

std::string slice_key(std::string_view tensor, std::span<const SliceExtent> slice) {
  std::string key;
  append_unsigned(0, key);  // The version of the encoding.
  append_string(tensor, key);
  append_unsigned(slice.size(), key);
  for (const SliceExtent& extent : slice) {
    append_signed(extent.start, key);
    append_signed(extent.length, key);
  }
  return key;
}

}  // namespace litecast::tensorflow
