// Reads numbers and the elements of constants in the textual IR.
#pragma once

#include <charconv>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "ir/lexer.h"
#include "ir/type.h"

namespace litecast::ir {

// These fail at the place of `lexer` when `text` is not what they read.

double to_double(std::string_view text, const Lexer& lexer);

template <class T>
T to_integer(std::string_view text, const Lexer& lexer) {
  T value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    lexer.fail(fmt::format("an integer of {} bits", 8 * sizeof(T)));
  return value;
}

// The bytes of one element.
void append_element(std::vector<std::byte>& out, DType dtype, std::string_view text,
                    const Lexer& lexer);

// "0x01ff"
std::vector<std::byte> from_hex(std::string_view text, const Lexer& lexer);

}  // namespace litecast::ir
