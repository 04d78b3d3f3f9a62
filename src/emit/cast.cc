#include <fmt/format.h>

#include "emit/shape.h"

namespace litecast::emit {
namespace {

// The float32 value that x was rounded from. Half precision is only how the source stores floats:
// keeping the unrounded value loses nothing, and spares two casts between any two ops.
Value* before_rounding(Value* x) {
  const ir::Node* producer = x->producer();
  if (producer == nullptr || producer->op() != Op::CAST || !ir::is_half(x->dtype())) return nullptr;
  Value* source = producer->operand(0);
  return source->dtype() == DType::FLOAT32 ? source : nullptr;
}

Shape bitcast_shape(const Value* x, DType dtype) {
  const int from = ir::byte_width(x->dtype());
  const int to = ir::byte_width(dtype);
  if (from == 0 || to == 0)
    throw Unsupported(fmt::format("the bits of {} cannot be read as {}", ir::short_name(x->dtype()),
                                  ir::short_name(dtype)));
  if (!x->shape().is_ranked()) return Shape::unranked();
  std::vector<Dim> dims = x->shape().dims();
  if (from > to) dims.push_back(from / to);
  if (from < to) {
    if (dims.empty() || dims.back() != Dim(to / from))
      throw Unsupported(fmt::format("bitcast from {} to {} needs a last axis of size {}",
                                    ir::short_name(x->dtype()), ir::short_name(dtype), to / from));
    dims.pop_back();
  }
  return Shape(std::move(dims));
}

}  // namespace

Value* bitcast(Emitter& e, Value* x, DType dtype) {
  if (x->dtype() == dtype) return x;
  const ir::Type type{dtype, bitcast_shape(x, dtype)};
  auto made = e.builder().add({.op = Op::BITCAST, .operands = {x}}, {type});
  if (!made) throw Unsupported("BITCAST: " + made.error().message);
  return made->at(0);
}

// The kernel knows every type but uint64, whose bits are those of an int64.
Value* cast(Emitter& e, Value* x, DType dtype) {
  if (x->dtype() == dtype) return x;
  if (Value* source = before_rounding(x)) return cast(e, source, dtype);
  if (x->dtype() == DType::UINT64) return cast(e, bitcast(e, x, DType::INT64), dtype);
  if (dtype == DType::UINT64) return bitcast(e, cast(e, x, DType::INT64), dtype);
  return e.add(Op::CAST, {x},
               tflite::CastOptionsT{.in_data_type = x->dtype(), .out_data_type = dtype});
}

}  // namespace litecast::emit
