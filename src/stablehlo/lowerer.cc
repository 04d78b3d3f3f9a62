#include "stablehlo/lowerer.h"

#include <limits>
#include <numeric>

namespace litecast::stablehlo {
namespace {

Shape shape_of(const Sizes& sizes) { return Shape::of(sizes); }

Type of_shape(const Value* x, const Sizes& sizes) { return {x->dtype(), shape_of(sizes)}; }

template <class T>
ir::ConstantPtr limit_of(DType dtype, bool highest) {
  using Limits = std::numeric_limits<T>;
  const T value = highest ? Limits::max() : Limits::lowest();
  return ir::Constant::of<T>(dtype, {}, std::span<const T>(&value, 1));
}

}  // namespace

Sizes sizes_of(const Value* x) { return x->shape().static_dims(); }
int rank_of(const Value* x) { return x->shape().rank(); }

Sizes iota(int rank) {
  Sizes axes(static_cast<std::size_t>(rank));
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

Sizes ones(int rank) { return Sizes(static_cast<std::size_t>(rank), 1); }

// ---- Combiners ----

Graph*& Combiners::entry(Kind kind, Op op, DType first, DType second) {
  Graph*& graph = made_[{kind, op, first, second}];
  if (!graph) {
    graph = &module_.add_graph(fmt::format("combiner_{}", made_.size()));
    if (kind == Kind::pair || kind == Kind::second) {
      graph->add_input({first, {}});
      graph->add_input({first, {}});
    } else {
      // Sorts have the neighbours of one tensor side by side, reductions those of one place.
      const bool sorts = kind == Kind::descending;
      for (const DType dtype : {first, sorts ? first : second, sorts ? second : first, second})
        graph->add_input({dtype, {}});
    }
  }
  return graph;
}

Graph* Combiners::of(Op op, DType dtype) {
  Graph* graph = entry(Kind::pair, op, dtype, dtype);
  if (graph->outputs().empty()) {
    Lowerer l(*graph, *this);
    graph->set_outputs({l.binary(op, graph->inputs()[0], graph->inputs()[1])});
  }
  return graph;
}

Graph* Combiners::second(DType dtype) {
  Graph* graph = entry(Kind::second, Op::STABLEHLO_SCATTER, dtype, dtype);
  graph->set_outputs({graph->inputs()[1]});
  return graph;
}

Graph* Combiners::extreme(bool largest, DType value, DType place) {
  Graph* graph =
      entry(largest ? Kind::largest : Kind::smallest, Op::STABLEHLO_REDUCE, value, place);
  if (!graph->outputs().empty()) return graph;
  Lowerer l(*graph, *this);
  Value *a = graph->inputs()[0], *i = graph->inputs()[1];
  Value *b = graph->inputs()[2], *j = graph->inputs()[3];
  using enum tflite::StablehloComparisonDirection;
  Value* wins = l.compare(
      largest ? STABLEHLO_COMPARISON_DIRECTION_GE : STABLEHLO_COMPARISON_DIRECTION_LE, a, b);
  Value* ties = l.compare(STABLEHLO_COMPARISON_DIRECTION_EQ, a, b);
  Value* lowest = l.binary(Op::STABLEHLO_MINIMUM, i, j);
  graph->set_outputs({l.select(wins, a, b), l.select(ties, lowest, l.select(wins, i, j))});
  return graph;
}

Graph* Combiners::descending(DType value, DType place) {
  Graph* graph = entry(Kind::descending, Op::STABLEHLO_SORT, value, place);
  if (!graph->outputs().empty()) return graph;
  Lowerer l(*graph, *this);
  graph->set_outputs({l.compare(Direction::STABLEHLO_COMPARISON_DIRECTION_GT, graph->inputs()[0],
                                graph->inputs()[1])});
  return graph;
}

// ---- Lowerer ----

void Lowerer::stand_before(Node& node) {
  builder_.insert_before(&node);
  builder_.set_provenance(node.provenance_ref());
}

Values Lowerer::add_all(ir::NodeSpec spec, std::vector<Type> results) {
  const Op op = spec.op;
  const Values operands = spec.operands;
  auto values = builder_.add(std::move(spec), std::move(results));
  if (!values) throw emit::violated(op, values.error(), operands);
  return *values;
}

Value* Lowerer::add(Op op, std::vector<Value*> operands, Type result, ir::Options options,
                    std::vector<Graph*> graphs) {
  return add_all({.op = op,
                  .operands = std::move(operands),
                  .options = std::move(options),
                  .graphs = std::move(graphs)},
                 {std::move(result)})
      .front();
}

Value* Lowerer::runtime_op(Op op, std::vector<Value*> operands, ir::Options options) {
  emit::Emitter e(builder_);
  return e.add(op, std::move(operands), std::move(options));
}

Value* Lowerer::compare(Direction direction, Value* a, Value* b) {
  tflite::StablehloCompareOptionsT options;
  options.comparison_direction = direction;
  return add(Op::STABLEHLO_COMPARE, {a, b}, {DType::BOOL, a->shape()}, std::move(options));
}

Value* Lowerer::select(Value* condition, Value* a, Value* b) {
  return add(Op::STABLEHLO_SELECT, {condition, a, b}, a->type());
}

Value* Lowerer::clamp(Value* x, double low, double high) {
  return add(Op::STABLEHLO_CLAMP, {scalar(x->dtype(), low), x, scalar(x->dtype(), high)},
             x->type());
}

Value* Lowerer::convert(Value* x, DType dtype) {
  if (x->dtype() == dtype) return x;
  return add(Op::STABLEHLO_CONVERT, {x}, {dtype, x->shape()});
}

Value* Lowerer::limit(DType dtype, bool highest) {
  switch (dtype) {
    case DType::INT8:
      return builder_.constant(limit_of<std::int8_t>(dtype, highest));
    case DType::INT16:
      return builder_.constant(limit_of<std::int16_t>(dtype, highest));
    case DType::INT32:
      return builder_.constant(limit_of<std::int32_t>(dtype, highest));
    case DType::INT64:
      return builder_.constant(limit_of<std::int64_t>(dtype, highest));
    case DType::UINT8:
      return builder_.constant(limit_of<std::uint8_t>(dtype, highest));
    case DType::UINT16:
      return builder_.constant(limit_of<std::uint16_t>(dtype, highest));
    case DType::UINT32:
      return builder_.constant(limit_of<std::uint32_t>(dtype, highest));
    case DType::UINT64:
      return builder_.constant(limit_of<std::uint64_t>(dtype, highest));
    case DType::BOOL:
      return scalar(dtype, highest ? 1 : 0);
    default:
      if (!ir::is_float(dtype))
        throw Unsupported(fmt::format("StableHLO has no order of {}", ir::short_name(dtype)));
      return scalar(dtype, highest ? HUGE_VAL : -HUGE_VAL);
  }
}

Value* Lowerer::like(const Value* x, double value) {
  return broadcast(scalar(x->dtype(), value), x->shape());
}

Value* Lowerer::iota_along(DType dtype, const Sizes& sizes, int axis) {
  tflite::StablehloIotaOptionsT options;
  options.iota_dimension = axis;
  return add(Op::STABLEHLO_IOTA, {}, {dtype, shape_of(sizes)}, std::move(options));
}

Value* Lowerer::indices(const Sizes& values, const Sizes& shape) {
  const std::vector<std::int32_t> narrow(values.begin(), values.end());
  return builder_.constant(ir::Constant::of<std::int32_t>(DType::INT32, shape, narrow));
}

Value* Lowerer::broadcast(Value* x, const Shape& shape) {
  if (x->shape() == shape) return x;
  Sizes axes = iota(rank_of(x));
  for (std::int64_t& axis : axes) axis += shape.rank() - rank_of(x);
  return broadcast_along(x, shape.static_dims(), axes);
}

Value* Lowerer::broadcast_along(Value* x, const Sizes& sizes, const Sizes& axes) {
  tflite::StablehloBroadcastInDimOptionsT options;
  options.broadcast_dimensions = axes;
  return add(Op::STABLEHLO_BROADCAST_IN_DIM, {x}, of_shape(x, sizes), std::move(options));
}

Value* Lowerer::reshape(Value* x, const Sizes& sizes) {
  if (sizes_of(x) == sizes) return x;
  if (x->is_constant()) return builder_.constant(x->constant()->reshaped(sizes));
  return add(Op::STABLEHLO_RESHAPE, {x}, of_shape(x, sizes));
}

Value* Lowerer::transpose(Value* x, const Sizes& permutation) {
  if (permutation == iota(rank_of(x))) return x;
  tflite::StablehloTransposeOptionsT options;
  options.permutation = permutation;
  Sizes sizes;
  for (const std::int64_t axis : permutation)
    sizes.push_back(sizes_of(x)[static_cast<std::size_t>(axis)]);
  return add(Op::STABLEHLO_TRANSPOSE, {x}, of_shape(x, sizes), std::move(options));
}

Value* Lowerer::slice(Value* x, const Sizes& start, const Sizes& limit, const Sizes& strides) {
  tflite::StablehloSliceOptionsT options;
  options.start_indices = start;
  options.limit_indices = limit;
  options.strides = strides;
  Sizes sizes;
  for (std::size_t i = 0; i < start.size(); ++i)
    sizes.push_back((limit[i] - start[i] + strides[i] - 1) / strides[i]);
  if (sizes == sizes_of(x)) return x;
  return add(Op::STABLEHLO_SLICE, {x}, of_shape(x, sizes), std::move(options));
}

Value* Lowerer::slice_axis(Value* x, int axis, std::int64_t begin, std::int64_t end) {
  const auto at = static_cast<std::size_t>(axis);
  Sizes start(sizes_of(x).size(), 0), limit = sizes_of(x);
  start[at] = begin;
  limit[at] = end;
  return slice(x, start, limit, ones(rank_of(x)));
}

Value* Lowerer::concatenate(const Values& parts, int axis) {
  if (parts.size() == 1) return parts.front();
  Sizes sizes = sizes_of(parts.front());
  const auto at = static_cast<std::size_t>(axis);
  sizes[at] = 0;
  for (const Value* part : parts) sizes[at] += sizes_of(part)[at];
  tflite::StablehloConcatenateOptionsT options;
  options.dimension = axis;
  return add(Op::STABLEHLO_CONCATENATE, parts, of_shape(parts.front(), sizes), std::move(options));
}

Value* Lowerer::pad(Value* x, Value* value, const Sizes& low, const Sizes& high,
                    const Sizes& interior) {
  tflite::StablehloPadOptionsT options;
  options.edge_padding_low = low;
  options.edge_padding_high = high;
  options.interior_padding = interior;
  Sizes sizes = sizes_of(x);
  for (std::size_t i = 0; i < sizes.size(); ++i)
    sizes[i] += low[i] + high[i] + std::max<std::int64_t>(sizes[i] - 1, 0) * interior[i];
  return add(Op::STABLEHLO_PAD, {x, value}, of_shape(x, sizes), std::move(options));
}

Value* Lowerer::reduce(Op combiner, Value* x, Value* init, const Sizes& axes) {
  if (axes.empty()) return x;
  tflite::StablehloReduceOptionsT options;
  options.dimensions = axes;
  Sizes sizes;
  for (const std::int64_t axis : iota(rank_of(x)))
    if (std::ranges::find(axes, axis) == axes.end())
      sizes.push_back(sizes_of(x)[static_cast<std::size_t>(axis)]);
  return add(Op::STABLEHLO_REDUCE, {x, init}, of_shape(x, sizes), std::move(options),
             {combiners_.of(combiner, x->dtype())});
}

Value* Lowerer::take(Value* x, int axis, const Sizes& places) {
  tflite::StablehloGatherOptionsT options;
  Sizes sizes = sizes_of(x);
  options.slice_sizes = sizes;
  options.slice_sizes[static_cast<std::size_t>(axis)] = 1;
  sizes[static_cast<std::size_t>(axis)] = static_cast<std::int64_t>(places.size());
  for (const std::int64_t other : iota(rank_of(x)))
    if (other != axis) options.offset_dims.push_back(other);
  options.collapsed_slice_dims = options.start_index_map = {axis};
  options.index_vector_dim = 1;
  Value* indices = this->indices(places, {static_cast<std::int64_t>(places.size())});
  return add(Op::STABLEHLO_GATHER, {x, indices}, of_shape(x, sizes), std::move(options));
}

Value* Lowerer::element(Value* list, std::int64_t index) {
  return reshape(slice(list, {index}, {index + 1}, {1}), {});
}

}  // namespace litecast::stablehlo
