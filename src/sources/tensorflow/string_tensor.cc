#include "sources/tensorflow/string_tensor.h"

#include <fmt/format.h>

#include <limits>
#include <protozero/exception.hpp>
#include <protozero/varint.hpp>

#include <litecast/error.h>
#include "support/crc32c.h"

namespace litecast::tensorflow {

namespace {

[[noreturn]] void fail(const support::Extent& where, std::string_view key,
                       std::string_view problem) {
  throw MalformedInput(fmt::format("{}, byte {}: string tensor '{}': {}", where.file->path(),
                                   where.offset, key, problem));
}

std::uint32_t add_fixed(std::uint32_t crc, std::uint64_t value, std::size_t bytes) {
  std::byte fixed[8];
  for (std::size_t i = 0; i < bytes; ++i) fixed[i] = static_cast<std::byte>(value >> (8 * i));
  return support::crc32c(crc, std::span(fixed, bytes));
}

std::uint32_t add_length(std::uint32_t crc, std::uint64_t length) {
  const bool fits = length <= std::numeric_limits<std::uint32_t>::max();
  return add_fixed(crc, length, fits ? 4 : 8);
}

}  // namespace

StringTensor::StringTensor(const support::Extent& where, std::span<const std::byte> bytes,
                           std::uint64_t count, std::string_view key) {
  const char* at = reinterpret_cast<const char*>(bytes.data());
  const char* const end = at + bytes.size();
  if (count > bytes.size()) fail(where, key, "fewer bytes than elements");
  std::vector<std::uint64_t> lengths;
  std::uint64_t letters = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    try {
      lengths.push_back(protozero::decode_varint(&at, end));
    } catch (const protozero::exception&) {
      fail(where, key, "a broken length");
    }
    if (lengths.back() > bytes.size()) fail(where, key, "a length beyond the end");
    letters += lengths.back();
    crc = add_length(crc, lengths.back());
  }
  constexpr std::uint64_t kChecksumSize = 4;
  if (static_cast<std::uint64_t>(end - at) != kChecksumSize + letters) {
    fail(where, key, "the lengths do not add up to its size");
  }
  std::uint32_t stored = 0;
  for (int i = 3; i >= 0; --i) stored = stored << 8 | static_cast<unsigned char>(at[i]);
  if (stored != support::mask_crc32c(crc)) fail(where, key, "damaged: the checksum of its lengths");
  crc = support::crc32c(crc, std::as_bytes(std::span(at, static_cast<std::size_t>(end - at))));
  at += kChecksumSize;
  for (const std::uint64_t length : lengths) {
    values.emplace_back(at, length);
    at += length;
  }
}

}  // namespace litecast::tensorflow
