// Ops that ask for a shape, change it without moving the elements, or repeat them to fill it.
#include "ops/contents.h"
#include "ops/dtype_sets.h"
#include "ops/families.h"
#include "ops/move.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using Kind = LimitViolation::Kind;
using ir::Dim;
using ir::Shape;

// ---- RESHAPE ----

// The target sizes, -1 included; nothing when they are not known.
std::optional<std::vector<Dim>> target_sizes(const OpView& node) {
  if (node.has(1)) return node.dims(1);
  const auto& sizes = node.as<tflite::ReshapeOptionsT>().new_shape;
  return std::vector<Dim>(sizes.begin(), sizes.end());
}

// The size that stands for -1: all elements divided by the product of the other sizes.
Expected<Dim> solve_free_size(const OpView& node, Dim others, ir::DimContext& dims) {
  if (!node.shape(0).is_ranked()) return dims.fresh("reshaped");
  const Dim elements = node.shape(0).elements();
  if (const auto size = exact_div(elements, others)) return *size;
  if (others == Dim(0) || (elements.is_constant() && others.is_constant())) {
    return violation(Kind::shape, 0,
                     fmt::format("RESHAPE cannot split {} elements into parts of {}",
                                 to_string(elements), to_string(others)));
  }
  return floordiv(elements, others);
}

Results infer_reshape(const OpView& node, ir::DimContext& dims) {
  auto sizes = target_sizes(node);
  if (!sizes) {
    auto shape = shape_from_operand(node, 1, dims);
    return shape ? moved_result(node, 0, *shape) : tl::unexpected(shape.error());
  }
  Dim others = 1;
  Dim* free = nullptr;
  for (Dim& size : *sizes) {
    if (size == Dim(-1) && free == nullptr) {
      free = &size;
      continue;
    }
    if (size.is_constant() && size.value() < 0) {
      return violation(
          Kind::shape, 1,
          fmt::format("RESHAPE takes sizes of zero or more and one -1, not a second {}",
                      size.value()));
    }
    others = others * size;
  }
  if (free != nullptr) {
    auto size = solve_free_size(node, others, dims);
    if (!size) return tl::unexpected(size.error());
    *free = *size;
  } else if (node.shape(0).is_static() && others.is_constant() &&
             node.shape(0).elements() != others) {
    return violation(Kind::shape, 1,
                     fmt::format("RESHAPE cannot give {} elements to the shape {}",
                                 to_string(node.shape(0).elements()), to_string(Shape(*sizes))));
  }
  return moved_result(node, 0, Shape(std::move(*sizes)));
}

// ---- EXPAND_DIMS, SQUEEZE ----

Results infer_expand_dims(const OpView& node, ir::DimContext& dims) {
  const Shape& x = node.shape(0);
  if (!x.is_ranked()) return moved_result(node, 0, Shape::unranked());
  const auto axis_value = node.integers(1);
  if (!axis_value || axis_value->size() != 1)
    return moved_result(node, 0, unknown_shape(dims, x.rank() + 1));
  const auto axis = checked_axis(node, axis_value->front(), x.rank() + 1);
  if (!axis) return tl::unexpected(axis.error());
  std::vector<Dim> sizes = x.dims();
  sizes.insert(sizes.begin() + *axis, Dim(1));
  return moved_result(node, 0, Shape(std::move(sizes)));
}

Results infer_squeeze(const OpView& node, ir::DimContext&) {
  const Shape& x = node.shape(0);
  if (!x.is_ranked()) return moved_result(node, 0, x);
  const auto& wanted = node.as<tflite::SqueezeOptionsT>().squeeze_dims;
  // Whether a free size is 1, and with it the rank, shows only at run time.
  if (wanted.empty() && !x.is_static()) return moved_result(node, 0, Shape::unranked());
  std::vector<bool> squeezed(static_cast<std::size_t>(x.rank()), false);
  for (const std::int32_t value : wanted) {
    const auto axis = checked_axis(node, value, x.rank());
    if (!axis) return tl::unexpected(axis.error());
    if (x[*axis].is_constant() && x[*axis].value() != 1) {
      return violation(Kind::shape, 0,
                       fmt::format("SQUEEZE cannot drop axis {} of {}", value, to_string(x)));
    }
    squeezed[static_cast<std::size_t>(*axis)] = true;
  }
  std::vector<Dim> sizes;
  for (int i = 0; i < x.rank(); ++i) {
    const bool drop = wanted.empty() ? x[i] == Dim(1) : squeezed[static_cast<std::size_t>(i)];
    if (!drop) sizes.push_back(x[i]);
  }
  return moved_result(node, 0, Shape(std::move(sizes)));
}

// ---- SHAPE, RANK ----

Results infer_shape(const OpView& node, ir::DimContext& dims) {
  const DType dtype = node.as<tflite::ShapeOptionsT>().out_type;
  if (dtype != DType::INT32 && dtype != DType::INT64) {
    return violation(Kind::dtype, -1,
                     fmt::format("SHAPE gives i32 or i64, not {}", ir::short_name(dtype)));
  }
  const Shape& x = node.shape(0);
  return one_result(dtype, Shape{x.is_ranked() ? Dim(x.rank()) : dims.fresh("rank")});
}

std::optional<std::vector<Dim>> shape_contents(const OpView& node, int, ir::DimContext&) {
  if (!node.shape(0).is_ranked()) return std::nullopt;
  return node.shape(0).dims();
}

Results infer_rank(const OpView&, ir::DimContext&) { return one_result(DType::INT32, Shape{}); }

std::optional<std::vector<Dim>> rank_contents(const OpView& node, int, ir::DimContext&) {
  if (!node.shape(0).is_ranked()) return std::nullopt;
  return std::vector<Dim>{node.shape(0).rank()};
}

// ---- BROADCAST_TO, BROADCAST_ARGS, TILE ----

Results infer_broadcast_to(const OpView& node, ir::DimContext& dims) {
  const auto shape = shape_from_operand(node, 1, dims);
  if (!shape) return tl::unexpected(shape.error());
  const Shape& x = node.shape(0);
  if (!shape->is_ranked() || !x.is_ranked()) return moved_result(node, 0, *shape);
  if (shape->rank() > 8) {
    return violation(Kind::rank, 1,
                     fmt::format("BROADCAST_TO gives at most rank 8, not {}", shape->rank()));
  }
  const auto joined = ir::broadcast(x, *shape);
  // A constant target of 1 under a larger size would be a result larger than asked for.
  bool fits = joined && shape->rank() >= x.rank();
  for (int i = 1; fits && i <= x.rank(); ++i) {
    const Dim from = x[-i], to = (*shape)[-i];
    fits = !(from.is_constant() && to.is_constant()) || from == to || from == Dim(1);
  }
  if (fits) return moved_result(node, 0, *shape);
  return violation(
      Kind::shape, 1,
      fmt::format("BROADCAST_TO cannot broadcast {} to {}", to_string(x), to_string(*shape)));
}

Results infer_broadcast_args(const OpView& node, ir::DimContext& dims) {
  if (auto bad = check_equal_dtypes(node)) return tl::unexpected(*bad);
  const auto length = [&](int i) {
    return node.shape(i).is_ranked() ? node.shape(i)[0] : dims.fresh("rank");
  };
  const Dim a = length(0), b = length(1);
  const auto x = node.dims(0), y = node.dims(1);
  if (x && y && !ir::broadcast(Shape(*x), Shape(*y))) {
    return violation(Kind::shape, -1,
                     fmt::format("BROADCAST_ARGS cannot broadcast {} with {}", to_string(Shape(*x)),
                                 to_string(Shape(*y))));
  }
  return one_result(node.dtype(0), Shape{max(a, b)});
}

std::optional<std::vector<Dim>> broadcast_args_contents(const OpView& node, int, ir::DimContext&) {
  const auto x = node.dims(0), y = node.dims(1);
  if (!x || !y) return std::nullopt;
  const auto joined = ir::broadcast(Shape(*x), Shape(*y));
  if (!joined) return std::nullopt;
  return joined->dims();
}

Results infer_tile(const OpView& node, ir::DimContext& dims) {
  const Shape& x = node.shape(0);
  if (!x.is_ranked()) return moved_result(node, 0, x);
  const auto multiples = node.dims(1);
  if (!multiples) return moved_result(node, 0, unknown_shape(dims, x.rank(), "tiled"));
  if (static_cast<int>(multiples->size()) != x.rank()) {
    return violation(Kind::shape, 1,
                     fmt::format("TILE takes a multiple for each of {} axes, not {}", x.rank(),
                                 multiples->size()));
  }
  std::vector<Dim> sizes;
  for (int i = 0; i < x.rank(); ++i)
    sizes.push_back(x[i] * (*multiples)[static_cast<std::size_t>(i)]);
  return moved_result(node, 0, Shape(std::move(sizes)));
}

// ---- folding ----

// The same elements in the same order.
bool fold_relabel(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  out[0].bytes = in[0].bytes;
  return true;
}

bool store_integers(HostTensor& out, std::span<const std::int64_t> values) {
  return with_integer(out.dtype, [&]<class T>(Element<T>) {
    if (out.data<T>().size() != values.size()) return false;
    std::copy(values.begin(), values.end(), out.data<T>().begin());
    return true;
  });
}

bool fold_shape(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  return store_integers(out[0], in[0].shape);
}

bool fold_rank(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto rank = static_cast<std::int64_t>(in[0].shape.size());
  return store_integers(out[0], {&rank, 1});
}

bool fold_broadcast_to(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  return fold_strided(in[0], {broadcast_strides(in[0].shape, out[0].shape)}, out[0]);
}

bool fold_broadcast_args(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto a = integers_of(in[0]), b = integers_of(in[1]);
  const auto joined = ir::broadcast(Shape::of(a), Shape::of(b));
  return joined && store_integers(out[0], joined->static_dims());
}

// Each axis is seen as two: the copies, then the elements.
bool fold_tile(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const std::vector<std::int64_t> multiples = integers_of(in[1]);
  const std::vector<std::int64_t> strides = row_major_strides(in[0].shape);
  ir::StaticShape split;
  Strided from;
  for (std::size_t i = 0; i < multiples.size(); ++i) {
    split.insert(split.end(), {multiples[i], in[0].shape[i]});
    from.strides.insert(from.strides.end(), {0, strides[i]});
  }
  Move move({&in[0]}, out[0]);
  move.copy(0, split, from, row_major(split));
  return move.finish();
}

}  // namespace

std::span<const OpInfo> shape_family() {
  static const OpInfo family[] = {
      {.op = Op::RESHAPE,
       .operands = {{.name = "x", .max_rank = kNoRankLimit},
                    {.name = "shape",
                     .dtypes = {DType::INT32},
                     .min_rank = 1,
                     .max_rank = 1,
                     .optional = true}},
       .infer = infer_reshape,
       .fold = fold_relabel,
       .contents = contents_of_operand,
       .min_runtime = {"1.5.0"}},
      {.op = Op::EXPAND_DIMS,
       .operands = {{.name = "x"}, {.name = "axis", .dtypes = kIndex, .max_rank = 1}},
       .infer = infer_expand_dims,
       .fold = fold_relabel,
       .contents = contents_of_operand,
       .min_runtime = {"1.10.0"}},
      {.op = Op::SQUEEZE,
       .operands = {{.name = "x"}},
       .infer = infer_squeeze,
       .fold = fold_relabel,
       .contents = contents_of_operand,
       .versions = {{first_is<DType::STRING>, 2}, {nullptr, 1}},
       .min_runtime = {"1.6.0", "2.5.0"}},
      {.op = Op::SHAPE,
       .operands = {{.name = "x", .max_rank = kNoRankLimit}},
       .infer = infer_shape,
       .fold = fold_shape,
       .contents = shape_contents,
       .min_runtime = {"1.10.0"}},
      {.op = Op::RANK,
       .operands = {{.name = "x", .max_rank = kNoRankLimit}},
       .infer = infer_rank,
       .fold = fold_rank,
       .contents = rank_contents,
       .min_runtime = {"1.14.0"}},
      {.op = Op::BROADCAST_TO,
       .operands = {{.name = "x", .dtypes = kWords | DTypeSet{DType::COMPLEX128}},
                    {.name = "shape", .dtypes = kIndex, .min_rank = 1, .max_rank = 1}},
       .infer = infer_broadcast_to,
       .fold = fold_broadcast_to,
       .contents = moves_operand<0>,
       .layout = Layout::rows_operand,
       .versions = {{first_is<DType::FLOAT8_E4M3FN, DType::FLOAT8_E5M2>, 4},
                    {first_is<DType::INT8, DType::INT16>, 3},
                    {nullptr, 2}},
       .min_runtime = {"", "2.5.0", "2.5.0", "2.23.0"}},
      {.op = Op::BROADCAST_ARGS,
       .operands = {{.name = "a", .dtypes = kIndex, .min_rank = 1, .max_rank = 1},
                    {.name = "b", .dtypes = kIndex, .min_rank = 1, .max_rank = 1}},
       .infer = infer_broadcast_args,
       .fold = fold_broadcast_args,
       .contents = broadcast_args_contents,
       .min_runtime = {"2.6.0"}},
      {.op = Op::TILE,
       .operands = {{.name = "x", .dtypes = kWords | kString},
                    {.name = "multiples", .dtypes = kIndex, .min_rank = 1, .max_rank = 1}},
       .infer = infer_tile,
       .fold = fold_tile,
       .contents = moves_operand<0>,
       .layout = Layout::rows_operand,
       .versions = {{first_is<DType::INT8>, 3}, {first_is<DType::STRING>, 2}, {nullptr, 1}},
       .min_runtime = {"1.10.1", "2.2.0", "2.8.0"}},
  };
  return family;
}

}  // namespace litecast::ops
