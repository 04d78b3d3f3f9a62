// What shape rules of several families say.
#pragma once

#include "sources/tensorflow/result_shapes.h"

namespace litecast::tensorflow::shapes {

template <std::size_t operand>
ResultShapes like(const ForeignNode& n) {
  return {n.shape(operand)};
}

// The sizes that an operand lists.
template <std::size_t operand>
ResultShapes as_asked(const ForeignNode& n) {
  return {n.shape_in(operand)};
}

// A size of a tensor that should have that rank.
inline ir::Dim size_at(const ForeignNode& n, std::size_t operand, int axis, int rank) {
  const ir::Shape shape = n.shape(operand);
  return shape.is_ranked() && shape.rank() == rank ? shape[axis] : n.unknown();
}

}  // namespace litecast::tensorflow::shapes
