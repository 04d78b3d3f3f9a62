// Computing in f32 what the runtime's kernels have in f32 alone.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "emit/emitter.h"

namespace litecast::emit {

// An f32 scalar.
inline Value* f32(Emitter& e, double value) { return e.scalar(DType::FLOAT32, value); }
// An f32 constant of that shape, its elements in row-major order.
inline Value* f32_tensor(Emitter& e, const ir::StaticShape& shape,
                         const std::vector<float>& elements) {
  return e.constant(ir::Constant::of<float>(DType::FLOAT32, shape, elements));
}

// Calls `body` with the operands (null ones stay null) as f32 and converts its result back to the
// type of the first. Integers beyond 2^24 lose digits; float64 and complex numbers are Unsupported.
Value* in_f32(Emitter& e, const std::vector<Value*>& operands,
              const std::function<Value*(std::span<Value* const>)>& body);

// a / b of floats as a kernel of their own type would round it, for ops that cut off a fraction: a
// quotient just below a whole number may be stored as that number. FLOOR_DIV computes it in
// float64, and refuses zeros.
Value* rounded_quotient(Emitter& e, Value* a, Value* b);

}  // namespace litecast::emit
