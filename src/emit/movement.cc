#include "emit/movement.h"

#include "emit/shape.h"

namespace litecast::emit {
namespace {

// An element type that carries all values of another: by the same bits, or converted.
struct Carrier {
  DType dtype;
  bool same_bits;
};

std::vector<Carrier> carriers_of(DType dtype) {
  switch (dtype) {
    case DType::BOOL:
      return {{DType::UINT8, false}, {DType::INT32, false}};
    case DType::INT8:
      return {{DType::UINT8, true}, {DType::INT32, false}};
    case DType::UINT8:
      return {{DType::INT8, true}, {DType::INT32, false}};
    case DType::INT16:
      return {{DType::INT32, false}};
    case DType::UINT16:
      return {{DType::INT16, true}, {DType::INT32, false}};
    case DType::UINT32:
      return {{DType::INT32, true}};
    case DType::UINT64:
    case DType::FLOAT64:
    case DType::COMPLEX64:
      return {{DType::INT64, true}};
    default:
      return {};
  }
}

Value* convert(Emitter& e, Value* x, DType dtype, bool same_bits) {
  return same_bits ? bitcast(e, x, dtype) : cast(e, x, dtype);
}

tl::expected<Values, ops::LimitViolation> carry(Emitter& e, Op op, std::vector<Value*> operands,
                                                DType dtype, const Carrier& carrier,
                                                const ir::Options& options) {
  for (Value*& v : operands)
    if (v != nullptr && v->dtype() == dtype) v = convert(e, v, carrier.dtype, carrier.same_bits);
  auto made = e.attempt(op, std::move(operands), options);
  if (made)
    for (Value*& v : *made) v = convert(e, v, dtype, carrier.same_bits);
  return made;
}

}  // namespace

Values move_all(Emitter& e, Op op, std::vector<Value*> operands, int data,
                const ir::Options& options) {
  auto made = e.attempt(op, operands, options);
  if (made) return *std::move(made);
  const DType dtype = operands.at(static_cast<std::size_t>(data))->dtype();
  for (const Carrier& carrier : carriers_of(dtype))
    if (auto carried = carry(e, op, operands, dtype, carrier, options)) return *std::move(carried);
  throw violated(op, made.error(), operands);
}

Value* move(Emitter& e, Op op, std::vector<Value*> operands, int data, const ir::Options& options) {
  return move_all(e, op, std::move(operands), data, options).at(0);
}

}  // namespace litecast::emit
