// Element types that convolutions and matrix products take together.
#pragma once

#include "ops/infer.h"

namespace litecast::ops {

// What the weights and the bias may be for one element type of the data.
struct WeightTypes {
  DType data;
  DTypeSet weights;
  DTypeSet bias;
};

// Data, weights and bias (may be absent) against the rows; the operands' own sets were checked.
std::optional<LimitViolation> check_weight_types(const OpView& node,
                                                 std::span<const WeightTypes> rows, int data,
                                                 int weights, int bias);
// The bias, where present, has one element for each output channel.
std::optional<LimitViolation> check_bias(const OpView& node, int bias, ir::Dim channels);

// The shape, or one of that rank of which nothing is known.
ir::Shape ranked_or_unknown(const ir::Shape& shape, int rank, ir::DimContext& dims);

// a × b × …, or the greatest number where that overflows.
std::int64_t saturating_product(std::initializer_list<std::int64_t> factors);
// Folding leaves more multiplications than this to the runtime.
inline constexpr std::int64_t kMostMacs = std::int64_t{1} << 26;

}  // namespace litecast::ops
