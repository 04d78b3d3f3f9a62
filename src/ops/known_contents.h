// Arithmetic on the known contents of small integer tensors: how shape computations are settled
// while a graph is being made.
#pragma once

#include "ops/infer.h"

namespace litecast::ops {

using Contents = std::optional<std::vector<ir::Dim>>;

// Nothing where the result is not known.
using UnaryDim = std::optional<ir::Dim> (*)(ir::Dim);
using BinaryDim = std::optional<ir::Dim> (*)(ir::Dim, ir::Dim);

// `f` on every element of operand 0.
Contents map_contents(const OpView& node, UnaryDim f);
// `f` on the elements of operands 0 and 1, broadcast.
Contents zip_contents(const OpView& node, BinaryDim f);

template <UnaryDim f>
Contents unary_contents(const OpView& node, int, ir::DimContext&) {
  return map_contents(node, f);
}
template <BinaryDim f>
Contents binary_contents(const OpView& node, int, ir::DimContext&) {
  return zip_contents(node, f);
}

// Nothing when an element is a constant that the dtype cannot hold: the kernel's arithmetic wraps
// there.
Contents contents_in_range(std::vector<ir::Dim> contents, DType dtype);

// The integer arithmetic of the kernels on one element.
std::optional<ir::Dim> dim_add(ir::Dim a, ir::Dim b);
std::optional<ir::Dim> dim_sub(ir::Dim a, ir::Dim b);
std::optional<ir::Dim> dim_mul(ir::Dim a, ir::Dim b);
// Towards minus infinity.
std::optional<ir::Dim> dim_floor_div(ir::Dim a, ir::Dim b);
std::optional<ir::Dim> dim_floor_mod(ir::Dim a, ir::Dim b);
// Towards zero: known where no operand can be negative.
std::optional<ir::Dim> dim_div(ir::Dim a, ir::Dim b);
std::optional<ir::Dim> dim_max(ir::Dim a, ir::Dim b);
std::optional<ir::Dim> dim_min(ir::Dim a, ir::Dim b);
std::optional<ir::Dim> dim_neg(ir::Dim a);
std::optional<ir::Dim> dim_abs(ir::Dim a);
std::optional<ir::Dim> dim_square_difference(ir::Dim a, ir::Dim b);

}  // namespace litecast::ops
