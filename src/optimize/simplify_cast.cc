// Conversions that lead back:
//
//   CAST(CAST(x: a → b): b → a)       ─▶  x            where b holds every value of a
//   CAST(CAST(x: f32 → f16): f16 → f32) ─▶  x          the rounding between is not worth two ops
//   CAST(CAST(x: a → b): b → c)       ─▶  CAST(x: a → c) where b holds every value of a
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

// Whether every value of `from` is one of `to`.
bool holds(DType from, DType to) {
  if (from == to) return true;
  if (from == DType::BOOL) return ir::is_integer(to) || ir::is_float(to);
  const int from_bits = ir::bit_width(from), to_bits = ir::bit_width(to);
  if (ir::is_float(from)) return ir::is_float(to) && to_bits > from_bits;
  if (!ir::is_integer(from)) return false;
  if (ir::is_float(to))
    return to == DType::FLOAT64 ? from_bits <= 32 : to == DType::FLOAT32 && from_bits <= 16;
  const auto is_unsigned = [](DType d) {
    return d == DType::UINT8 || d == DType::UINT16 || d == DType::UINT32 || d == DType::UINT64 ||
           d == DType::UINT4;
  };
  if (!ir::is_integer(to) || (is_unsigned(to) && !is_unsigned(from))) return false;
  return to_bits > from_bits;
}

bool is_half(DType dtype) { return dtype == DType::FLOAT16 || dtype == DType::BFLOAT16; }

Value* simplify_cast(Node& node, Builder& builder) {
  Value* middle = node.operand(0);
  const DType to = node.result()->dtype();
  if (middle->dtype() == to) return middle;
  const Node* inner = producer(middle, Op::CAST);
  if (!inner) return nullptr;
  Value* x = inner->operand(0);
  const bool rounds_between = x->dtype() == DType::FLOAT32 && is_half(middle->dtype());
  if (!holds(x->dtype(), middle->dtype()) && !(rounds_between && to == DType::FLOAT32))
    return nullptr;
  if (x->dtype() == to) return x;
  tflite::CastOptionsT options;
  options.in_data_type = x->dtype();
  options.out_data_type = to;
  return try_add(builder, Op::CAST, {x}, std::move(options));
}

}  // namespace

const Rewrite kSimplifyCast = {"simplify_cast", {Op::CAST}, simplify_cast};

}  // namespace litecast::optimize
