#include "emit/emitter.h"

#include <fmt/format.h>

#include "emit/shape.h"

namespace litecast::emit {
namespace {

// These treat an element as bits or as a number to convert, so any width will do.
bool takes_half(Op op) { return op == Op::CAST || op == Op::BITCAST || op == Op::DEQUANTIZE; }

// The first half-precision type among the operands.
std::optional<DType> half_among(const std::vector<Value*>& operands) {
  for (const Value* v : operands)
    if (v != nullptr && ir::is_half(v->dtype())) return v->dtype();
  return std::nullopt;
}

}  // namespace

int rank_of(const Value* x) {
  if (!x->shape().is_ranked()) throw Unsupported("the rank of the tensor is not known");
  return x->shape().rank();
}

tl::expected<Values, ops::LimitViolation> Emitter::attempt(Op op, std::vector<Value*> operands,
                                                           ir::Options options) {
  const auto half = takes_half(op) ? std::nullopt : half_among(operands);
  if (half)
    for (Value*& v : operands)
      if (v != nullptr && ir::is_half(v->dtype())) v = cast(*this, v, DType::FLOAT32);
  auto made = builder_.add(
      ir::NodeSpec{.op = op, .operands = std::move(operands), .options = std::move(options)});
  if (made && half)
    for (Value*& v : *made)
      if (v->dtype() == DType::FLOAT32) v = cast(*this, v, *half);
  return made;
}

Values Emitter::add_all(Op op, std::vector<Value*> operands, ir::Options options) {
  auto made = attempt(op, std::move(operands), std::move(options));
  if (!made) throw Unsupported(fmt::format("{}: {}", ir::name(op), made.error().message));
  return *std::move(made);
}

Value* Emitter::add(Op op, std::vector<Value*> operands, ir::Options options) {
  return add_all(op, std::move(operands), std::move(options)).at(0);
}

Value* Emitter::try_add(Op op, std::vector<Value*> operands, ir::Options options) {
  auto made = attempt(op, std::move(operands), std::move(options));
  return made ? made->at(0) : nullptr;
}

}  // namespace litecast::emit
