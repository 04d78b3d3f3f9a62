#include "ops/stablehlo_infer.h"

#include <fmt/format.h>

#include "ops/move.h"

namespace litecast::ops {

using Kind = LimitViolation::Kind;
using ir::Dim;
using ir::Shape;

namespace {

tl::unexpected<LimitViolation> bad_attribute(const OpView& node, const char* name) {
  return violation(Kind::option, -1,
                   fmt::format("{} has {} that does not fit its operand {}", ir::name(node.op),
                               name, to_string(node.shape(0))));
}

// Per axis lists must have an entry for each.
bool has_entries(const std::vector<std::int64_t>& list, const Shape& x) {
  return static_cast<int>(list.size()) == x.rank();
}

std::optional<LimitViolation> check_equal_types(const OpView& node, int first) {
  for (int i = first + 1; i < static_cast<int>(node.operands.size()); ++i) {
    const Shape &a = node.shape(first), &b = node.shape(i);
    bool equal = node.dtype(first) == node.dtype(i);
    if (a.is_ranked() && b.is_ranked()) {
      equal = equal && a.rank() == b.rank();
      for (int axis = 0; equal && axis < a.rank(); ++axis)
        equal = a[axis] == b[axis] || !a[axis].is_constant() || !b[axis].is_constant();
    }
    if (!equal) {
      return LimitViolation{
          Kind::shape, i,
          fmt::format("{} takes operands of one type, not {} and {}", ir::name(node.op),
                      to_string(node.in(first)->type()), to_string(node.in(i)->type()))};
    }
  }
  return std::nullopt;
}

}  // namespace

Results stablehlo_elementwise(const OpView& node, ir::DimContext&) {
  if (auto bad = check_equal_types(node, 0)) return tl::unexpected(*bad);
  return moved_result(node, 0, node.shape(0));
}

Results stablehlo_compare(const OpView& node, ir::DimContext&) {
  if (auto bad = check_equal_types(node, 0)) return tl::unexpected(*bad);
  return one_result(DType::BOOL, node.shape(0));
}

Results stablehlo_select(const OpView& node, ir::DimContext&) {
  if (auto bad = check_equal_types(node, 1)) return tl::unexpected(*bad);
  return moved_result(node, 1, node.shape(1));
}

Results stablehlo_clamp(const OpView& node, ir::DimContext&) {
  return moved_result(node, 1, node.shape(1));
}

Results stablehlo_pad(const OpView& node, ir::DimContext&) {
  const auto& o = node.as<tflite::StablehloPadOptionsT>();
  const Shape& x = node.shape(0);
  if (!x.is_ranked()) return moved_result(node, 0, x);
  if (!has_entries(o.edge_padding_low, x) || !has_entries(o.edge_padding_high, x) ||
      !has_entries(o.interior_padding, x))
    return bad_attribute(node, "padding");
  std::vector<Dim> sizes;
  for (std::size_t i = 0; i < x.dims().size(); ++i) {
    const std::int64_t interior = o.interior_padding[i];
    if (interior < 0) return bad_attribute(node, "interior padding");
    const Dim size = x.dims()[i];
    const Dim spread = size == Dim(0) ? size : size + (size - Dim(1)) * Dim(interior);
    sizes.push_back(spread + Dim(o.edge_padding_low[i]) + Dim(o.edge_padding_high[i]));
  }
  return moved_result(node, 0, Shape(std::move(sizes)));
}

Results stablehlo_transpose(const OpView& node, ir::DimContext&) {
  const auto& permutation = node.as<tflite::StablehloTransposeOptionsT>().permutation;
  const Shape& x = node.shape(0);
  if (!x.is_ranked()) return moved_result(node, 0, x);
  if (!has_entries(permutation, x)) return bad_attribute(node, "a permutation");
  std::vector<Dim> sizes;
  for (const std::int64_t axis : permutation) {
    if (axis < 0 || axis >= x.rank()) return bad_attribute(node, "a permutation");
    sizes.push_back(x[static_cast<int>(axis)]);
  }
  return moved_result(node, 0, Shape(std::move(sizes)));
}

Results stablehlo_concatenate(const OpView& node, ir::DimContext&) {
  const std::int64_t axis = node.as<tflite::StablehloConcatenateOptionsT>().dimension;
  if (node.operands.empty())
    return violation(Kind::option, 0, "STABLEHLO_CONCATENATE lacks operands");
  Dim along = 0;
  for (const ir::Value* x : node.operands) {
    if (!x->shape().is_ranked()) return moved_result(node, 0, Shape::unranked());
    if (axis < 0 || axis >= x->shape().rank()) return bad_attribute(node, "a dimension");
    along = along + x->shape()[static_cast<int>(axis)];
  }
  std::vector<Dim> sizes = node.shape(0).dims();
  sizes[static_cast<std::size_t>(axis)] = along;
  return moved_result(node, 0, Shape(std::move(sizes)));
}

Results stablehlo_slice(const OpView& node, ir::DimContext&) {
  const auto& o = node.as<tflite::StablehloSliceOptionsT>();
  const std::size_t rank = o.start_indices.size();
  const bool fits = o.limit_indices.size() == rank && o.strides.size() == rank &&
                    (!node.shape(0).is_ranked() || has_entries(o.start_indices, node.shape(0)));
  if (!fits) return bad_attribute(node, "indices");
  std::vector<Dim> sizes;
  for (std::size_t i = 0; i < rank; ++i) {
    if (o.strides[i] <= 0) return bad_attribute(node, "strides");
    sizes.push_back(ceildiv(Dim(o.limit_indices[i]) - Dim(o.start_indices[i]), o.strides[i]));
  }
  return moved_result(node, 0, Shape(std::move(sizes)));
}

Results stablehlo_dynamic_slice(const OpView& node, ir::DimContext&) {
  return moved_result(node, 0,
                      Shape::of(node.as<tflite::StablehloDynamicSliceOptionsT>().slice_sizes));
}

Results stablehlo_gather(const OpView& node, ir::DimContext&) {
  const auto& o = node.as<tflite::StablehloGatherOptionsT>();
  const Shape& indices = node.shape(1);
  if (!indices.is_ranked()) return moved_result(node, 0, indices);
  std::vector<Dim> batch = indices.dims();
  if (o.index_vector_dim < 0 || o.index_vector_dim > indices.rank())
    return bad_attribute(node, "an index vector dimension");
  if (o.index_vector_dim < indices.rank()) batch.erase(batch.begin() + o.index_vector_dim);
  std::vector<Dim> offset;
  for (std::size_t i = 0; i < o.slice_sizes.size(); ++i) {
    const auto& collapsed = o.collapsed_slice_dims;
    if (std::find(collapsed.begin(), collapsed.end(), static_cast<std::int64_t>(i)) ==
        collapsed.end())
      offset.push_back(o.slice_sizes[i]);
  }
  if (offset.size() != o.offset_dims.size()) return bad_attribute(node, "offset dimensions");
  std::vector<Dim> sizes;
  std::size_t from_batch = 0, from_offset = 0;
  for (std::size_t i = 0; i < batch.size() + offset.size(); ++i) {
    const auto& places = o.offset_dims;
    const bool is_offset =
        std::find(places.begin(), places.end(), static_cast<std::int64_t>(i)) != places.end();
    if (is_offset ? from_offset == offset.size() : from_batch == batch.size())
      return bad_attribute(node, "offset dimensions");
    sizes.push_back(is_offset ? offset[from_offset++] : batch[from_batch++]);
  }
  return moved_result(node, 0, Shape(std::move(sizes)));
}

Results stablehlo_reduce_window(const OpView& node, ir::DimContext&) {
  const auto& o = node.as<tflite::StablehloReduceWindowOptionsT>();
  const Shape& x = node.shape(0);
  if (!x.is_ranked()) return moved_result(node, 0, x);
  if (!has_entries(o.window_dimensions, x) || !has_entries(o.window_strides, x) ||
      !has_entries(o.base_dilations, x) || !has_entries(o.window_dilations, x) ||
      o.padding.size() != 2 * x.dims().size())
    return bad_attribute(node, "a window");
  std::vector<Dim> sizes;
  for (std::size_t i = 0; i < x.dims().size(); ++i) {
    if (o.base_dilations[i] < 1) return bad_attribute(node, "a base dilation");
    const Dim spread = (x.dims()[i] - Dim(1)) * Dim(o.base_dilations[i]) + Dim(1);
    const auto size =
        window_output(node,
                      {spread + Dim(o.padding[2 * i]) + Dim(o.padding[2 * i + 1]),
                       o.window_dimensions[i], o.window_strides[i], o.window_dilations[i]},
                      tflite::Padding::VALID);
    if (!size) return tl::unexpected(size.error());
    sizes.push_back(*size);
  }
  return moved_result(node, 0, Shape(std::move(sizes)));
}

}  // namespace litecast::ops
