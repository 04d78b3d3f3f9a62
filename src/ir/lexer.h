// Splits the textual IR into what its grammar is made of.
#pragma once

#include <string>
#include <string_view>

namespace litecast::ir {

class Lexer {
 public:
  Lexer(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  bool at_end();
  // Whether these characters come next; not taken.
  bool sees(std::string_view text);
  // Whether `token` comes next (a word is matched whole); takes it if so.
  bool take(std::string_view token);
  void expect(std::string_view token);
  // Letters, digits, '_', '.', '$'; empty when none comes next.
  std::string_view word();
  std::string_view expect_word(std::string_view what);
  // A word when `c` follows it; otherwise empty, and nothing is taken.
  std::string_view word_before(char c);
  // A word that may have signs in it, such as "-1e+20".
  std::string_view expect_number();
  // A string in quotes, with its escapes resolved.
  std::string quoted();
  // Up to the first of the characters in `stops` outside parentheses, trimmed; not taken.
  std::string_view until(std::string_view stops);
  // From '{' to the '}' that closes it, both included.
  std::string_view braces();

  [[noreturn]] void fail(std::string_view expected) const;

 private:
  void skip_space();
  std::string_view text_;
  std::string_view file_;
  std::size_t at_ = 0;
};

}  // namespace litecast::ir
