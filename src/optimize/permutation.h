// Permutations of axes: result axis i is axis p[i] of the operand.
#pragma once

#include <optional>
#include <vector>

#include "optimize/rewrite.h"

namespace litecast::optimize {

using Permutation = std::vector<int>;

// Of a TRANSPOSE; nothing when it is not constant.
std::optional<Permutation> permutation_of(const Node& transpose);
Permutation inverse(const Permutation& p);
// First p, then q.
Permutation composed(const Permutation& p, const Permutation& q);
bool is_identity(const Permutation& p);

// TRANSPOSE(x, p); of a constant at once, and x itself where p does nothing. Null where the kernel
// would not take it.
Value* transposed(Builder& builder, Value* x, const Permutation& p);

}  // namespace litecast::optimize
