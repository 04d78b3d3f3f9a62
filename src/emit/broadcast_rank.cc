#include "emit/broadcast_rank.h"

#include "emit/shape.h"

namespace litecast::emit {
namespace {

// std::vector<Dim> 1 in front up to that rank.
std::vector<Dim> aligned(const Shape& shape, std::size_t rank) {
  std::vector<Dim> sizes(rank - shape.dims().size(), Dim(1));
  sizes.insert(sizes.end(), shape.dims().begin(), shape.dims().end());
  return sizes;
}

// How one axis broadcasts: which operands have the result's size (the others have 1). Nothing where
// a size is not known to be either.
std::optional<std::vector<bool>> pattern(const std::vector<std::vector<Dim>>& operands, Dim size,
                                         std::size_t axis) {
  std::vector<bool> full;
  for (const std::vector<Dim>& sizes : operands) {
    if (sizes[axis] != size && sizes[axis] != Dim(1)) return std::nullopt;
    full.push_back(sizes[axis] == size);
  }
  return full;
}

// The operands' sizes with neighbouring axes of equal pattern merged.
std::vector<std::vector<Dim>> merged(const std::vector<std::vector<Dim>>& operands,
                                     const std::vector<Dim>& result) {
  std::vector<std::vector<Dim>> out(operands.size());
  std::optional<std::vector<bool>> previous;
  for (std::size_t axis = 0; axis < result.size(); ++axis) {
    if (result[axis] == Dim(1)) continue;
    auto current = pattern(operands, result[axis], axis);
    const bool merge = current && previous == current;
    for (std::size_t i = 0; i < operands.size(); ++i) {
      if (merge)
        out[i].back() = out[i].back() * operands[i][axis];
      else
        out[i].push_back(operands[i][axis]);
    }
    previous = std::move(current);
  }
  return out;
}

std::optional<Shape> broadcast_all(const std::vector<Value*>& operands) {
  std::optional<Shape> shape = operands.front()->shape();
  for (const Value* v : operands) {
    shape = ir::broadcast(*shape, v->shape());
    if (!shape || !shape->is_ranked()) return std::nullopt;
  }
  return shape;
}

Value* with_merged_axes(Emitter& e, const std::vector<Value*>& operands, const Shape& result,
                        const BroadcastOp& op) {
  std::vector<std::vector<Dim>> sizes;
  for (const Value* v : operands) sizes.push_back(aligned(v->shape(), result.dims().size()));
  const std::vector<std::vector<Dim>> small = merged(sizes, result.dims());
  if (small.front().size() == result.dims().size()) return nullptr;
  std::vector<Value*> reshaped;
  for (std::size_t i = 0; i < operands.size(); ++i)
    reshaped.push_back(reshape(e, operands[i], Shape(small[i])));
  return op(reshaped);
}

Value* with_one_shape(Emitter& e, const std::vector<Value*>& operands, const Shape& result,
                      const BroadcastOp& op) {
  std::vector<Value*> flat;
  for (Value* v : operands)
    flat.push_back(reshape(e, broadcast_to(e, v, result), Shape{result.elements()}));
  return op(flat);
}

}  // namespace

Value* with_lower_rank(Emitter& e, const std::vector<Value*>& operands, const BroadcastOp& op) {
  const auto result = broadcast_all(operands);
  if (!result) return nullptr;
  Value* value = with_merged_axes(e, operands, *result, op);
  if (value == nullptr) value = with_one_shape(e, operands, *result, op);
  return value ? reshape(e, value, *result) : nullptr;
}

}  // namespace litecast::emit
