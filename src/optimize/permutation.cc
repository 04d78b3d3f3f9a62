#include "optimize/permutation.h"

namespace litecast::optimize {

std::optional<Permutation> permutation_of(const Node& transpose) {
  const Value* p = transpose.operand(1);
  if (!p || !p->is_constant()) return std::nullopt;
  const auto axes = ir::integer_values(*p->constant());
  return Permutation(axes.begin(), axes.end());
}

Permutation inverse(const Permutation& p) {
  Permutation out(p.size());
  for (std::size_t i = 0; i < p.size(); ++i)
    out[static_cast<std::size_t>(p[i])] = static_cast<int>(i);
  return out;
}

Permutation composed(const Permutation& p, const Permutation& q) {
  Permutation out;
  for (int axis : q) out.push_back(p[static_cast<std::size_t>(axis)]);
  return out;
}

bool is_identity(const Permutation& p) {
  for (std::size_t i = 0; i < p.size(); ++i)
    if (p[i] != static_cast<int>(i)) return false;
  return true;
}

Value* transposed(Builder& builder, Value* x, const Permutation& p) {
  if (is_identity(p)) return x;
  return try_add(builder, Op::TRANSPOSE,
                 {x, builder.constant_i32(std::vector<std::int64_t>(p.begin(), p.end()))});
}

}  // namespace litecast::optimize
