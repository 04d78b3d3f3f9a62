#include "ir/dim.h"

#include <litecast/error.h>

#include <algorithm>
#include <compare>
#include <deque>
#include <numeric>
#include <unordered_map>

#include "ir/dim_expr.h"

namespace litecast::ir {
namespace {

// An expression with more terms than this is replaced by a fresh symbol: equality is then lost, but
// no input can make the compiler's arithmetic explode.
constexpr std::size_t kMaxTerms = 24;
constexpr std::size_t kMaxDegree = 8;
// Likewise atoms within atoms: what takes an expression apart recurses, and a size that is computed
// from itself twice would double its text each time.
constexpr std::size_t kMaxAtoms = 256;

[[noreturn]] void overflow() { throw MalformedInput("a tensor size does not fit 64 bits"); }

std::int64_t checked_add(std::int64_t a, std::int64_t b) {
  std::int64_t r;
  if (__builtin_add_overflow(a, b, &r)) overflow();
  return r;
}
std::int64_t checked_mul(std::int64_t a, std::int64_t b) {
  std::int64_t r;
  if (__builtin_mul_overflow(a, b, &r)) overflow();
  return r;
}
// b = -1 apart: the lowest number divided by it traps.
bool divides(std::int64_t b, std::int64_t a) { return b == -1 || a % b == 0; }
std::int64_t floordiv64(std::int64_t a, std::int64_t b) {
  if (b == -1) return checked_mul(a, -1);
  std::int64_t q = a / b;
  return (a % b != 0 && ((a < 0) != (b < 0))) ? q - 1 : q;
}

std::vector<Term> terms_of(Dim d) {
  if (!d.is_constant()) return d.expr()->terms;
  if (d.value() == 0) return {};
  return {Term{d.value(), {}}};
}

// An order that does not depend on what was made first, so that an expression reads back as it was
// printed.
std::strong_ordering compare(Dim a, Dim b);

std::strong_ordering compare(const Atom& a, const Atom& b) {
  if (&a == &b) return std::strong_ordering::equal;
  if (a.kind != b.kind) return a.kind <=> b.kind;
  if (a.kind == AtomKind::symbol) return a.name.compare(b.name) <=> 0;
  const auto by_first = compare(a.a, b.a);
  return std::is_neq(by_first) ? by_first : compare(a.b, b.b);
}

// Higher degree first, then by atoms: the constant term comes last.
std::strong_ordering compare_atoms(const Term& a, const Term& b) {
  if (a.atoms.size() != b.atoms.size()) return b.atoms.size() <=> a.atoms.size();
  for (std::size_t i = 0; i < a.atoms.size(); ++i)
    if (const auto order = compare(*a.atoms[i], *b.atoms[i]); std::is_neq(order)) return order;
  return std::strong_ordering::equal;
}

std::strong_ordering compare(Dim a, Dim b) {
  if (a == b) return std::strong_ordering::equal;
  const std::vector<Term> x = terms_of(a), y = terms_of(b);
  if (x.size() != y.size()) return x.size() <=> y.size();
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (const auto order = compare_atoms(x[i], y[i]); std::is_neq(order)) return order;
    if (x[i].coefficient != y[i].coefficient) return x[i].coefficient <=> y[i].coefficient;
  }
  return std::strong_ordering::equal;
}

bool term_before(const Term& a, const Term& b) { return std::is_lt(compare_atoms(a, b)); }

std::size_t atom_count(Dim d) {
  if (d.is_constant()) return 0;
  std::size_t count = 0;
  for (const Term& t : d.expr()->terms)
    for (const Atom* a : t.atoms) count += a->count;
  return count;
}

void canonicalize(std::vector<Term>& terms) {
  std::sort(terms.begin(), terms.end(), term_before);
  std::vector<Term> merged;
  for (Term& t : terms) {
    if (!merged.empty() && merged.back().atoms == t.atoms)
      merged.back().coefficient = checked_add(merged.back().coefficient, t.coefficient);
    else
      merged.push_back(std::move(t));
    if (merged.back().coefficient == 0) merged.pop_back();
  }
  terms = std::move(merged);
}

std::vector<Term> sum(Dim a, Dim b, std::int64_t sign) {
  std::vector<Term> terms = terms_of(a);
  for (Term t : terms_of(b)) {
    t.coefficient = checked_mul(t.coefficient, sign);
    terms.push_back(std::move(t));
  }
  canonicalize(terms);
  return terms;
}

Term multiply(const Term& a, const Term& b) {
  Term t{checked_mul(a.coefficient, b.coefficient), a.atoms};
  t.atoms.insert(t.atoms.end(), b.atoms.begin(), b.atoms.end());
  std::sort(t.atoms.begin(), t.atoms.end(),
            [](const Atom* x, const Atom* y) { return std::is_lt(compare(*x, *y)); });
  return t;
}

std::size_t hash_terms(const std::vector<Term>& terms) {
  std::size_t h = terms.size();
  for (const Term& t : terms) {
    h = h * 1099511628211u + static_cast<std::size_t>(t.coefficient);
    for (const Atom* a : t.atoms) h = h * 1099511628211u + static_cast<std::size_t>(a->id) + 7;
  }
  return h;
}

bool is_non_negative(Dim d) { return d.is_constant() ? d.value() >= 0 : d.expr()->is_non_negative; }

bool is_non_negative(AtomKind kind, Dim a, Dim b) {
  if (kind == AtomKind::max) return is_non_negative(a) || is_non_negative(b);
  return is_non_negative(a) && is_non_negative(b);
}

bool is_non_negative(const std::vector<Term>& terms) {
  return std::ranges::all_of(terms, [](const Term& t) {
    return t.coefficient >= 0 && std::ranges::all_of(t.atoms, &Atom::is_non_negative);
  });
}

}  // namespace

struct DimContext::Impl {
  std::deque<Atom> atoms;
  std::deque<DimExpr> exprs;
  std::unordered_multimap<std::size_t, const DimExpr*> interned;
  std::unordered_map<std::string, const Atom*> symbols;
  std::unordered_map<std::string, int> numbers;  // of fresh symbols, the last by hint
  std::unordered_multimap<std::size_t, const Atom*> composed;

  Dim intern(DimContext* context, std::vector<Term> terms) {
    if (terms.empty()) return 0;
    if (terms.size() == 1 && terms[0].atoms.empty()) return terms[0].coefficient;
    if (terms.size() > kMaxTerms || terms.front().atoms.size() > kMaxDegree)
      return context->fresh("d");
    const std::size_t h = hash_terms(terms);
    auto [first, last] = interned.equal_range(h);
    for (; first != last; ++first)
      if (first->second->terms == terms) return DimContext::make(first->second);
    const bool non_negative = is_non_negative(terms);
    exprs.push_back({context, std::move(terms), non_negative});
    interned.emplace(h, &exprs.back());
    return DimContext::make(&exprs.back());
  }

  Dim atom(DimContext* context, AtomKind kind, Dim a, Dim b) {
    const std::size_t h = a.hash() * 31 + b.hash() * 17 + static_cast<std::size_t>(kind);
    auto [first, last] = composed.equal_range(h);
    for (; first != last; ++first) {
      const Atom& c = *first->second;
      if (c.kind == kind && c.a == a && c.b == b) return intern(context, {Term{1, {&c}}});
    }
    const std::size_t count = 1 + atom_count(a) + atom_count(b);
    if (count > kMaxAtoms) return context->fresh("d");
    const bool non_negative = is_non_negative(kind, a, b);
    atoms.push_back({kind, static_cast<int>(atoms.size()), {}, a, b, non_negative, count});
    composed.emplace(h, &atoms.back());
    return intern(context, {Term{1, {&atoms.back()}}});
  }
};

namespace {

DimContext& context_of(Dim a, Dim b) {
  return a.is_constant() ? *b.expr()->context : *a.expr()->context;
}
Dim intern(Dim a, Dim b, std::vector<Term> terms) {
  DimContext& c = context_of(a, b);
  return c.impl().intern(&c, std::move(terms));
}
Dim atom(AtomKind kind, Dim a, Dim b) {
  DimContext& c = context_of(a, b);
  return c.impl().atom(&c, kind, a, b);
}

// Splits `a` into the part whose coefficients `divisor` divides (already divided) and the rest.
std::pair<Dim, Dim> split_divisible(Dim a, std::int64_t divisor) {
  std::vector<Term> quotient, rest;
  for (Term t : terms_of(a)) {
    const std::int64_t q = floordiv64(t.coefficient, divisor);
    // The constant term is reduced too: floordiv(4b + 9, 4) = b + 2 + floordiv(1, 4).
    const bool divisible = divides(divisor, t.coefficient);
    if (!divisible && !t.atoms.empty()) {
      rest.push_back(std::move(t));
      continue;
    }
    const std::int64_t remainder = t.coefficient - q * divisor;
    if (q != 0) quotient.push_back({q, t.atoms});
    if (remainder != 0) rest.push_back({remainder, t.atoms});
  }
  return {intern(a, a, std::move(quotient)), intern(a, a, std::move(rest))};
}

}  // namespace

Dim operator+(Dim a, Dim b) {
  if (a.is_constant() && b.is_constant()) return checked_add(a.value(), b.value());
  return intern(a, b, sum(a, b, 1));
}
Dim operator-(Dim a, Dim b) {
  if (a.is_constant() && b.is_constant()) {
    std::int64_t r;
    if (__builtin_sub_overflow(a.value(), b.value(), &r)) overflow();
    return r;
  }
  return intern(a, b, sum(a, b, -1));
}
Dim operator*(Dim a, Dim b) {
  if (a.is_constant() && b.is_constant()) return checked_mul(a.value(), b.value());
  std::vector<Term> terms;
  for (const Term& x : terms_of(a))
    for (const Term& y : terms_of(b)) terms.push_back(multiply(x, y));
  canonicalize(terms);
  return intern(a, b, std::move(terms));
}

std::optional<Dim> exact_div(Dim a, Dim b) {
  if (b == Dim(0)) return std::nullopt;
  if (a == Dim(0)) return Dim(0);
  if (a == b) return Dim(1);
  const std::vector<Term> divisor = terms_of(b);
  std::vector<Term> rest = terms_of(a), quotient;
  // Polynomial long division by the leading term; each step removes the leading term of `rest`.
  while (!rest.empty()) {
    if (quotient.size() > kMaxTerms) return std::nullopt;
    const Term lead = rest.front();
    const Term& by = divisor.front();
    if (!divides(by.coefficient, lead.coefficient)) return std::nullopt;
    Term q{floordiv64(lead.coefficient, by.coefficient), lead.atoms};
    for (const Atom* atom : by.atoms) {
      auto at = std::find(q.atoms.begin(), q.atoms.end(), atom);
      if (at == q.atoms.end()) return std::nullopt;
      q.atoms.erase(at);
    }
    for (const Term& d : divisor) {
      Term t = multiply(q, d);
      t.coefficient = checked_mul(t.coefficient, -1);
      rest.push_back(std::move(t));
    }
    canonicalize(rest);
    if (!rest.empty() && !term_before(lead, rest.front())) return std::nullopt;
    quotient.push_back(std::move(q));
  }
  canonicalize(quotient);
  if (a.is_constant() && b.is_constant()) return quotient[0].coefficient;
  return intern(a, b, std::move(quotient));
}

Dim floordiv(Dim a, Dim b) {
  if (b == Dim(0)) throw MalformedInput("a tensor size is divided by zero");
  if (a.is_constant() && b.is_constant()) return floordiv64(a.value(), b.value());
  if (auto exact = exact_div(a, b)) return *exact;
  if (b.is_constant() && b.value() > 0) {
    auto [quotient, rest] = split_divisible(a, b.value());
    if (rest.is_constant()) return quotient;  // 0 <= rest < b
    if (quotient != Dim(0)) return quotient + floordiv(rest, b);
  }
  return atom(AtomKind::floordiv, a, b);
}
Dim ceildiv(Dim a, Dim b) {
  if (b == Dim(0)) throw MalformedInput("a tensor size is divided by zero");
  if (a.is_constant() && b.is_constant())
    return checked_mul(-1, floordiv64(checked_mul(-1, a.value()), b.value()));
  if (auto exact = exact_div(a, b)) return *exact;
  if (b.is_constant() && b.value() > 0) {
    auto [quotient, rest] = split_divisible(a, b.value());
    if (rest.is_constant()) return quotient + 1;  // 0 < rest < b
    if (quotient != Dim(0)) return quotient + ceildiv(rest, b);
  }
  return atom(AtomKind::ceildiv, a, b);
}
Dim floormod(Dim a, Dim b) { return a - floordiv(a, b) * b; }

namespace {

// Whether `d` is `kind` of `part` and something else.
bool is_made_of(Dim d, AtomKind kind, Dim part) {
  if (d.is_constant() || d.expr()->terms.size() != 1) return false;
  const Term& term = d.expr()->terms[0];
  if (term.coefficient != 1 || term.atoms.size() != 1) return false;
  const Atom& only = *term.atoms[0];
  return only.kind == kind && (only.a == part || only.b == part);
}

}  // namespace

Dim min(Dim a, Dim b) {
  if (a == b) return a;
  if (Dim d = a - b; d.is_constant()) return d.value() < 0 ? a : b;
  // As TensorFlow writes the number of rounds: min(n, max(1, n)).
  if (is_made_of(b, AtomKind::max, a)) return a;
  if (is_made_of(a, AtomKind::max, b)) return b;
  if (a.is_constant()) std::swap(a, b);
  return atom(AtomKind::min, a, b);
}
Dim max(Dim a, Dim b) {
  if (a == b) return a;
  if (Dim d = a - b; d.is_constant()) return d.value() < 0 ? b : a;
  if (is_made_of(b, AtomKind::min, a)) return a;
  if (is_made_of(a, AtomKind::min, b)) return b;
  if (a.is_constant()) std::swap(a, b);
  return atom(AtomKind::max, a, b);
}
std::optional<Dim> broadcast(Dim a, Dim b) {
  if (a == b || b == Dim(1)) return a;
  if (a == Dim(1)) return b;
  if (a.is_constant() && b.is_constant()) return std::nullopt;
  if (a.is_constant()) return a;
  if (b.is_constant()) return b;
  return atom(AtomKind::bcast, a, b);
}

DimContext::DimContext() : impl_(std::make_unique<Impl>()) {}
DimContext::~DimContext() = default;

Dim DimContext::symbol(std::string_view name) {
  auto [at, is_new] = impl_->symbols.try_emplace(std::string(name), nullptr);
  if (is_new) {
    impl_->atoms.push_back({AtomKind::symbol, static_cast<int>(impl_->atoms.size()),
                            std::string(name), 0, 0, true, 1});
    at->second = &impl_->atoms.back();
  }
  return impl_->intern(this, {Term{1, {at->second}}});
}

Dim DimContext::fresh(std::string_view hint) {
  std::string name(hint);
  if (impl_->symbols.contains(name)) {
    int& number = impl_->numbers[name];
    do name = fmt::format("{}_{}", hint, ++number);
    while (impl_->symbols.contains(name));
  }
  return symbol(name);
}

namespace {

std::int64_t evaluate_atom(const Atom& a,
                           const std::function<std::int64_t(std::string_view)>& symbol_value) {
  if (a.kind == AtomKind::symbol) return symbol_value(a.name);
  const Dim x = DimContext::evaluate(a.a, symbol_value),
            y = DimContext::evaluate(a.b, symbol_value);
  switch (a.kind) {
    case AtomKind::floordiv:
      return floordiv(x, y).value();
    case AtomKind::ceildiv:
      return ceildiv(x, y).value();
    case AtomKind::min:
      return min(x, y).value();
    case AtomKind::max:
      return max(x, y).value();
    default:
      return x == Dim(1) ? y.value() : x.value();
  }
}

}  // namespace

std::int64_t DimContext::evaluate(
    Dim dim, const std::function<std::int64_t(std::string_view)>& symbol_value) {
  if (dim.is_constant()) return dim.value();
  std::int64_t total = 0;
  for (const Term& t : dim.expr()->terms) {
    std::int64_t product = t.coefficient;
    for (const Atom* a : t.atoms) product = checked_mul(product, evaluate_atom(*a, symbol_value));
    total = checked_add(total, product);
  }
  return total;
}

void DimContext::visit_symbols(Dim dim, const std::function<void(std::string_view)>& visit) {
  if (dim.is_constant()) return;
  for (const Term& t : dim.expr()->terms)
    for (const Atom* a : t.atoms) {
      if (a->kind == AtomKind::symbol) {
        visit(a->name);
      } else {
        visit_symbols(a->a, visit);
        visit_symbols(a->b, visit);
      }
    }
}

}  // namespace litecast::ir
