// The textual form of sizes.
#include <litecast/error.h>

#include <charconv>

#include "ir/dim_expr.h"

namespace litecast::ir {
namespace {

const char* function_name(AtomKind kind) {
  switch (kind) {
    case AtomKind::floordiv:
      return "floordiv";
    case AtomKind::ceildiv:
      return "ceildiv";
    case AtomKind::min:
      return "min";
    case AtomKind::max:
      return "max";
    case AtomKind::bcast:
      return "bcast";
    case AtomKind::symbol:
      break;
  }
  return "";
}

// Expressions share their parts: written out, one of a few kilobytes can be endless. Whatever
// DimParser takes is written whole.
class Writer {
 public:
  std::string write(Dim dim) {
    sum(dim, 0);
    return std::move(text_);
  }

 private:
  static constexpr std::size_t kMostText = std::size_t{64} * 1024;
  static constexpr int kMostDepth = 64;

  void sum(Dim dim, int depth) {
    if (dim.is_constant()) {
      text_ += std::to_string(dim.value());
      return;
    }
    if (depth > kMostDepth || text_.size() > kMostText) {
      text_ += "…";
      return;
    }
    bool is_first = true;
    for (const Term& t : dim.expr()->terms) {
      const bool negative = t.coefficient < 0;
      if (!is_first || negative) text_ += negative ? "-" : "+";
      product(t, depth);
      is_first = false;
    }
  }

  // Without the sign.
  void product(const Term& t, int depth) {
    const std::uint64_t magnitude = t.coefficient < 0
                                        ? 0 - static_cast<std::uint64_t>(t.coefficient)
                                        : static_cast<std::uint64_t>(t.coefficient);
    if (magnitude != 1 || t.atoms.empty()) text_ += std::to_string(magnitude);
    bool is_first = magnitude == 1;
    for (const Atom* a : t.atoms) {
      if (!is_first) text_ += "*";
      atom(*a, depth);
      is_first = false;
    }
  }

  void atom(const Atom& atom, int depth) {
    if (atom.kind == AtomKind::symbol) {
      text_ += atom.name;
      return;
    }
    text_ += function_name(atom.kind);
    text_ += "(";
    sum(atom.a, depth + 1);
    text_ += ", ";
    sum(atom.b, depth + 1);
    text_ += ")";
  }

  std::string text_;
};

}  // namespace

std::string to_string(Dim dim) { return Writer().write(dim); }

namespace {

class DimParser {
 public:
  DimParser(DimContext& context, std::string_view text) : context_(context), text_(text) {}

  Dim parse() {
    Dim d = sum(0);
    skip_space();
    if (at_ != text_.size()) fail("the end");
    return d;
  }

 private:
  static constexpr int kMaxDepth = 32;

  Dim sum(int depth) {
    if (depth > kMaxDepth) fail("less nesting");
    Dim d = product(depth, take('-'));
    for (;;) {
      if (take('+'))
        d = d + product(depth, false);
      else if (take('-'))
        d = d + product(depth, true);
      else
        return d;
    }
  }
  Dim product(int depth, bool negative) {
    Dim d = negative ? negative_factor(depth) : factor(depth);
    while (take('*')) d = d * factor(depth);
    return d;
  }
  // Behind '-'. The lowest integer has no positive counterpart.
  Dim negative_factor(int depth) {
    const std::size_t sign = at_ - 1;
    return is_digit() ? integer(sign) : Dim(0) - factor(depth);
  }
  bool is_digit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }
  Dim integer(std::size_t begin) {
    std::int64_t v = 0;
    auto [end, error] = std::from_chars(text_.data() + begin, text_.data() + text_.size(), v);
    if (error != std::errc()) fail("an integer of 64 bits");
    at_ = static_cast<std::size_t>(end - text_.data());
    return v;
  }
  Dim factor(int depth) {
    skip_space();
    if (take('(')) {
      Dim d = sum(depth + 1);
      expect(')');
      return d;
    }
    if (is_digit()) return integer(at_);
    const std::string_view name = identifier();
    if (name.empty()) fail("a size");
    if (!take('(')) return context_.symbol(name);
    Dim a = sum(depth + 1);
    expect(',');
    Dim b = sum(depth + 1);
    expect(')');
    return apply(name, a, b);
  }
  Dim apply(std::string_view name, Dim a, Dim b) {
    if (name == "floordiv") return floordiv(a, b);
    if (name == "ceildiv") return ceildiv(a, b);
    if (name == "min") return min(a, b);
    if (name == "max") return max(a, b);
    if (name == "bcast") {
      if (auto d = broadcast(a, b)) return *d;
      fail("sizes that broadcast");
    }
    fail("floordiv, ceildiv, min, max or bcast");
  }
  std::string_view identifier() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) ||
                                  text_[at_] == '_' || text_[at_] == '.' || text_[at_] == '$'))
      ++at_;
    return text_.substr(begin, at_ - begin);
  }
  void skip_space() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail(fmt::format("'{}'", c));
  }
  [[noreturn]] void fail(const std::string& expected) {
    throw MalformedInput(
        fmt::format("size '{}', column {}: expected {}", text_, at_ + 1, expected));
  }

  DimContext& context_;
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Dim DimContext::parse(std::string_view text) { return DimParser(*this, text).parse(); }

}  // namespace litecast::ir
