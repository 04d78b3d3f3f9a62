// Permutations that meet, or do nothing:
//
//   TRANSPOSE(x, identity)                  ─▶  x
//   TRANSPOSE(TRANSPOSE(x, p), q)           ─▶  TRANSPOSE(x, p∘q)
//   TRANSPOSE that moves only axes of size 1 ─▶  RESHAPE
#include "emit/shape.h"
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

std::optional<std::vector<int>> permutation_of(const Node* node) {
  const Value* p = node->operand(1);
  if (!p->is_constant()) return std::nullopt;
  const auto axes = ir::integer_values(*p->constant());
  return std::vector<int>(axes.begin(), axes.end());
}

bool is_identity(const std::vector<int>& p) {
  for (std::size_t i = 0; i < p.size(); ++i)
    if (p[i] != static_cast<int>(i)) return false;
  return true;
}

// Whether the axes that have extent stay in order.
bool keeps_order(const std::vector<int>& p, const ir::Shape& shape) {
  int last = -1;
  for (int axis : p) {
    if (shape[axis] == Dim(1)) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

Value* apply(Node& node, Builder& builder) {
  Value* x = node.operand(0);
  auto p = permutation_of(&node);
  if (!p || !x->shape().is_ranked()) return nullptr;
  const Node* inner = producer(x, Op::TRANSPOSE);
  const auto q = inner ? permutation_of(inner) : std::nullopt;
  if (q) {
    for (int& axis : *p) axis = (*q)[static_cast<std::size_t>(axis)];
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
  if (!q) return nullptr;
  return try_add(builder, Op::TRANSPOSE,
                 {x, builder.constant_i32(std::vector<std::int64_t>(p->begin(), p->end()))});
}

}  // namespace

const Rewrite kSimplifyTranspose = {"simplify_transpose", {Op::TRANSPOSE}, apply};

}  // namespace litecast::optimize
