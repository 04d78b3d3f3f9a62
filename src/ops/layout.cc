// Ops that move elements along and between axes.
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

// ---- TRANSPOSE ----

// Nothing when it is not a permutation of the axes [0, rank).
std::optional<std::vector<int>> permutation(const std::vector<std::int64_t>& values, int rank) {
  if (static_cast<int>(values.size()) != rank) return std::nullopt;
  std::vector<int> axes;
  std::vector<bool> seen(values.size(), false);
  for (const std::int64_t value : values) {
    const auto axis = normalized_axis(value, rank);
    if (!axis || seen[static_cast<std::size_t>(*axis)]) return std::nullopt;
    seen[static_cast<std::size_t>(*axis)] = true;
    axes.push_back(*axis);
  }
  return axes;
}

Results infer_transpose(const OpView& node, ir::DimContext& dims) {
  const Shape& x = node.shape(0);
  const auto values = node.integers(1);
  if (!x.is_ranked())
    return moved_result(node, 0,
                        values ? unknown_shape(dims, static_cast<int>(values->size())) : x);
  if (!values) return moved_result(node, 0, unknown_shape(dims, x.rank()));
  const auto axes = permutation(*values, x.rank());
  if (!axes) {
    return violation(Kind::option, 1,
                     fmt::format("TRANSPOSE takes a permutation of {} axes, not [{}]", x.rank(),
                                 fmt::join(*values, ", ")));
  }
  std::vector<Dim> sizes;
  for (const int axis : *axes) sizes.push_back(x[axis]);
  return moved_result(node, 0, Shape(std::move(sizes)));
}

bool fold_transpose(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const auto axes = permutation(integers_of(in[1]), static_cast<int>(in[0].shape.size()));
  if (!axes) return false;
  const std::vector<std::int64_t> strides = row_major_strides(in[0].shape);
  Strided from;
  for (const int axis : *axes) from.strides.push_back(strides[static_cast<std::size_t>(axis)]);
  return fold_strided(in[0], from, out[0]);
}

// ---- REVERSE_V2, REVERSE_SEQUENCE ----

Results infer_reverse(const OpView& node, ir::DimContext&) {
  if (node.shape(0).is_ranked()) {
    const auto axes = axes_of(node, 1, node.shape(0).rank());
    if (!axes) return tl::unexpected(axes.error());
    if (*axes && !(*axes)->empty() &&
        (*axes)->back() - (*axes)->front() + 1 != static_cast<int>((*axes)->size())) {
      return violation(
          Kind::option, 1,
          fmt::format("REVERSE_V2 takes neighbouring axes, not [{}]", fmt::join(**axes, ", ")));
    }
  }
  return moved_result(node, 0, node.shape(0));
}

bool fold_reverse(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  Strided from = row_major(in[0].shape);
  for (const std::int64_t value : integers_of(in[1])) {
    const auto axis = normalized_axis(value, static_cast<int>(in[0].shape.size()));
    if (!axis) return false;
    const auto i = static_cast<std::size_t>(*axis);
    if (from.strides[i] < 0) continue;  // named twice
    from.base += (in[0].shape[i] - 1) * from.strides[i];
    from.strides[i] = -from.strides[i];
  }
  return fold_strided(in[0], from, out[0]);
}

Results infer_reverse_sequence(const OpView& node, ir::DimContext&) {
  const auto& options = node.as<tflite::ReverseSequenceOptionsT>();
  const Shape& x = node.shape(0);
  if (x.is_ranked()) {
    const auto in_range = [&](int axis) { return axis >= 0 && axis < x.rank(); };
    if (!in_range(options.seq_dim) || !in_range(options.batch_dim) ||
        options.seq_dim == options.batch_dim) {
      return violation(Kind::option, -1,
                       fmt::format("REVERSE_SEQUENCE takes two axes of {}, not {} and {}",
                                   to_string(x), options.seq_dim, options.batch_dim));
    }
  }
  return moved_result(node, 0, x);
}

bool fold_reverse_sequence(const OpView& node, std::span<const HostTensor> in,
                           std::span<HostTensor> out) {
  const auto& options = node.as<tflite::ReverseSequenceOptionsT>();
  const auto time = static_cast<std::size_t>(options.seq_dim);
  const auto batch = static_cast<std::size_t>(options.batch_dim);
  const std::vector<std::int64_t> lengths = integers_of(in[1]);
  if (static_cast<std::int64_t>(lengths.size()) != in[0].shape[batch]) return false;
  const Strided rows = row_major(in[0].shape);
  Move move({&in[0]}, out[0]);
  for (std::size_t b = 0; b < lengths.size(); ++b) {
    const std::int64_t length = lengths[b];
    if (length < 0 || length > in[0].shape[time]) return false;
    Strided to = rows;
    to.base = static_cast<std::int64_t>(b) * rows.strides[batch];
    Strided reversed = to;
    reversed.base += (length - 1) * rows.strides[time];
    reversed.strides[time] = -rows.strides[time];
    ir::StaticShape part = in[0].shape;
    part[batch] = 1;
    part[time] = length;
    move.copy(0, part, reversed, to);
    to.base += length * rows.strides[time];
    part[time] = in[0].shape[time] - length;
    move.copy(0, part, to, to);
  }
  return move.finish();
}

// ---- MATRIX_DIAG, MATRIX_SET_DIAG ----

Results infer_matrix_diag(const OpView& node, ir::DimContext&) {
  const Shape& diagonal = node.shape(0);
  if (!diagonal.is_ranked()) return moved_result(node, 0, diagonal);
  std::vector<Dim> sizes = diagonal.dims();
  sizes.push_back(sizes.back());
  return moved_result(node, 0, Shape(std::move(sizes)));
}

// The diagonals of the matrices of a tensor.
Strided diagonals(const ir::StaticShape& shape) {
  Strided rows = row_major(shape);
  rows.strides.pop_back();
  rows.strides.back() += 1;
  return rows;
}

bool fold_matrix_diag(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  Move move({&in[0]}, out[0]);
  move.copy(0, in[0].shape, row_major(in[0].shape), diagonals(out[0].shape));
  return move.finish();
}

Results infer_matrix_set_diag(const OpView& node, ir::DimContext&) {
  if (node.dtype(0) != node.dtype(1))
    return violation(Kind::dtype, 1, "MATRIX_SET_DIAG takes a diagonal of the matrix's type");
  const Shape &x = node.shape(0), &diagonal = node.shape(1);
  if (x.is_ranked() && diagonal.is_ranked()) {
    bool fits = diagonal.rank() == x.rank() - 1;
    for (int i = 0; fits && i < diagonal.rank(); ++i) {
      const Dim wanted = i + 1 < diagonal.rank() ? x[i] : min(x[-1], x[-2]);
      fits = diagonal[i] == wanted || !(diagonal[i].is_constant() && wanted.is_constant());
    }
    if (!fits) {
      return violation(Kind::shape, 1,
                       fmt::format("MATRIX_SET_DIAG cannot put {} on the diagonal of {}",
                                   to_string(diagonal), to_string(x)));
    }
  }
  return moved_result(node, 0, x);
}

bool fold_matrix_set_diag(const OpView&, std::span<const HostTensor> in,
                          std::span<HostTensor> out) {
  const Strided rows = row_major(in[0].shape);
  Move move({&in[0], &in[1]}, out[0]);
  move.copy(0, in[0].shape, rows, rows);
  move.copy(1, in[1].shape, row_major(in[1].shape), diagonals(out[0].shape));
  return move.finish();
}

}  // namespace

std::span<const OpInfo> layout_family() {
  constexpr DTypeSet transposable = kWords | DTypeSet{DType::INT4};
  constexpr DTypeSet reversible = {DType::FLOAT32, DType::FLOAT16, DType::BFLOAT16,
                                   DType::UINT8,   DType::INT8,    DType::INT16,
                                   DType::INT32,   DType::INT64,   DType::BOOL};
  constexpr DTypeSet sequences = {DType::FLOAT32, DType::UINT8, DType::INT16, DType::INT32,
                                  DType::INT64};
  constexpr DTypeSet matrices = {DType::FLOAT32, DType::UINT8, DType::INT8,
                                 DType::INT16,   DType::INT32, DType::INT64};
  static const OpInfo family[] = {
      {.op = Op::TRANSPOSE,
       .operands = {{.name = "x", .dtypes = transposable},
                    {.name = "perm", .dtypes = {DType::INT32}, .min_rank = 1, .max_rank = 1}},
       .infer = infer_transpose,
       .fold = fold_transpose,
       .contents = moves_operand<0>,
       .versions = {{first_is<DType::FLOAT16>, 9},
                    {[](const OpView& node) {
                       return above_rank<0, 6>(node) || first_is<DType::BFLOAT16>(node);
                     },
                     8},
                    {first_is<DType::INT4>, 7},
                    {above_rank<0, 5>, 6},
                    {first_is<DType::INT16>, 5},
                    {above_rank<0, 4>, 4},
                    {first_is<DType::BOOL>, 3},
                    {first_is<DType::INT8>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.6.0", "1.14.0", "1.15.0", "2.3.0", "2.4.0", "2.12.0", "2.14.4", "2.22.0",
                       "2.23.0"}},
      {.op = Op::REVERSE_V2,
       .operands = {{.name = "x", .dtypes = reversible},
                    {.name = "axes", .dtypes = {DType::INT32}, .min_rank = 1, .max_rank = 1}},
       .infer = infer_reverse,
       .fold = fold_reverse,
       .contents = moves_operand<0>,
       .layout = Layout::axes_operand,
       .versions = {{first_is<DType::FLOAT8_E4M3FN, DType::FLOAT8_E5M2>, 4},
                    {first_is<DType::INT8>, 3},
                    {first_is<DType::BOOL>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.14.0", "2.2.0", "2.5.0", "2.23.0"}},
      {.op = Op::REVERSE_SEQUENCE,
       .operands = {{.name = "x", .dtypes = sequences, .min_rank = 2},
                    {.name = "seq_lengths", .dtypes = kIndex, .min_rank = 1, .max_rank = 1}},
       .infer = infer_reverse_sequence,
       .fold = fold_reverse_sequence,
       .min_runtime = {"1.14.0"}},
      {.op = Op::MATRIX_DIAG,
       .operands = {{.name = "diagonal", .dtypes = matrices, .min_rank = 1, .max_rank = 7}},
       .infer = infer_matrix_diag,
       .fold = fold_matrix_diag,
       .min_runtime = {"1.14.0"}},
      {.op = Op::MATRIX_SET_DIAG,
       .operands = {{.name = "x", .dtypes = matrices, .min_rank = 2},
                    {.name = "diagonal", .dtypes = matrices, .min_rank = 1}},
       .infer = infer_matrix_set_diag,
       .fold = fold_matrix_set_diag,
       .min_runtime = {"1.14.0"}},
  };
  return family;
}

}  // namespace litecast::ops
