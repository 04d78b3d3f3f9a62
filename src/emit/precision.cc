#include "emit/precision.h"

#include "emit/shape.h"

namespace litecast::emit {

Value* in_f32(Emitter& e, const std::vector<Value*>& operands,
              const std::function<Value*(std::span<Value* const>)>& body) {
  DType dtype = operands.front()->dtype();
  if (dtype == DType::FLOAT32) return body(operands);
  std::vector<Value*> converted;
  for (Value* operand : operands)
    converted.push_back(operand ? cast(e, operand, DType::FLOAT32) : nullptr);
  return cast(e, body(converted), dtype);
}

DType carrier(DType dtype) {
  switch (dtype) {
    case DType::FLOAT16:
    case DType::BFLOAT16:
    case DType::FLOAT64:
      return DType::FLOAT32;
    case DType::UINT16:
      return DType::INT32;
    case DType::UINT32:
    case DType::UINT64:
      return DType::INT64;
    case DType::BOOL:
      return DType::UINT8;
    default:
      return dtype;
  }
}

Value* in_carrier(Emitter& e, Value* x, const std::function<Value*(Value*)>& body) {
  DType dtype = x->dtype();
  return cast(e, body(cast(e, x, carrier(dtype))), dtype);
}

}  // namespace litecast::emit
