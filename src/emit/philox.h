// Random numbers that a key and a counter determine: Philox4x32-10 (Salmon et al., "Parallel random
// numbers: as easy as 1, 2, 3", 2011), and the distributions that TensorFlow draws with it on a
// CPU.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// How many blocks are set aside for the numbers that are drawn at once, of which some distributions
// reject.
inline constexpr std::int64_t kPhiloxReserved = 256;

struct PhiloxState {
  Value* key;      // i32[2]
  Value* counter;  // i64[2], the low half first
};

// What TensorFlow makes of the seed, two integers, of a stateless op.
PhiloxState philox_of_seed(Emitter& e, Value* seed);

// The first `count` words that follow the counter: u32[count].
Value* philox_words(Emitter& e, const PhiloxState& state, Dim count);

// `count` floats of [0, 1), of the precision of `dtype`, which is floating point.
Value* philox_uniform(Emitter& e, const PhiloxState& state, Dim count, DType dtype);
// f32, of the normal distribution.
Value* philox_normal(Emitter& e, const PhiloxState& state, Dim count);
// f32, of the normal distribution between −2 and 2.
Value* philox_truncated_normal(Emitter& e, const PhiloxState& state, Dim count);

}  // namespace litecast::emit
