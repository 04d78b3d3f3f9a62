// Sizes of axes. A Dim is a constant or an interned integer expression: a polynomial with integer
// coefficients over atoms. An atom is a symbol (a free size, zero or more), a size that only data
// decide (`result`), or floordiv, ceildiv, min, max, bcast of two Dims. Equal expressions of one
// DimContext are one object, so equality is a pointer comparison.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace litecast::ir {

class DimContext;
struct DimExpr;

class Dim {
 public:
  Dim(std::int64_t value = 0) : value_(value) {}  // NOLINT: a size is written as a number

  bool is_constant() const { return expr_ == nullptr; }
  // Only of a constant.
  std::int64_t value() const { return value_; }
  std::optional<std::int64_t> constant() const {
    return is_constant() ? std::optional(value_) : std::nullopt;
  }
  // Null for a constant.
  const DimExpr* expr() const { return expr_; }

  friend bool operator==(const Dim&, const Dim&) = default;
  std::size_t hash() const {
    return expr_ ? std::hash<const void*>()(expr_) : std::hash<std::int64_t>()(value_);
  }

 private:
  friend class DimContext;
  struct Interned {};
  Dim(Interned, const DimExpr* expr) : expr_(expr) {}
  std::int64_t value_ = 0;
  const DimExpr* expr_ = nullptr;
};

// Arithmetic folds constants and keeps polynomials canonical. A constant that overflows 64 bits
// throws MalformedInput: no real model has such a size.
Dim operator+(Dim a, Dim b);
Dim operator-(Dim a, Dim b);
Dim operator*(Dim a, Dim b);
// Division towards minus infinity and towards plus infinity; the divisor must not be zero.
Dim floordiv(Dim a, Dim b);
Dim ceildiv(Dim a, Dim b);
Dim floormod(Dim a, Dim b);
Dim min(Dim a, Dim b);
Dim max(Dim a, Dim b);
// The size that broadcasting two axes gives: 1⊔d = d, d⊔d = d, n⊔s = n for a constant n ≠ 1 (s is
// then n or 1), otherwise bcast(a, b). Two different constants, neither 1, give nothing.
std::optional<Dim> broadcast(Dim a, Dim b);
// a / b where b divides a as a polynomial.
std::optional<Dim> exact_div(Dim a, Dim b);

std::string to_string(Dim dim);

// Makes the expressions and owns them; a Dim must not outlive its context. Not thread-safe.
class DimContext {
 public:
  DimContext();
  ~DimContext();
  DimContext(const DimContext&) = delete;
  DimContext& operator=(const DimContext&) = delete;

  // The symbol of that name, made when it is new.
  Dim symbol(std::string_view name);
  // A symbol with a name that no other has: `hint`, or `hint` with a number.
  Dim fresh(std::string_view hint);
  // Parses what to_string prints: symbols, integers, + - * ( ) and the named functions. Throws
  // MalformedInput.
  Dim parse(std::string_view text);

  // The value when `symbol_value` gives each symbol its value.
  static std::int64_t evaluate(Dim dim,
                               const std::function<std::int64_t(std::string_view)>& symbol_value);
  // Visits the symbols in `dim`, those within atoms included; may repeat one.
  static void visit_symbols(Dim dim, const std::function<void(std::string_view)>& visit);

  struct Impl;
  Impl& impl() { return *impl_; }
  static Dim make(const DimExpr* expr) { return Dim(Dim::Interned{}, expr); }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace litecast::ir
