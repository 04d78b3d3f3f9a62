// FULLY_CONNECTED sees its input as rows of the filter's width, whatever the rank:
//
//   FULLY_CONNECTED(RESHAPE(x, [n, k]))            ─▶  FULLY_CONNECTED(x)
//   RESHAPE(FULLY_CONNECTED(x), [x's sizes…, o])   ─▶  FULLY_CONNECTED(x) {keep_num_dims}
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

Value* drop_before(Node& node, Builder& builder) {
  const auto& options = node.options_as<tflite::FullyConnectedOptionsT>();
  const Node* reshape = only_producer(node.operand(0), Op::RESHAPE);
  if (!reshape || options.keep_num_dims || node.operand(0)->shape().rank() != 2) return nullptr;
  Value* x = reshape->operand(0);
  if (!x->shape().is_ranked() || x->shape().rank() < 2) return nullptr;
  std::vector<Value*> operands(node.operands().begin(), node.operands().end());
  operands[0] = x;
  Value* y = try_add(builder, node.op(), std::move(operands), node.options());
  return y && y->type() == node.result()->type() ? y : nullptr;
}

Value* keep_dims_after(Node& node, Builder& builder) {
  Node* dense = only_producer(node.operand(0), Op::FULLY_CONNECTED);
  if (!dense || !node.result()->shape().is_ranked()) return nullptr;
  auto options = dense->options_as<tflite::FullyConnectedOptionsT>();
  if (options.keep_num_dims) return nullptr;
  options.keep_num_dims = true;
  builder.set_provenance(dense->provenance_ref());
  Value* y = try_add(builder, dense->op(), {dense->operands().begin(), dense->operands().end()},
                     std::move(options));
  return y && y->type() == node.result()->type() ? y : nullptr;
}

}  // namespace

const Rewrite kDropReshapeBeforeDense = {
    "drop_reshape_before_dense", {Op::FULLY_CONNECTED}, drop_before};
const Rewrite kKeepDimsOfDense = {"keep_dims_of_dense", {Op::RESHAPE}, keep_dims_after};

}  // namespace litecast::optimize
