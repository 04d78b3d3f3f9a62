// Reductions of whole axes, and what is made of them.
#include "stablehlo/lowerings.h"
#include "stablehlo/operand_values.h"

namespace litecast::stablehlo {
namespace {

enum class Start { zero, one, lowest, highest };

Value* start_of(Lowerer& l, Start start, DType dtype) {
  switch (start) {
    case Start::lowest:
      return l.lowest(dtype);
    case Start::highest:
      return l.highest(dtype);
    default:
      return l.scalar(dtype, start == Start::one ? 1 : 0);
  }
}

template <Op combiner, Start start>
Values reduction(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  Value* result = l.reduce(combiner, x, start_of(l, start, x->dtype()), known_axes(node, 1));
  return {l.reshape(result, sizes_of(node.result()))};
}

Values mean(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  const Sizes axes = known_axes(node, 1);
  std::int64_t count = 1;
  for (const std::int64_t axis : axes) count *= sizes_of(x)[static_cast<std::size_t>(axis)];
  Value* sum = l.reduce(Op::STABLEHLO_ADD, x, l.scalar(x->dtype(), 0), axes);
  Value* result = l.binary(Op::STABLEHLO_DIVIDE, sum, l.like(sum, static_cast<double>(count)));
  return {l.reshape(result, sizes_of(node.result()))};
}

template <bool largest>
Values place_of_extreme(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  const DType place = node.result()->dtype();
  const auto axis = static_cast<int>(front_axis(known(node, 1, "axes")[0], rank_of(x)));
  Value* places = l.iota_along(place, sizes_of(x), axis);
  tflite::StablehloReduceOptionsT options;
  options.dimensions = {axis};
  const Shape& shape = node.result()->shape();
  Value* start = largest ? l.lowest(x->dtype()) : l.highest(x->dtype());
  const Values results = l.add_all({.op = Op::STABLEHLO_REDUCE,
                                    .operands = {x, places, start, l.scalar(place, 0)},
                                    .options = std::move(options),
                                    .graphs = {l.combiners().extreme(largest, x->dtype(), place)}},
                                   {{x->dtype(), shape}, {place, shape}});
  return {results[1]};
}

// Of the last axis, which stays with size 1, in each place of x.
Value* over_last(Lowerer& l, Op combiner, Value* x, Value* start) {
  Value* reduced = l.reduce(combiner, x, start, {rank_of(x) - 1});
  return l.broadcast_along(reduced, sizes_of(x), iota(rank_of(x) - 1));
}

// x − its largest element, and the exponential of that.
struct Shifted {
  Value *x, *exponential;
};

Shifted shifted(Lowerer& l, Value* x) {
  Value* largest = over_last(l, Op::STABLEHLO_MAXIMUM, x, l.lowest(x->dtype()));
  Value* difference = l.binary(Op::STABLEHLO_SUBTRACT, x, largest);
  return {difference, l.unary(Op::STABLEHLO_EXPONENTIAL, difference)};
}

Value* sum_over_last(Lowerer& l, Value* x) {
  return over_last(l, Op::STABLEHLO_ADD, x, l.scalar(x->dtype(), 0));
}

Values softmax(Lowerer& l, const Node& node) {
  const float beta = node.options_as<tflite::SoftmaxOptionsT>().beta;
  Value* x = node.operand(0);
  if (beta != 1) x = l.binary(Op::STABLEHLO_MULTIPLY, x, l.like(x, beta));
  Value* exponential = shifted(l, x).exponential;
  return {l.binary(Op::STABLEHLO_DIVIDE, exponential, sum_over_last(l, exponential))};
}

Values log_softmax(Lowerer& l, const Node& node) {
  const auto [x, exponential] = shifted(l, node.operand(0));
  // Of one sum for each row, before it is spread over the row.
  Value* sum = l.reduce(Op::STABLEHLO_ADD, exponential, l.scalar(x->dtype(), 0), {rank_of(x) - 1});
  Value* log =
      l.broadcast_along(l.unary(Op::STABLEHLO_LOG, sum), sizes_of(x), iota(rank_of(x) - 1));
  return {l.binary(Op::STABLEHLO_SUBTRACT, x, log)};
}

Values l2_normalization(Lowerer& l, const Node& node) {
  // What the kernel takes for the least length.
  constexpr double kLeast = 1e-6;
  Value* x = node.operand(0);
  Value* sum = sum_over_last(l, l.binary(Op::STABLEHLO_MULTIPLY, x, x));
  Value* root = l.binary(Op::STABLEHLO_POWER, sum, l.like(sum, 0.5));
  Value* length = l.binary(Op::STABLEHLO_MAXIMUM, root, l.like(root, kLeast));
  Value* result = l.binary(Op::STABLEHLO_DIVIDE, x, length);
  return {
      activated(l, node.options_as<tflite::L2NormOptionsT>().fused_activation_function, result)};
}

// Sorted together with their places, downwards; equal ones keep their order.
Values top_k(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  const int axis = rank_of(x) - 1;
  const DType place = node.result(1)->dtype();
  tflite::StablehloSortOptionsT options;
  options.dimension = axis;
  options.is_stable = true;
  const Values sorted = l.add_all({.op = Op::STABLEHLO_SORT,
                                   .operands = {x, l.iota_along(place, sizes_of(x), axis)},
                                   .options = std::move(options),
                                   .graphs = {l.combiners().descending(x->dtype(), place)}},
                                  {x->type(), {place, x->shape()}});
  const std::int64_t k = sizes_of(node.result()).back();
  return {l.slice_axis(sorted[0], axis, 0, k), l.slice_axis(sorted[1], axis, 0, k)};
}

}  // namespace

std::span<const Lowering> reduction_lowerings() {
  static constexpr Lowering kTable[] = {
      {Op::ARG_MAX, place_of_extreme<true>},
      {Op::ARG_MIN, place_of_extreme<false>},
      {Op::L2_NORMALIZATION, l2_normalization},
      {Op::LOG_SOFTMAX, log_softmax},
      {Op::MEAN, mean},
      {Op::REDUCE_ALL, reduction<Op::STABLEHLO_AND, Start::one>},
      {Op::REDUCE_ANY, reduction<Op::STABLEHLO_OR, Start::zero>},
      {Op::REDUCE_MAX, reduction<Op::STABLEHLO_MAXIMUM, Start::lowest>},
      {Op::REDUCE_MIN, reduction<Op::STABLEHLO_MINIMUM, Start::highest>},
      {Op::REDUCE_PROD, reduction<Op::STABLEHLO_MULTIPLY, Start::one>},
      {Op::SOFTMAX, softmax},
      {Op::SUM, reduction<Op::STABLEHLO_ADD, Start::zero>},
      {Op::TOPK_V2, top_k},
  };
  return kTable;
}

}  // namespace litecast::stablehlo
