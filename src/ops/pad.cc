// Ops that surround a tensor with more elements.
#include "ops/dtype_sets.h"
#include "ops/families.h"
#include "ops/move.h"
#include "ops/pad_kernel.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using Kind = LimitViolation::Kind;
using ir::Dim;
using ir::Shape;

// The sizes of operand 0 with the paddings of operand 1: a row of two for each axis.
Expected<Shape> padded_shape(const OpView& node, ir::DimContext& dims) {
  const Shape& x = node.shape(0);
  const auto pads = node.dims(1);
  if (!x.is_ranked()) return x;
  const Shape& rows = node.shape(1);
  const auto rank = static_cast<std::size_t>(x.rank());
  if ((pads && pads->size() != 2 * rank) ||
      (rows.is_ranked() && rows[0].is_constant() && rows[0].value() != x.rank())) {
    return violation(Kind::shape, 1,
                     fmt::format("{} takes two paddings for each of {} axes, not {}",
                                 ir::name(node.op), rank, to_string(rows)));
  }
  if (!pads) return unknown_shape(dims, x.rank(), "padded");
  std::vector<Dim> sizes;
  for (std::size_t i = 0; i < rank; ++i) {
    for (const Dim pad : {(*pads)[2 * i], (*pads)[2 * i + 1]}) {
      if (pad.is_constant() && pad.value() < 0) {
        return violation(Kind::shape, 1,
                         fmt::format("{} takes paddings of zero or more, not {}", ir::name(node.op),
                                     pad.value()));
      }
    }
    sizes.push_back(x.dims()[i] + (*pads)[2 * i] + (*pads)[2 * i + 1]);
  }
  return Shape(std::move(sizes));
}

Results infer_pad(const OpView& node, ir::DimContext& dims) {
  if (node.has(2) && node.dtype(2) != node.dtype(0))
    return violation(Kind::dtype, 2, "PADV2 takes a value of the tensor's type");
  auto shape = padded_shape(node, dims);
  if (!shape) return tl::unexpected(shape.error());
  return moved_result(node, 0, std::move(*shape));
}

bool fold_pad(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out) {
  // A quantized tensor is padded with its zero point, not with zeros.
  const bool has_value = in.size() > 2;
  if (!has_value && node.in(0)->type().quantization != nullptr) return false;
  if (has_value && in[2].elements() != 1) return false;
  return pad(in[0], integers_of(in[1]), has_value ? &in[2] : nullptr, out[0]);
}

// ---- MIRROR_PAD ----

bool is_reflect(const OpView& node) {
  return node.as<tflite::MirrorPadOptionsT>().mode == tflite::MirrorPadMode::REFLECT;
}

Results infer_mirror_pad(const OpView& node, ir::DimContext& dims) {
  auto shape = padded_shape(node, dims);
  if (!shape) return tl::unexpected(shape.error());
  const Shape& x = node.shape(0);
  const auto pads = node.dims(1);
  if (x.is_ranked() && pads) {
    for (std::size_t i = 0; i < pads->size(); ++i) {
      const Dim most = x.dims()[i / 2] - Dim(is_reflect(node) ? 1 : 0), pad = (*pads)[i];
      if (pad != Dim(0) && pad.is_constant() && most.is_constant() && pad.value() > most.value()) {
        return violation(Kind::shape, 1,
                         fmt::format("MIRROR_PAD cannot mirror {} elements on axis {} of {}",
                                     pad.value(), i / 2, to_string(x)));
      }
    }
  }
  return moved_result(node, 0, std::move(*shape));
}

bool fold_mirror_pad(const OpView& node, std::span<const HostTensor> in,
                     std::span<HostTensor> out) {
  return mirror_pad(in[0], integers_of(in[1]), is_reflect(node), out[0]);
}

}  // namespace

std::span<const OpInfo> pad_family() {
  constexpr DTypeSet padded = {DType::FLOAT32, DType::FLOAT16, DType::BFLOAT16,
                               DType::UINT8,   DType::INT8,    DType::INT16,
                               DType::INT32,   DType::INT64,   DType::BOOL};
  static const std::vector<VersionRule> pad_versions = {
      {first_is<DType::FLOAT8_E4M3FN, DType::FLOAT8_E5M2>, 6},
      {first_is<DType::BOOL>, 5},
      {above_rank<0, 4>, 4},
      {first_is<DType::INT16>, 3},
      {first_is<DType::INT8>, 2},
      {nullptr, 1}};
  static const OpInfo family[] = {
      {.op = Op::PAD,
       .operands = {{.name = "x", .dtypes = padded, .max_rank = 5},
                    {.name = "paddings", .dtypes = kIndex, .min_rank = 2, .max_rank = 2}},
       .infer = infer_pad,
       .fold = fold_pad,
       .layout = Layout::rows_operand,
       .versions = pad_versions,
       .min_runtime = {"1.5.0", "1.14.0", "2.4.0", "2.6.0", "2.20.0", "2.23.0"}},
      {.op = Op::PADV2,
       .operands = {{.name = "x", .dtypes = padded, .max_rank = 5},
                    {.name = "paddings", .dtypes = kIndex, .min_rank = 2, .max_rank = 2},
                    {.name = "value", .dtypes = padded}},
       .infer = infer_pad,
       .fold = fold_pad,
       .layout = Layout::rows_operand,
       .versions = pad_versions,
       .min_runtime = {"1.9.0", "1.14.0", "2.4.0", "2.6.0", "2.20.0", "2.23.0"}},
      {.op = Op::MIRROR_PAD,
       .operands = {{.name = "x", .dtypes = kWords},
                    {.name = "paddings", .dtypes = kIndex, .min_rank = 2, .max_rank = 2}},
       .infer = infer_mirror_pad,
       .fold = fold_mirror_pad,
       .layout = Layout::rows_operand,
       .versions = {{first_is<DType::INT16>, 3}, {first_is<DType::INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.13.1", "2.3.0", "2.12.0"}},
  };
  return family;
}

}  // namespace litecast::ops
