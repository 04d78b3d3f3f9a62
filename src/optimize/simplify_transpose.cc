// Permutations that meet, or do nothing:
//
//   TRANSPOSE(x, identity)                  ─▶  x
//   TRANSPOSE(TRANSPOSE(x, p), q)           ─▶  TRANSPOSE(x, p∘q)
//   TRANSPOSE that moves only axes of size 1 ─▶  RESHAPE
#include "emit/shape.h"
#include "optimize/permutation.h"
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

// Whether the axes that have extent stay in order.
bool keeps_order(const Permutation& p, const ir::Shape& shape) {
  int last = -1;
  for (int axis : p) {
    if (shape[axis] == Dim(1)) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

Value* simplify_transpose(Node& node, Builder& builder) {
  Value* x = node.operand(0);
  auto p = permutation_of(node);
  if (!p || !x->shape().is_ranked()) return nullptr;
  const Node* inner = producer(x, Op::TRANSPOSE);
  const auto first = inner ? permutation_of(*inner) : std::nullopt;
  if (first) {
    p = composed(*first, *p);
    x = inner->operand(0);
  }
  if (is_identity(*p)) return x;
  if (keeps_order(*p, x->shape())) {
    emit::Emitter e(builder);
    try {
      return emit::reshape(e, x, node.result()->shape());
    } catch (const emit::Unsupported&) {
      return nullptr;
    }
  }
  return first ? transposed(builder, x, *p) : nullptr;
}

}  // namespace

const Rewrite kSimplifyTranspose = {"simplify_transpose", {Op::TRANSPOSE}, simplify_transpose};

}  // namespace litecast::optimize
