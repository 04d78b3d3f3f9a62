#include "emit/shape.h"

namespace litecast::emit {
namespace {

// The kernel has no strings; TILE has.
Value* tile_to(Emitter& e, Value* x, const Shape& shape) {
  const Shape& from = x->shape();
  const auto missing = static_cast<std::size_t>(shape.rank() - from.rank());
  std::vector<Dim> dims(missing, Dim(1));
  dims.insert(dims.end(), from.dims().begin(), from.dims().end());
  std::vector<Dim> multiples;
  for (std::size_t i = 0; i < dims.size(); ++i)
    multiples.push_back(dims[i] == Dim(1) ? shape.dims()[i] : Dim(1));
  return e.add(Op::TILE, {reshape(e, x, Shape(dims)), shape_value(e, multiples)});
}

}  // namespace

Value* broadcast_to(Emitter& e, Value* x, const Shape& shape) {
  if (!shape.is_ranked()) throw Unsupported("the rank of a broadcast is not known");
  if (x->shape() == shape) return x;
  if (x->dtype() == DType::STRING && x->shape().is_ranked()) return tile_to(e, x, shape);
  return e.add(Op::BROADCAST_TO, {x, shape_value(e, shape.dims())});
}

Value* fill(Emitter& e, const Shape& shape, Value* scalar) {
  if (!shape.is_ranked()) throw Unsupported("the rank of a filled tensor is not known");
  if (shape.rank() == 0) return scalar;
  return e.add(Op::FILL, {shape_value(e, shape.dims()), scalar});
}

}  // namespace litecast::emit
