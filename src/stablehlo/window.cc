// Pooling and running sums: reductions of windows.
#include "stablehlo/lowerings.h"
#include "stablehlo/operand_values.h"
#include "stablehlo/padding.h"

namespace litecast::stablehlo {
namespace {

// Of each axis, what the window of a reduction is.
struct AxisWindow {
  std::int64_t extent = 1;
  std::int64_t stride = 1;
  EdgePads pads;
};

Value* reduce_window(Lowerer& l, Op combiner, Value* x, Value* init,
                     const std::vector<AxisWindow>& axes) {
  tflite::StablehloReduceWindowOptionsT o;
  Sizes sizes;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto& [extent, stride, pads] = axes[i];
    o.window_dimensions.push_back(extent);
    o.window_strides.push_back(stride);
    o.padding.insert(o.padding.end(), {pads.low, pads.high});
    sizes.push_back((sizes_of(x)[i] + pads.low + pads.high - extent) / stride + 1);
  }
  o.base_dilations = o.window_dilations = ones(rank_of(x));
  return l.add(Op::STABLEHLO_REDUCE_WINDOW, {x, init}, {x->dtype(), Shape::of(sizes)}, std::move(o),
               {l.combiners().of(combiner, x->dtype())});
}

std::vector<AxisWindow> pool_windows(const Value* x, const tflite::Pool2DOptionsT& o) {
  const auto spatial = [&](std::size_t axis, std::int64_t extent, std::int64_t stride) {
    return AxisWindow{extent, stride, edge_pads(o.padding, {sizes_of(x)[axis], extent, stride})};
  };
  return {{}, spatial(1, o.filter_height, o.stride_h), spatial(2, o.filter_width, o.stride_w), {}};
}

// How many elements of the data each place of a window along an axis covers.
Sizes covered(const AxisWindow& window, std::int64_t size, std::int64_t steps) {
  Sizes counts;
  for (std::int64_t i = 0; i < steps; ++i) {
    const std::int64_t begin = i * window.stride - window.pads.low;
    counts.push_back(std::min(begin + window.extent, size) - std::max<std::int64_t>(begin, 0));
  }
  return counts;
}

Value* mean_of_windows(Lowerer& l, Value* x, const std::vector<AxisWindow>& windows) {
  Value* sum = reduce_window(l, Op::STABLEHLO_ADD, x, l.scalar(x->dtype(), 0), windows);
  const Sizes rows = covered(windows[1], sizes_of(x)[1], sizes_of(sum)[1]);
  const Sizes columns = covered(windows[2], sizes_of(x)[2], sizes_of(sum)[2]);
  std::vector<float> counts;
  for (const std::int64_t row : rows)
    for (const std::int64_t column : columns) counts.push_back(static_cast<float>(row * column));
  const bool are_equal = std::ranges::adjacent_find(counts, std::not_equal_to{}) == counts.end();
  if (are_equal && !counts.empty())
    return l.binary(Op::STABLEHLO_DIVIDE, sum, l.like(sum, counts.front()));
  if (sum->dtype() != DType::FLOAT32)
    throw Unsupported(fmt::format("StableHLO's form here has no means of padded windows of {}",
                                  ir::short_name(sum->dtype())),
                      "cast to float32 before");
  Value* divisors = l.builder().constant(ir::Constant::of<float>(
      DType::FLOAT32,
      {static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(columns.size())}, counts));
  return l.binary(Op::STABLEHLO_DIVIDE, sum, l.broadcast_along(divisors, sizes_of(sum), {1, 2}));
}

Values average_pool(Lowerer& l, const Node& node) {
  const auto& o = node.options_as<tflite::Pool2DOptionsT>();
  Value* x = node.operand(0);
  return {activated(l, o.fused_activation_function, mean_of_windows(l, x, pool_windows(x, o)))};
}

Values l2_pool(Lowerer& l, const Node& node) {
  const auto& o = node.options_as<tflite::Pool2DOptionsT>();
  Value* x = node.operand(0);
  Value* squares = l.binary(Op::STABLEHLO_MULTIPLY, x, x);
  Value* mean = mean_of_windows(l, squares, pool_windows(x, o));
  Value* root = l.binary(Op::STABLEHLO_POWER, mean, l.like(mean, 0.5));
  return {activated(l, o.fused_activation_function, root)};
}

Values max_pool(Lowerer& l, const Node& node) {
  const auto& o = node.options_as<tflite::Pool2DOptionsT>();
  Value* x = node.operand(0);
  Value* result =
      reduce_window(l, Op::STABLEHLO_MAXIMUM, x, l.lowest(x->dtype()), pool_windows(x, o));
  return {activated(l, o.fused_activation_function, result)};
}

// Each sum is one of a window that reaches to the axis' beginning, or end.
Values cumsum(Lowerer& l, const Node& node) {
  const auto& o = node.options_as<tflite::CumsumOptionsT>();
  Value* x = node.operand(0);
  const auto axis = static_cast<std::size_t>(front_axis(known(node, 1, "axes")[0], rank_of(x)));
  const std::int64_t size = sizes_of(x)[axis];
  if (size == 0) return {x};
  std::vector<AxisWindow> windows(sizes_of(x).size());
  EdgePads pads = o.exclusive ? EdgePads{size, -1} : EdgePads{size - 1, 0};
  if (o.reverse) std::swap(pads.low, pads.high);
  windows[axis] = {size, 1, pads};
  return {reduce_window(l, Op::STABLEHLO_ADD, x, l.scalar(x->dtype(), 0), windows)};
}

}  // namespace

std::span<const Lowering> window_lowerings() {
  static constexpr Lowering kTable[] = {
      {Op::AVERAGE_POOL_2D, average_pool},
      {Op::CUMSUM, cumsum},
      {Op::L2_POOL_2D, l2_pool},
      {Op::MAX_POOL_2D, max_pool},
  };
  return kTable;
}

}  // namespace litecast::stablehlo
