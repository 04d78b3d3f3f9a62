// Linear systems of small matrices whose size is known, elimination step by elimination step. All
// take batches of f32 matrices: […, n, n].
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// More steps would make a graph of thousands of ops.
inline constexpr std::int64_t kMaxMatrixSize = 32;

// The lower triangular L with A = L·Lᵀ; reads the lower triangle of A.
Value* cholesky(Emitter& e, Value* a);

// x with A·x = b, where only the lower (or upper) triangle of A counts. Batches broadcast.
Value* triangular_solve(Emitter& e, Value* a, Value* b, bool lower);

// What Gauss' elimination with pivots makes of [A | b].
struct Elimination {
  Value* solution;     // A⁻¹·b; null where b is
  Value* pivots;       // […, n], whose product is the determinant but for the sign
  Value* permutation;  // […, n]: the row of each pivot, as i32
};
Elimination eliminate(Emitter& e, Value* a, Value* b);
// ±1 for even and odd permutations[…, n].
Value* permutation_sign(Emitter& e, Value* permutation);

// Unit matrices for a batch of matrices like `a`.
Value* identity_like(Emitter& e, const Value* a);

}  // namespace litecast::emit
