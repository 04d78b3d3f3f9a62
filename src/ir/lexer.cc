#include "ir/lexer.h"

#include <litecast/error.h>

namespace litecast::ir {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '$';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

void Lexer::skip_space() {
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '#' && at_ + 1 < text_.size() && text_[at_ + 1] == ' ') {  // "# " begins a comment
      at_ = std::min(text_.find('\n', at_), text_.size() - 1);
    } else if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
      return;
    }
  }
}

bool Lexer::at_end() {
  skip_space();
  return at_ >= text_.size();
}

bool Lexer::sees(std::string_view text) {
  skip_space();
  return text_.substr(at_).starts_with(text);
}

bool Lexer::take(std::string_view token) {
  skip_space();
  if (!text_.substr(at_).starts_with(token)) return false;
  const std::size_t end = at_ + token.size();
  if (is_word(token.back()) && end < text_.size() && is_word(text_[end])) return false;
  at_ = end;
  return true;
}

void Lexer::expect(std::string_view token) {
  if (!take(token)) fail(fmt::format("'{}'", token));
}

std::string_view Lexer::word() {
  skip_space();
  const std::size_t begin = at_;
  while (at_ < text_.size() && is_word(text_[at_])) ++at_;
  return text_.substr(begin, at_ - begin);
}

std::string_view Lexer::expect_word(std::string_view what) {
  const std::string_view w = word();
  if (w.empty()) fail(what);
  return w;
}

std::string_view Lexer::word_before(char c) {
  const std::size_t begin = at_;
  const std::string_view w = word();
  if (!w.empty() && sees(std::string_view(&c, 1))) return w;
  at_ = begin;
  return {};
}

std::string_view Lexer::expect_number() {
  skip_space();
  const std::size_t begin = at_;
  while (at_ < text_.size() && (is_word(text_[at_]) || text_[at_] == '-' || text_[at_] == '+'))
    ++at_;
  if (at_ == begin) fail("a number");
  return text_.substr(begin, at_ - begin);
}

std::string Lexer::quoted() {
  expect("\"");
  std::string out;
  for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
    if (text_[at_] != '\\') {
      out += text_[at_];
      continue;
    }
    if (++at_ >= text_.size()) break;
    if (text_[at_] != 'x') {
      out += text_[at_];
      continue;
    }
    if (at_ + 2 >= text_.size()) fail("two hexadecimal digits");
    const int high = hex_digit(text_[at_ + 1]), low = hex_digit(text_[at_ + 2]);
    if (high < 0 || low < 0) fail("two hexadecimal digits");
    out += static_cast<char>(high * 16 + low);
    at_ += 2;
  }
  if (at_ >= text_.size()) fail("'\"' at the end of a string");
  ++at_;
  return out;
}

std::string_view Lexer::until(std::string_view stops) {
  skip_space();
  const std::size_t begin = at_;
  int depth = 0;
  for (; at_ < text_.size(); ++at_) {
    if (depth == 0 && stops.find(text_[at_]) != std::string_view::npos) break;
    if (text_[at_] == '(') ++depth;
    if (text_[at_] == ')' && depth > 0) --depth;
  }
  std::string_view part = text_.substr(begin, at_ - begin);
  while (!part.empty() && (part.back() == ' ' || part.back() == '\n')) part.remove_suffix(1);
  return part;
}

std::string_view Lexer::braces() {
  skip_space();
  const std::size_t begin = at_;
  if (begin >= text_.size() || text_[begin] != '{') fail("'{'");
  int depth = 0;
  bool in_string = false;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (in_string) {
      if (c == '\\') ++at_;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) {
      ++at_;
      return text_.substr(begin, at_ - begin);
    }
  }
  fail("'}'");
}

void Lexer::fail(std::string_view expected) const {
  const std::size_t at = std::min(at_, text_.size());
  const auto line =
      std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  std::string_view found = text_.substr(at, 20);
  found = found.substr(0, found.find('\n'));
  throw MalformedInput(
      fmt::format("{}, line {}: expected {}, found '{}'", file_, line + 1, expected, found));
}

}  // namespace litecast::ir
