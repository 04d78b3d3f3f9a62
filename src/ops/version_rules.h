// Conditions that the version rules of many ops share.
#pragma once

#include "ops/infer.h"

namespace litecast::ops {

// Operand `index` is present and has one of the dtypes.
template <int index, DType... dtypes>
bool operand_is(const OpView& node) {
  return node.has(index) && DTypeSet{dtypes...}.contains(node.dtype(index));
}
template <DType... dtypes>
bool first_is(const OpView& node) {
  return operand_is<0, dtypes...>(node);
}
template <int index, DType... dtypes>
bool result_is(const OpView& node) {
  return index < static_cast<int>(node.results.size()) &&
         DTypeSet{dtypes...}.contains(node.results[index].dtype);
}
template <DType... dtypes>
bool first_and_result_are(const OpView& node) {
  return first_is<dtypes...>(node) && result_is<0, dtypes...>(node);
}
template <DType... dtypes>
bool first_or_result_is(const OpView& node) {
  return first_is<dtypes...>(node) || result_is<0, dtypes...>(node);
}
template <int index>
bool is_quantized(const OpView& node) {
  return node.has(index) && node.in(index)->type().quantization != nullptr;
}
// Operand `index` is known to have more axes than `rank`.
template <int index, int rank>
bool above_rank(const OpView& node) {
  return node.has(index) && node.shape(index).is_ranked() && node.shape(index).rank() > rank;
}
template <int rank>
bool broadcasts_above_rank(const OpView& node) {
  if (!needs_broadcast(node)) return false;
  for (int i = 0; i < static_cast<int>(node.operands.size()); ++i)
    if (node.shape(i).is_ranked() && node.shape(i).rank() > rank) return true;
  return false;
}

}  // namespace litecast::ops
