// Ops that only give the same elements another shape:
//
//   RESHAPE(x) with x's own shape          ─▶  x
//   RESHAPE(RESHAPE(x), s)                 ─▶  RESHAPE(x, s)      also for SQUEEZE and EXPAND_DIMS
//   SQUEEZE(x), EXPAND_DIMS(x)             ─▶  stay, unless they meet another one: the kernel costs
//                                              the same and they need no shape operand
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

bool only_reshapes(const Node* node) {
  return node &&
         (node->op() == Op::RESHAPE || node->op() == Op::SQUEEZE || node->op() == Op::EXPAND_DIMS);
}

// The constant shape operand that gives `shape`; null when more than one size is free.
Value* shape_operand(Builder& builder, const ir::Shape& shape) {
  std::vector<std::int64_t> sizes;
  for (Dim d : shape.dims()) sizes.push_back(d.is_constant() ? d.value() : -1);
  if (std::count(sizes.begin(), sizes.end(), -1) > 1) return nullptr;
  // A -1 cannot be solved when the other sizes multiply to zero.
  const bool has_zero = std::find(sizes.begin(), sizes.end(), 0) != sizes.end();
  if (has_zero && !shape.is_static()) return nullptr;
  return builder.constant_i32(sizes);
}

Value* simplify_reshape(Node& node, Builder& builder) {
  Value* x = node.operand(0);
  const ir::Type& type = node.result()->type();
  if (x->type() == type && type.shape.is_ranked()) return x;
  const Node* inner = x->producer();
  if (!only_reshapes(inner)) return nullptr;
  Value* source = inner->operand(0);
  if (source->type() == type && type.shape.is_ranked()) return source;
  Value* shape = nullptr;
  if (node.op() == Op::RESHAPE && node.operand(1) && node.operand(1)->is_constant())
    shape = node.operand(1);
  else if (type.shape.is_ranked())
    shape = shape_operand(builder, type.shape);
  if (!shape) return nullptr;
  Value* merged = try_add(builder, Op::RESHAPE, {source, shape},
                          node.op() == Op::RESHAPE ? node.options() : ir::Options());
  return merged && merged->type() == type ? merged : nullptr;
}

}  // namespace

const Rewrite kSimplifyReshape = {
    "simplify_reshape", {Op::RESHAPE, Op::SQUEEZE, Op::EXPAND_DIMS}, simplify_reshape};

}  // namespace litecast::optimize
