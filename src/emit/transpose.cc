#include <fmt/format.h>

#include <numeric>

#include "emit/shape.h"

namespace litecast::emit {
namespace {

// The kernel's limit in every runtime that has the op.
constexpr int kMaxTransposeRank = 6;

std::vector<int> checked_permutation(std::span<const int> permutation, int rank) {
  std::vector<int> axes;
  for (int axis : permutation) axes.push_back(axis_of(axis, rank));
  std::vector<int> sorted = axes;
  std::ranges::sort(sorted);
  std::vector<int> identity(static_cast<std::size_t>(rank));
  std::iota(identity.begin(), identity.end(), 0);
  if (sorted != identity)
    throw Unsupported(
        fmt::format("[{}] does not permute {} axes", fmt::join(permutation, ", "), rank));
  return axes;
}

Shape permuted(const Shape& shape, const std::vector<int>& permutation) {
  std::vector<Dim> dims;
  for (int axis : permutation) dims.push_back(shape[axis]);
  return Shape(std::move(dims));
}

// Axes of more than one element stay in order, so that the elements do not move.
bool moves_only_ones(const Shape& shape, const std::vector<int>& permutation) {
  int last = -1;
  for (int axis : permutation) {
    if (shape[axis] == Dim(1)) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

bool has_many_free_sizes(const Shape& shape) {
  return std::ranges::count_if(shape.dims(), [](Dim d) { return !d.is_constant(); }) > 1;
}

// Runs of axes that stay together become one axis. `rows` are the runs in the result's order, each
// as its axes.
struct CollapsedAxes {
  std::vector<std::vector<int>> rows;

  explicit CollapsedAxes(const Shape& shape, const std::vector<int>& permutation) {
    for (int axis : permutation) {
      if (shape[axis] == Dim(1)) continue;
      if (!rows.empty() && follows(shape, rows.back().back(), axis))
        rows.back().push_back(axis);
      else
        rows.push_back({axis});
    }
  }

  // Whether only axes of size 1 stand between both.
  static bool follows(const Shape& shape, int axis, int next) {
    if (next <= axis) return false;
    for (int i = axis + 1; i < next; ++i)
      if (shape[i] != Dim(1)) return false;
    return true;
  }

  // The rows in the order in which the operand has them.
  std::vector<std::size_t> operand_order() const {
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t row) { return rows[row].front(); });
    return order;
  }
};

Value* emit_transpose(Emitter& e, Value* x, const std::vector<int>& permutation) {
  return e.add(Op::TRANSPOSE, {x, e.i32({permutation.begin(), permutation.end()})});
}

Value* transpose_collapsed(Emitter& e, Value* x, const std::vector<int>& permutation) {
  const CollapsedAxes collapsed(x->shape(), permutation);
  std::vector<Dim> dims;
  std::vector<int> permutation_of_rows(collapsed.rows.size());
  for (std::size_t row : collapsed.operand_order()) {
    permutation_of_rows[row] = static_cast<int>(dims.size());
    Dim size = 1;
    for (int axis : collapsed.rows[row]) size = size * x->shape()[axis];
    dims.push_back(size);
  }
  Value* merged = reshape(e, x, Shape(std::move(dims)));
  return reshape(e, emit_transpose(e, merged, permutation_of_rows),
                 permuted(x->shape(), permutation));
}

}  // namespace

std::vector<int> last_axes_swapped(int rank) {
  std::vector<int> permutation(static_cast<std::size_t>(rank));
  std::iota(permutation.begin(), permutation.end(), 0);
  std::swap(permutation.end()[-1], permutation.end()[-2]);
  return permutation;
}

Value* transpose(Emitter& e, Value* x, std::span<const int> permutation) {
  if (!x->shape().is_ranked())
    return emit_transpose(e, x, {permutation.begin(), permutation.end()});
  const std::vector<int> axes = checked_permutation(permutation, x->shape().rank());
  if (std::ranges::is_sorted(axes)) return x;
  const Shape result = permuted(x->shape(), axes);
  if (moves_only_ones(x->shape(), axes) && !has_many_free_sizes(result))
    return reshape(e, x, result);
  if (x->shape().rank() > kMaxTransposeRank) return transpose_collapsed(e, x, axes);
  return emit_transpose(e, x, axes);
}

}  // namespace litecast::emit
