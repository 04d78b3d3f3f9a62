// Computing in f32 what the runtime's kernels have in f32 alone.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "emit/emitter.h"

namespace litecast::emit {

// An f32 scalar.
inline Value* f32(Emitter& e, double value) { return e.scalar(DType::FLOAT32, value); }

// Calls `body` with the operands (null ones stay null) as f32 and converts its result back to the
// type of the first. Integers beyond 2^24 lose digits.
Value* in_f32(Emitter& e, const std::vector<Value*>& operands,
              const std::function<Value*(std::span<Value* const>)>& body);

// The type in which data can travel through kernels that move elements but lack `dtype`, and come
// back unchanged (f64 excepted, which is rounded to f32). `dtype` itself when there is none better.
DType carrier(DType dtype);
// Calls `body` with x in its carrier and converts back.
Value* in_carrier(Emitter& e, Value* x, const std::function<Value*(Value*)>& body);

}  // namespace litecast::emit
