// Elements from, and to, places that data says.
#include "stablehlo/lowerings.h"
#include "stablehlo/operand_values.h"

namespace litecast::stablehlo {
namespace {

// What is taken at each place: one element of the axes in `indexed`, all of the others.
tflite::StablehloGatherOptionsT gather_options(const Value* x, const Sizes& indexed) {
  tflite::StablehloGatherOptionsT options;
  options.slice_sizes = sizes_of(x);
  for (const std::int64_t axis : indexed) options.slice_sizes[static_cast<std::size_t>(axis)] = 1;
  options.collapsed_slice_dims = options.start_index_map = indexed;
  return options;
}

// [places…] → [places…, batch axes + 1]: each place with where in the batch it stands.
Value* with_batch_places(Lowerer& l, Value* places, int batch_axes) {
  Sizes sizes = sizes_of(places);
  sizes.push_back(1);
  const int axis = rank_of(places);
  Values parts;
  for (int i = 0; i < batch_axes; ++i) parts.push_back(l.iota_along(places->dtype(), sizes, i));
  parts.push_back(l.reshape(places, sizes));
  return l.concatenate(parts, axis);
}

Values gather(Lowerer& l, const Node& node) {
  const auto& o = node.options_as<tflite::GatherOptionsT>();
  Value *x = node.operand(0), *places = node.operand(1);
  const std::int64_t axis = front_axis(o.axis, rank_of(x));
  const auto batch = static_cast<int>(front_axis(o.batch_dims, rank_of(places)));
  Sizes indexed = iota(batch);
  indexed.push_back(axis);
  auto options = gather_options(x, indexed);
  for (std::int64_t i = batch; i < axis; ++i) options.offset_dims.push_back(i);
  const std::int64_t behind = axis + rank_of(places) - batch;
  for (std::int64_t i = behind; i < rank_of(node.result()); ++i) options.offset_dims.push_back(i);
  options.index_vector_dim = rank_of(places);
  if (batch > 0) places = with_batch_places(l, places, batch);
  return {l.add(Op::STABLEHLO_GATHER, {x, places}, node.result()->type(), std::move(options))};
}

Values gather_nd(Lowerer& l, const Node& node) {
  Value *x = node.operand(0), *places = node.operand(1);
  auto options = gather_options(x, iota(static_cast<int>(sizes_of(places).back())));
  options.index_vector_dim = rank_of(places) - 1;
  for (std::int64_t i = options.index_vector_dim; i < rank_of(node.result()); ++i)
    options.offset_dims.push_back(i);
  return {l.add(Op::STABLEHLO_GATHER, {x, places}, node.result()->type(), std::move(options))};
}

Values embedding_lookup(Lowerer& l, const Node& node) {
  Value *places = node.operand(0), *table = node.operand(1);
  auto options = gather_options(table, {0});
  options.index_vector_dim = 1;
  for (std::int64_t i = 1; i < rank_of(table); ++i) options.offset_dims.push_back(i);
  return {l.add(Op::STABLEHLO_GATHER, {table, places}, node.result()->type(), std::move(options))};
}

// Into zeros; what meets in one place is summed up.
Values scatter_nd(Lowerer& l, const Node& node) {
  Value *places = node.operand(0), *updates = node.operand(1);
  const DType dtype = updates->dtype();
  tflite::StablehloScatterOptionsT options;
  options.index_vector_dim = rank_of(places) - 1;
  options.inserted_window_dims = options.scatter_dims_to_operand_dims =
      iota(static_cast<int>(sizes_of(places).back()));
  for (std::int64_t i = options.index_vector_dim; i < rank_of(updates); ++i)
    options.update_window_dims.push_back(i);
  Graph* sum = l.combiners().of(dtype == DType::BOOL ? Op::STABLEHLO_OR : Op::STABLEHLO_ADD, dtype);
  return {l.add(Op::STABLEHLO_SCATTER, {l.like(node.result(), 0), places, updates},
                node.result()->type(), std::move(options), {sum})};
}

Values one_hot(Lowerer& l, const Node& node) {
  Value* places = node.operand(0);
  const Sizes sizes = sizes_of(node.result());
  const auto axis = static_cast<int>(
      front_axis(node.options_as<tflite::OneHotOptionsT>().axis, rank_of(node.result())));
  Sizes others = iota(rank_of(node.result()));
  others.erase(others.begin() + axis);
  Value* is_hot = l.compare(Direction::STABLEHLO_COMPARISON_DIRECTION_EQ,
                            l.broadcast_along(places, sizes, others),
                            l.iota_along(places->dtype(), sizes, axis));
  const auto spread = [&](int operand) {
    return l.broadcast(l.reshape(node.operand(operand), {}), node.result()->shape());
  };
  return {l.select(is_hot, spread(2), spread(3))};
}

}  // namespace

std::span<const Lowering> gather_lowerings() {
  static constexpr Lowering kTable[] = {
      {Op::EMBEDDING_LOOKUP, embedding_lookup},
      {Op::GATHER, gather},
      {Op::GATHER_ND, gather_nd},
      {Op::ONE_HOT, one_hot},
      {Op::SCATTER_ND, scatter_nd},
  };
  return kTable;
}

}  // namespace litecast::stablehlo
