#include "emit/gather.h"

#include <numeric>

#include "emit/arith.h"
#include "emit/movement.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

constexpr std::int64_t kLargestConstantIota = 1 << 14;

Value* index_type(Emitter& e, Value* indices) {
  const bool taken = indices->dtype() == DType::INT32 || indices->dtype() == DType::INT64;
  return taken ? indices : cast(e, indices, DType::INT32);
}

}  // namespace

Value* gather(Emitter& e, Value* params, Value* indices, int axis, int batch_dims) {
  return move(e, Op::GATHER, {params, index_type(e, indices)}, 0,
              tflite::GatherOptionsT{.axis = axis, .batch_dims = batch_dims});
}

Value* gather_nd(Emitter& e, Value* params, Value* indices) {
  const Shape& shape = indices->shape();
  if (shape.is_ranked() && shape.rank() > 0 && shape[-1] == Dim(0)) {
    // Indices that name no axis: each stands for all of the tensor.
    std::vector<Dim> dims(shape.dims().begin(), shape.dims().end() - 1);
    rank_of(params);
    dims.insert(dims.end(), params->shape().dims().begin(), params->shape().dims().end());
    return broadcast_to(e, params, Shape(std::move(dims)));
  }
  return move(e, Op::GATHER_ND, {params, index_type(e, indices)}, 0);
}

Value* coordinates(Emitter& e, Value* numbers, std::span<Value* const> sizes, int new_axis) {
  std::vector<Value*> columns(sizes.size());
  Value* rest = numbers;
  for (std::size_t axis = sizes.size(); axis-- > 0;) {
    Value* place = axis == 0 ? rest : binary(e, Op::FLOOR_MOD, rest, sizes[axis]);
    columns[axis] = expand_dims(e, place, {&new_axis, 1});
    if (axis > 0) rest = binary(e, Op::FLOOR_DIV, rest, sizes[axis]);
  }
  return concat(e, columns, new_axis);
}

Value* iota(Emitter& e, Dim size) {
  if (size.is_constant() && size.value() <= kLargestConstantIota) {
    std::vector<std::int64_t> values(static_cast<std::size_t>(size.value()));
    std::iota(values.begin(), values.end(), 0);
    return e.i32(values);
  }
  return e.add(Op::RANGE, {e.scalar_i32(0), dim_value(e, size), e.scalar_i32(1)});
}

}  // namespace litecast::emit
