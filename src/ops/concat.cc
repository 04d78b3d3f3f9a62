// Ops that put tensors side by side, and their inverse.
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

// Sizes that must be equal at run time: the one of which more is known. Nothing when they cannot.
std::optional<Dim> unified(Dim a, Dim b) {
  if (a.is_constant() && b.is_constant() && a != b) return std::nullopt;
  return a.is_constant() ? a : b.is_constant() ? b : a;
}

// The shape that all operands share, but for the sizes on `free_axis` (-1: none).
Expected<Shape> shared_shape(const OpView& node, int free_axis) {
  std::optional<Shape> shared;
  for (std::size_t i = 0; i < node.operands.size(); ++i) {
    const Shape& x = node.operands[i]->shape();
    if (!x.is_ranked()) continue;
    if (!shared) shared = x;
    bool fits = x.rank() == shared->rank();
    std::vector<Dim> sizes;
    for (int axis = 0; fits && axis < x.rank(); ++axis) {
      const auto size = axis == free_axis ? Dim(0) : unified((*shared)[axis], x[axis]);
      fits = size.has_value();
      if (fits) sizes.push_back(*size);
    }
    if (!fits) {
      return violation(Kind::shape, static_cast<int>(i),
                       fmt::format("{} cannot put {} beside {}", ir::name(node.op), to_string(x),
                                   to_string(*shared)));
    }
    shared = Shape(std::move(sizes));
  }
  return shared ? *shared : Shape::unranked();
}

std::optional<LimitViolation> check_parts(const OpView& node) {
  const bool complete =
      !node.operands.empty() &&
      std::find(node.operands.begin(), node.operands.end(), nullptr) == node.operands.end();
  if (complete) return check_equal_dtypes(node);
  return LimitViolation{Kind::option, 0,
                        fmt::format("{} takes one or more tensors", ir::name(node.op))};
}

// ---- CONCATENATION ----

Results infer_concatenation(const OpView& node, ir::DimContext& dims) {
  if (auto bad = check_parts(node)) return tl::unexpected(*bad);
  const auto& options = node.as<tflite::ConcatenationOptionsT>();
  if (options.fused_activation_function != tflite::ActivationFunctionType::NONE)
    return violation(Kind::option, -1, "CONCATENATION takes no fused activation");
  const auto ranked = std::find_if(node.operands.begin(), node.operands.end(),
                                   [](const ir::Value* x) { return x->shape().is_ranked(); });
  if (ranked == node.operands.end()) return moved_result(node, 0, Shape::unranked());
  const auto axis = checked_axis(node, options.axis, (*ranked)->shape().rank());
  if (!axis) return tl::unexpected(axis.error());
  auto shape = shared_shape(node, *axis);
  if (!shape) return tl::unexpected(shape.error());
  std::vector<Dim> sizes = shape->dims();
  Dim& along = sizes[static_cast<std::size_t>(*axis)];
  along = 0;
  for (const ir::Value* x : node.operands)
    along = along + (x->shape().is_ranked() ? x->shape()[*axis] : dims.fresh("part"));
  return moved_result(node, 0, Shape(std::move(sizes)));
}

bool fold_concatenation(const OpView& node, std::span<const HostTensor> in,
                        std::span<HostTensor> out) {
  const auto axis = *normalized_axis(node.as<tflite::ConcatenationOptionsT>().axis,
                                     static_cast<int>(out[0].shape.size()));
  const auto at = static_cast<std::size_t>(axis);
  std::vector<const HostTensor*> parts;
  for (const HostTensor& part : in) parts.push_back(&part);
  Strided to = row_major(out[0].shape);
  Move move(parts, out[0]);
  for (std::size_t i = 0; i < in.size(); ++i) {
    move.copy(i, in[i].shape, row_major(in[i].shape), to);
    to.base += in[i].shape[at] * to.strides[at];
  }
  return move.finish();
}

// ---- PACK, UNPACK ----

Results infer_pack(const OpView& node, ir::DimContext&) {
  if (auto bad = check_parts(node)) return tl::unexpected(*bad);
  const auto& options = node.as<tflite::PackOptionsT>();
  const auto count = static_cast<std::int64_t>(node.operands.size());
  if (options.values_count != count) {
    return violation(
        Kind::option, -1,
        fmt::format("PACK is told of {} tensors and given {}", options.values_count, count));
  }
  auto shape = shared_shape(node, -1);
  if (!shape) return tl::unexpected(shape.error());
  if (!shape->is_ranked()) return moved_result(node, 0, *shape);
  const auto axis = checked_axis(node, options.axis, shape->rank() + 1);
  if (!axis) return tl::unexpected(axis.error());
  std::vector<Dim> sizes = shape->dims();
  sizes.insert(sizes.begin() + *axis, Dim(count));
  return moved_result(node, 0, Shape(std::move(sizes)));
}

bool fold_pack(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto axis = static_cast<std::size_t>(*normalized_axis(
      node.as<tflite::PackOptionsT>().axis, static_cast<int>(out[0].shape.size())));
  std::vector<const HostTensor*> parts;
  for (const HostTensor& part : in) parts.push_back(&part);
  Strided to = row_major(out[0].shape);
  const std::int64_t step = to.strides[axis];
  to.strides.erase(to.strides.begin() + static_cast<std::ptrdiff_t>(axis));
  Move move(parts, out[0]);
  for (std::size_t i = 0; i < in.size(); ++i) {
    move.copy(i, in[i].shape, row_major(in[i].shape), to);
    to.base += step;
  }
  return move.finish();
}

Results infer_unpack(const OpView& node, ir::DimContext&) {
  const auto& options = node.as<tflite::UnpackOptionsT>();
  const ir::Type& type = node.in(0)->type();
  const Shape& x = type.shape;
  if (options.num < 0 || options.num > kMaxResults) {
    return violation(Kind::option, -1, fmt::format("UNPACK cannot give {} results", options.num));
  }
  const auto count = static_cast<std::size_t>(options.num);
  if (!x.is_ranked()) return std::vector(count, moved(type, x));
  const auto axis = checked_axis(node, options.axis, x.rank());
  if (!axis) return tl::unexpected(axis.error());
  if (x[*axis].is_constant() && x[*axis].value() != options.num) {
    return violation(Kind::shape, 0,
                     fmt::format("UNPACK cannot take axis {} of {} apart into {} results", *axis,
                                 to_string(x), options.num));
  }
  std::vector<Dim> sizes = x.dims();
  sizes.erase(sizes.begin() + *axis);
  return std::vector(count, moved(type, Shape(std::move(sizes))));
}

bool fold_unpack(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto axis = static_cast<std::size_t>(*normalized_axis(
      node.as<tflite::UnpackOptionsT>().axis, static_cast<int>(in[0].shape.size())));
  Strided from = row_major(in[0].shape);
  const std::int64_t step = from.strides[axis];
  from.strides.erase(from.strides.begin() + static_cast<std::ptrdiff_t>(axis));
  for (HostTensor& part : out) {
    if (!fold_strided(in[0], from, part)) return false;
    from.base += step;
  }
  return true;
}

// Of an op whose operands all move.
constexpr auto moves_all_operands = moves_operand<0, INT32_MAX>;

}  // namespace

std::span<const OpInfo> concat_family() {
  constexpr DTypeSet concatenated = {DType::FLOAT32, DType::FLOAT16, DType::BFLOAT16, DType::UINT8,
                                     DType::INT8,    DType::INT16,   DType::INT32,    DType::INT64,
                                     DType::BOOL,    DType::UINT32,  DType::INT4};
  constexpr DTypeSet packed = {DType::FLOAT32, DType::UINT8, DType::INT8,  DType::INT16,
                               DType::INT32,   DType::INT64, DType::UINT32};
  constexpr DTypeSet unpacked = {DType::FLOAT32, DType::FLOAT16, DType::BFLOAT16, DType::UINT8,
                                 DType::INT8,    DType::INT16,   DType::INT32,    DType::BOOL};
  static const OpInfo family[] = {
      {.op = Op::CONCATENATION,
       .operands = {{.name = "values", .dtypes = concatenated, .min_rank = 1, .variadic = true}},
       .infer = infer_concatenation,
       .fold = fold_concatenation,
       .contents = moves_all_operands,
       .layout = Layout::axis_option,
       .versions = {{first_is<DType::FLOAT8_E4M3FN, DType::FLOAT8_E5M2>, 7},
                    {first_is<DType::FLOAT16>, 6},
                    {first_is<DType::INT4>, 5},
                    {first_is<DType::UINT32>, 4},
                    {first_is<DType::INT16>, 3},
                    {first_is<DType::INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.5.0", "1.14.0", "2.3.0", "2.14.0", "2.21.0", "2.23.0", "2.23.0"}},
      {.op = Op::PACK,
       .operands = {{.name = "values", .dtypes = packed, .max_rank = 7, .variadic = true}},
       .infer = infer_pack,
       .fold = fold_pack,
       .contents = moves_all_operands,
       .versions = {{first_is<DType::FLOAT8_E4M3FN, DType::FLOAT8_E5M2>, 5},
                    {first_is<DType::INT8>, 2},
                    {first_and_result_are<DType::INT16>, 3},
                    {first_is<DType::UINT32>, 4},
                    {nullptr, 1}},
       .min_runtime = {"1.11.0", "1.14.0", "2.3.0", "2.13.0", "2.23.0"}},
      {.op = Op::UNPACK,
       .operands = {{.name = "x", .dtypes = unpacked, .min_rank = 1}},
       .infer = infer_unpack,
       .fold = fold_unpack,
       .contents = moves_operand<0>,
       .versions = {{first_is<DType::FLOAT8_E4M3FN, DType::FLOAT8_E5M2>, 6},
                    {first_is<DType::INT8, DType::UINT8>, 2},
                    {first_is<DType::BOOL>, 3},
                    {first_and_result_are<DType::INT16>, 4},
                    {first_is<DType::FLOAT16, DType::BFLOAT16>, 5},
                    {nullptr, 1}},
       .min_runtime = {"1.11.0", "1.14.0", "2.2.0", "2.3.0", "2.22.0", "2.23.0"}},
  };
  return family;
}

}  // namespace litecast::ops
