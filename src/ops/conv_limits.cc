#include "ops/conv_limits.h"

#include <fmt/format.h>

namespace litecast::ops {

using Kind = LimitViolation::Kind;

std::optional<LimitViolation> check_weight_types(const OpView& node,
                                                 std::span<const WeightTypes> rows, int data,
                                                 int weights, int bias) {
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const WeightTypes& r) { return r.data == node.dtype(data); });
  if (row == rows.end()) return std::nullopt;
  const auto check = [&](int operand, const char* what,
                         DTypeSet dtypes) -> std::optional<LimitViolation> {
    if (!node.has(operand) || dtypes.contains(node.dtype(operand))) return std::nullopt;
    return LimitViolation{Kind::dtype, operand,
                          fmt::format("{} over {} takes {} of type {}, not {}", ir::name(node.op),
                                      ir::short_name(row->data), what, dtypes.to_string(),
                                      ir::short_name(node.dtype(operand)))};
  };
  if (auto bad = check(weights, "weights", row->weights)) return bad;
  return check(bias, "a bias", row->bias);
}

std::optional<LimitViolation> check_bias(const OpView& node, int bias, ir::Dim channels) {
  if (!node.has(bias) || !node.shape(bias).is_ranked()) return std::nullopt;
  const ir::Dim size = node.shape(bias).elements();
  if (size == channels || !size.is_constant() || !channels.is_constant()) return std::nullopt;
  return LimitViolation{Kind::shape, bias,
                        fmt::format("{} with {} output channels takes as many biases, not {}",
                                    ir::name(node.op), to_string(channels), to_string(size))};
}

ir::Shape ranked_or_unknown(const ir::Shape& shape, int rank, ir::DimContext& dims) {
  return shape.is_ranked() ? shape : unknown_shape(dims, rank);
}

std::int64_t saturating_product(std::initializer_list<std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors)
    if (__builtin_mul_overflow(product, factor, &product)) return INT64_MAX;
  return product;
}

}  // namespace litecast::ops
