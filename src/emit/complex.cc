#include "emit/complex.h"

#include "emit/arith.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

const ir::Node* producer_with(const Value* x, Op op) {
  return x->producer() && x->producer()->op() == op ? x->producer() : nullptr;
}

// BITCAST(PACK(real, imag)), as make_complex emits it.
const ir::Node* packed_parts(const Value* x) {
  const ir::Node* bitcast = producer_with(x, Op::BITCAST);
  const ir::Node* pack = bitcast ? producer_with(bitcast->operand(0), Op::PACK) : nullptr;
  bool of_floats =
      pack && pack->operands().size() == 2 && pack->operand(0)->dtype() == DType::FLOAT32;
  return of_floats ? pack : nullptr;
}

}  // namespace

bool is_complex(const Value* x) {
  return x->dtype() == DType::COMPLEX64 || x->dtype() == DType::COMPLEX128;
}

ComplexParts complex_parts(Emitter& e, Value* x) {
  if (!is_complex(x)) return {x, mul(e, x, e.scalar(x->dtype(), 0))};
  if (x->dtype() == DType::COMPLEX128)
    throw Unsupported("complex128 has no kernels in the runtime", "compute in complex64");
  if (const ir::Node* pack = packed_parts(x)) return {pack->operand(0), pack->operand(1)};
  return {e.add(Op::REAL, {x}), e.add(Op::IMAG, {x})};
}

Value* conjugate(Emitter& e, Value* x) {
  if (!is_complex(x)) return x;
  const auto [real, imag] = complex_parts(e, x);
  return make_complex(e, {real, unary(e, Op::NEG, imag)});
}

Value* make_complex(Emitter& e, ComplexParts parts) {
  Value* real = cast(e, parts.real, DType::FLOAT32);
  Value* imag = cast(e, parts.imag, DType::FLOAT32);
  if (!real->shape().is_ranked()) throw Unsupported("a complex tensor of unknown rank");
  tflite::PackOptionsT options;
  options.values_count = 2;
  options.axis = real->shape().rank();
  Value* packed = e.add(Op::PACK, {real, imag}, std::move(options));
  ir::Type type = {DType::COMPLEX64, real->shape()};
  auto results = e.builder().add({Op::BITCAST, {packed}, tflite::BitcastOptionsT{}}, {type});
  if (!results) throw Unsupported(results.error().message);
  return results->front();
}

ComplexParts bilinear(Emitter& e, ComplexParts a, ComplexParts b,
                      const std::function<Value*(Value*, Value*)>& f) {
  return {sub(e, f(a.real, b.real), f(a.imag, b.imag)),
          add(e, f(a.real, b.imag), f(a.imag, b.real))};
}

ComplexParts multiply(Emitter& e, ComplexParts a, ComplexParts b) {
  return bilinear(e, a, b, [&](Value* x, Value* y) { return mul(e, x, y); });
}

}  // namespace litecast::emit
