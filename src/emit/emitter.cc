#include "emit/emitter.h"

#include <fmt/format.h>

#include <algorithm>

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

bool has(std::span<Value* const> operands, DType dtype) {
  return std::ranges::any_of(operands, [&](const Value* v) { return v && v->dtype() == dtype; });
}

std::string remedy(const ops::LimitViolation& violation, std::span<Value* const> operands) {
  if (violation.kind != ops::LimitViolation::Kind::dtype) return "";
  if (has(operands, DType::STRING)) return "work on strings before and behind the model";
  if (has(operands, DType::FLOAT64) || has(operands, DType::COMPLEX128))
    return "compute in float32 (tf.cast) where the model uses float64";
  return "compute in a type that the kernel takes (tf.cast)";
}

}  // namespace

Unsupported violated(Op op, const ops::LimitViolation& violation,
                     std::span<Value* const> operands) {
  const std::string_view name = ir::name(op);
  const bool is_named = violation.message.starts_with(name);
  return Unsupported(is_named ? violation.message : fmt::format("{}: {}", name, violation.message),
                     remedy(violation, operands));
}

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
  auto made = attempt(op, operands, std::move(options));
  if (!made) throw violated(op, made.error(), operands);
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
