#include "ops/infer.h"

#include <fmt/format.h>

#include <set>

#include "ir/dim_expr.h"

namespace litecast::ops {

using Kind = LimitViolation::Kind;

Results one_result(DType dtype, ir::Shape shape, const ir::Quantization* quantization) {
  return std::vector<ir::Type>{{dtype, std::move(shape), quantization}};
}

Results same_as_operand(const OpView& node, ir::DimContext&) {
  return one_result(node.dtype(0), node.shape(0));
}

Results same_type_as_operand(const OpView& node, ir::DimContext&) {
  return std::vector<ir::Type>{node.in(0)->type()};
}

Results no_results(const OpView&, ir::DimContext&) { return std::vector<ir::Type>{}; }

std::optional<LimitViolation> check_equal_dtypes(const OpView& node) {
  for (int i = 1; i < static_cast<int>(node.operands.size()); ++i) {
    if (!node.has(i) || node.dtype(i) == node.dtype(0)) continue;
    return LimitViolation{
        Kind::dtype, i,
        fmt::format("{} takes operands of one type, not {} and {}", ir::name(node.op),
                    ir::short_name(node.dtype(0)), ir::short_name(node.dtype(i)))};
  }
  return std::nullopt;
}

bool needs_broadcast(const OpView& node, int first) {
  for (int i = first + 1; i < static_cast<int>(node.operands.size()); ++i)
    if (!(node.shape(i) == node.shape(first))) return true;
  return false;
}

Expected<ir::Shape> broadcast_operands(const OpView& node, int max_rank, int first) {
  ir::Shape result = node.shape(first);
  for (int i = first + 1; i < static_cast<int>(node.operands.size()); ++i) {
    const auto joined = ir::broadcast(result, node.shape(i));
    if (!joined) {
      return violation(Kind::shape, i,
                       fmt::format("{} cannot broadcast {} with {}", ir::name(node.op),
                                   ir::to_string(result), ir::to_string(node.shape(i))));
    }
    result = *joined;
  }
  if (result.is_ranked() && result.rank() > max_rank && needs_broadcast(node, first)) {
    return violation(Kind::rank, -1,
                     fmt::format("{} broadcasts up to rank {}, not {}", ir::name(node.op), max_rank,
                                 result.rank()));
  }
  return result;
}

Results broadcast_result_up_to(const OpView& node, int max_rank) {
  if (auto bad = check_equal_dtypes(node)) return tl::unexpected(*bad);
  auto shape = broadcast_operands(node, max_rank);
  if (!shape) return tl::unexpected(shape.error());
  return one_result(node.dtype(0), *shape);
}

Results broadcast_predicate_up_to(const OpView& node, int max_rank) {
  if (auto bad = check_equal_dtypes(node)) return tl::unexpected(*bad);
  auto shape = broadcast_operands(node, max_rank);
  if (!shape) return tl::unexpected(shape.error());
  return one_result(DType::BOOL, *shape);
}

std::optional<int> normalized_axis(std::int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) return std::nullopt;
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

Expected<int> checked_axis(const OpView& node, std::int64_t axis, int rank) {
  if (const auto normalized = normalized_axis(axis, rank)) return *normalized;
  return violation(
      Kind::option, -1,
      fmt::format("{} names axis {} of a tensor of rank {}", ir::name(node.op), axis, rank));
}

Expected<std::optional<std::vector<int>>> axes_of(const OpView& node, int operand, int rank) {
  const auto values = node.integers(operand);
  if (!values) return std::optional<std::vector<int>>{};
  std::set<int> axes;
  for (const std::int64_t value : *values) {
    const auto axis = checked_axis(node, value, rank);
    if (!axis) return tl::unexpected(axis.error());
    axes.insert(*axis);
  }
  return std::vector<int>(axes.begin(), axes.end());
}

ir::Shape reduced_shape(const ir::Shape& shape, const std::vector<int>& axes, bool keep_dims) {
  std::vector<ir::Dim> dims;
  for (int i = 0; i < shape.rank(); ++i) {
    const bool reduced = std::binary_search(axes.begin(), axes.end(), i);
    if (!reduced)
      dims.push_back(shape[i]);
    else if (keep_dims)
      dims.push_back(1);
  }
  return ir::Shape(std::move(dims));
}

ir::Shape unknown_shape(ir::DimContext& dims, int rank, std::string_view hint) {
  std::vector<ir::Dim> sizes;
  for (int i = 0; i < rank; ++i) sizes.push_back(dims.fresh(hint));
  return ir::Shape(std::move(sizes));
}

Expected<ir::Shape> shape_from_operand(const OpView& node, int operand, ir::DimContext& dims) {
  if (const auto sizes = node.dims(operand)) {
    for (const ir::Dim size : *sizes) {
      if (size.is_constant() && size.value() < 0) {
        return violation(
            Kind::shape, operand,
            fmt::format("{} is given the negative size {}", ir::name(node.op), size.value()));
      }
    }
    return ir::Shape(*sizes);
  }
  const ir::Shape& shape = node.shape(operand);
  if (!shape.is_ranked() || shape.rank() != 1) return ir::Shape::unranked();
  const auto length = shape[0].constant();
  // Rank 8 is the most that any kernel takes; a longer one is only hostile.
  if (!length || *length > 8) return ir::Shape::unranked();
  return unknown_shape(dims, static_cast<int>(*length));
}

namespace {

std::optional<LimitViolation> check_window(const OpView& node, const Window& window) {
  constexpr std::int64_t kMost = INT32_MAX;
  const auto in_range = [](std::int64_t value) { return value >= 1 && value <= kMost; };
  if (in_range(window.filter) && in_range(window.stride) && in_range(window.dilation))
    return std::nullopt;
  return LimitViolation{
      Kind::option, -1,
      fmt::format("{} takes a positive filter, stride and dilation, not {}, {} and {}",
                  ir::name(node.op), window.filter, window.stride, window.dilation)};
}

std::int64_t extent(const Window& window) { return (window.filter - 1) * window.dilation + 1; }

}  // namespace

Expected<ir::Dim> window_output(const OpView& node, const Window& window, tflite::Padding padding) {
  if (auto bad = check_window(node, window)) return tl::unexpected(*bad);
  if (padding == tflite::Padding::SAME) return ceildiv(window.size, window.stride);
  const ir::Dim count = floordiv(window.size - extent(window) + window.stride, window.stride);
  if (count.is_constant() && count.value() < 0) {
    return violation(Kind::shape, 0,
                     fmt::format("{} moves a window of {} over only {} elements", ir::name(node.op),
                                 extent(window), window.size.value()));
  }
  return count;
}

Expected<ir::Dim> transposed_window_output(const OpView& node, const Window& window,
                                           tflite::Padding padding) {
  if (auto bad = check_window(node, window)) return tl::unexpected(*bad);
  if (padding == tflite::Padding::SAME) return window.size * window.stride;
  const std::int64_t overhang = std::max<std::int64_t>(extent(window) - window.stride, 0);
  return window.size * window.stride + overhang;
}

bool is_non_negative(ir::Dim dim) {
  return dim.is_constant() ? dim.value() >= 0 : dim.expr()->is_non_negative;
}

}  // namespace litecast::ops
