// Known contents of results of ops that only move elements, so that the shape arithmetic of a
// source graph is settled while it is read.
#pragma once

#include "ops/op_info.h"

namespace litecast::ops {

// Runs the op's fold kernel over the numbers of the elements of operands [first, last], whose
// contents must be known; the other operands must be constant integers.
std::optional<std::vector<ir::Dim>> moved_contents(const OpView& node, int result,
                                                   ir::DimContext& dims, int first, int last);

template <int first, int last = first>
std::optional<std::vector<ir::Dim>> moves_operand(const OpView& node, int result,
                                                  ir::DimContext& dims) {
  return moved_contents(node, result, dims, first, last);
}

// The elements of operand 0 in the same order, whatever the shape.
std::optional<std::vector<ir::Dim>> contents_of_operand(const OpView& node, int result,
                                                        ir::DimContext& dims);

}  // namespace litecast::ops
