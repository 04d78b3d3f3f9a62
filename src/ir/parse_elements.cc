#include "ir/parse_elements.h"

#include <Eigen/Core>
#include <cmath>
#include <limits>

namespace litecast::ir {
namespace {

template <class T>
void append(std::vector<std::byte>& out, T value) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

double to_double(std::string_view text, const Lexer& lexer) {
  if (text == "nan") return std::nan("");
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) lexer.fail("a number");
  return value;
}

void append_element(std::vector<std::byte>& out, DType dtype, std::string_view text,
                    const Lexer& lexer) {
  switch (dtype) {
    case DType::FLOAT32:
      return append(out, static_cast<float>(to_double(text, lexer)));
    case DType::FLOAT64:
      return append(out, to_double(text, lexer));
    case DType::FLOAT16:
      return append(out, Eigen::half(static_cast<float>(to_double(text, lexer))));
    case DType::BFLOAT16:
      return append(out, Eigen::bfloat16(static_cast<float>(to_double(text, lexer))));
    case DType::INT8:
      return append(out, to_integer<std::int8_t>(text, lexer));
    case DType::INT16:
      return append(out, to_integer<std::int16_t>(text, lexer));
    case DType::INT32:
      return append(out, to_integer<std::int32_t>(text, lexer));
    case DType::INT64:
      return append(out, to_integer<std::int64_t>(text, lexer));
    case DType::UINT8:
    case DType::BOOL:
      return append(out, to_integer<std::uint8_t>(text, lexer));
    case DType::UINT16:
      return append(out, to_integer<std::uint16_t>(text, lexer));
    case DType::UINT32:
      return append(out, to_integer<std::uint32_t>(text, lexer));
    case DType::UINT64:
      return append(out, to_integer<std::uint64_t>(text, lexer));
    default:
      lexer.fail("bytes as 0x…, which this type is written in");
  }
}

std::vector<std::byte> from_hex(std::string_view text, const Lexer& lexer) {
  std::vector<std::byte> out;
  if (!text.starts_with("0x") || text.size() % 2 != 0) lexer.fail("bytes as 0x…");
  for (std::size_t i = 2; i < text.size(); i += 2) {
    unsigned value = 0;
    auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    if (error != std::errc() || end != text.data() + i + 2) lexer.fail("bytes as 0x…");
    out.push_back(static_cast<std::byte>(value));
  }
  return out;
}

}  // namespace litecast::ir
