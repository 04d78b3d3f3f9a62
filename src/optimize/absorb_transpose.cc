// Permutations that a weight or a flag takes in:
//
//   x' = RESHAPE(TRANSPOSE(x, p), [n, k])              y = FULLY_CONNECTED(RESHAPE(x, [n, k]), w')
//   y = FULLY_CONNECTED(x', w)                  ─▶     where the columns of w' are permuted back
//
//   BATCH_MATMUL(TRANSPOSE(a, swap of the last two), b)  ─▶  BATCH_MATMUL(a, b) {adj_x flipped}
#include "emit/shape.h"
#include "optimize/permutation.h"
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

// [o, k] with k = the sizes of p's result, permuted back to the sizes of x.
ir::ConstantPtr permuted_columns(const ir::Constant& weights, const ir::StaticShape& sizes,
                                 const Permutation& back) {
  ir::StaticShape unfolded = {weights.shape()[0]};
  unfolded.insert(unfolded.end(), sizes.begin(), sizes.end());
  Permutation p = {0};
  for (int axis : back) p.push_back(axis + 1);
  const auto t = weights.reshaped(std::move(unfolded))->transposed(p);
  return t ? t->reshaped(weights.shape()) : nullptr;
}

Value* into_dense(Node& node, Builder& builder) {
  const Node* reshape = only_producer(node.operand(0), Op::RESHAPE);
  const Node* transpose = reshape ? only_producer(reshape->operand(0), Op::TRANSPOSE) : nullptr;
  const Value* weights = node.operand(1);
  if (!transpose || !weights->is_constant() || weights->uses().size() != 1) return nullptr;
  auto p = permutation_of(*transpose);
  const ir::Shape& from = transpose->result()->shape();
  // The rows stay rows: only the axes behind the first are folded into the columns.
  if (!p || p->front() != 0 || node.operand(0)->shape().rank() != 2 || !from.is_ranked() ||
      from[0] != node.operand(0)->shape()[0])
    return nullptr;
  ir::StaticShape sizes;
  for (int axis = 1; axis < from.rank(); ++axis) {
    if (!from[axis].is_constant()) return nullptr;
    sizes.push_back(from[axis].value());
  }
  Permutation tail;
  for (std::size_t i = 1; i < p->size(); ++i) tail.push_back((*p)[i] - 1);
  auto columns = permuted_columns(*weights->constant(), sizes, inverse(tail));
  if (!columns) return nullptr;
  std::vector<Value*> operands(node.operands().begin(), node.operands().end());
  operands[0] = try_add(builder, Op::RESHAPE, {transpose->operand(0), reshape->operand(1)},
                        reshape->options());
  operands[1] = builder.constant(std::move(columns));
  return operands[0] ? try_add(builder, node.op(), std::move(operands), node.options()) : nullptr;
}

// x where v is x with its last two axes swapped.
Value* swapped(const Value* v) {
  const Node* t = producer(v, Op::TRANSPOSE);
  const auto p = t ? permutation_of(*t) : std::nullopt;
  if (!p || p->size() < 2) return nullptr;
  Permutation swap(p->size());
  for (std::size_t i = 0; i < swap.size(); ++i) swap[i] = static_cast<int>(i);
  std::swap(swap[swap.size() - 1], swap[swap.size() - 2]);
  return *p == swap ? t->operand(0) : nullptr;
}

Value* into_batch_matmul(Node& node, Builder& builder) {
  auto options = node.options_as<tflite::BatchMatMulOptionsT>();
  Value* a = swapped(node.operand(0));
  Value* b = swapped(node.operand(1));
  if (!a && !b) return nullptr;
  options.adj_x ^= a != nullptr;
  options.adj_y ^= b != nullptr;
  return try_add(builder, node.op(), {a ? a : node.operand(0), b ? b : node.operand(1)},
                 std::move(options));
}

}  // namespace

const Rewrite kAbsorbTransposeInDense = {
    "absorb_transpose_in_dense", {Op::FULLY_CONNECTED}, into_dense};
const Rewrite kAbsorbTransposeInBatchMatmul = {
    "absorb_transpose_in_batch_matmul", {Op::BATCH_MATMUL}, into_batch_matmul};

}  // namespace litecast::optimize
