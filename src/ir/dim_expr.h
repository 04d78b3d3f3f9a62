// The inside of a Dim: what code that takes an expression apart needs (evaluation at run time,
// printing). Others use dim.h alone.
#pragma once

#include <string>
#include <vector>

#include "ir/dim.h"

namespace litecast::ir {

enum class AtomKind { symbol, floordiv, ceildiv, min, max, bcast };

struct Atom {
  AtomKind kind;
  int id;            // order of creation
  std::string name;  // of a symbol
  Dim a, b;          // operands of the others
  bool is_non_negative;
  std::size_t count;  // of atoms within it, itself included
};

// coefficient × product of atoms; atoms sorted, powers as repetitions.
struct Term {
  std::int64_t coefficient;
  std::vector<const Atom*> atoms;
  friend bool operator==(const Term&, const Term&) = default;
};

// Never a plain constant, never empty. Terms sorted: more atoms first, then by atoms; the
// constant term stands last.
struct DimExpr {
  DimContext* context;
  std::vector<Term> terms;
  // Where that is known; decided once, since parts that expressions share make them grow without
  // bound when they are taken apart.
  bool is_non_negative;
};

}  // namespace litecast::ir
