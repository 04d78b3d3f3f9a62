// Tensors that are stacked and then run together along the axis that follows are joined:
//
//   RESHAPE(PACK(x, y; axis = k))  ─▶  CONCATENATION(x, y; axis = k)
//
// where the reshape makes one of axes k and k + 1, as rotations of halves of a vector have it.
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

Value* join_packed(Node& node, Builder& builder) {
  const Node* pack = only_producer(node.operand(0), Op::PACK);
  const ir::Shape& shape = node.result()->shape();
  if (!pack || !shape.is_ranked()) return nullptr;
  const ir::Shape& part = pack->operand(0)->shape();
  if (!part.is_ranked()) return nullptr;
  const int axis = pack->options_as<tflite::PackOptionsT>().axis;
  const int joined = axis < 0 ? axis + part.rank() + 1 : axis;
  if (joined >= part.rank()) return nullptr;
  std::vector<Dim> dims = part.dims();
  Dim& length = dims[static_cast<std::size_t>(joined)];
  length = length * Dim(static_cast<std::int64_t>(pack->operands().size()));
  if (shape != ir::Shape(dims)) return nullptr;
  return try_add(builder, Op::CONCATENATION, {pack->operands().begin(), pack->operands().end()},
                 tflite::ConcatenationOptionsT{.axis = joined});
}

}  // namespace

const Rewrite kJoinPacked = {"join_packed", {Op::RESHAPE}, join_packed};

}  // namespace litecast::optimize
