#include "emit/philox.h"

#include <numbers>

#include "emit/arith.h"
#include "emit/conv.h"
#include "emit/gather.h"
#include "emit/precision.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

constexpr int kRounds = 10;
constexpr std::uint32_t kWeyl[] = {0x9E3779B9, 0xBB67AE85};
constexpr std::int64_t kMultipliers[] = {0xD2511F53, 0xCD9E8D57};
// The key under which a seed becomes a key and a counter.
constexpr std::int64_t kSeedKey[] = {0x3EC8F720, 0x02461E29};
// How many blocks of those set aside for four numbers are looked at here: that 16 numbers hold
// fewer than four within two standard deviations happens once in 10¹³ times.
constexpr std::int64_t kLookedAt = 4;

Value* i64(Emitter& e, std::span<const std::int64_t> values) {
  return e.constant(ir::Constant::of<std::int64_t>(
      DType::INT64, {static_cast<std::int64_t>(values.size())}, values));
}

// The low words of i64 numbers as i32.
std::int64_t as_i32(std::uint32_t word) { return static_cast<std::int32_t>(word); }

Value* columns(Emitter& e, Value* x, const std::vector<std::int64_t>& places) {
  return gather(e, x, e.i32(places), 1);
}

// counter + offsets as 128-bit numbers, in words: i32[n, 4]. No offset reaches 2⁶³.
Value* counters(Emitter& e, Value* counter, Value* offsets) {
  const auto halves = split(e, counter, 0, 2);
  Value* zero = e.scalar(DType::INT64, 0);
  Value* low = add(e, halves[0], offsets);
  Value* carries = binary(e, Op::LOGICAL_AND, binary(e, Op::LESS, halves[0], zero),
                          binary(e, Op::GREATER_EQUAL, low, zero));
  Value* high = add(e, halves[1], cast(e, carries, DType::INT64));
  constexpr int kLast[] = {1};
  Value* both = concat(e, {expand_dims(e, low, kLast), expand_dims(e, high, kLast)}, 1);
  Value* words = bitcast(e, both, DType::INT32);
  return reshape(e, words, Shape{offsets->shape()[0], 4});
}

// Of the words (a, b, c, d) of a block: (a, c) and (b, d), which a round treats alike.
struct Pairs {
  Value* even;
  Value* odd;
};

Pairs one_round(Emitter& e, const Pairs& in, Value* key) {
  Value* wide = cast(e, bitcast(e, in.even, DType::UINT32), DType::INT64);
  Value* products = bitcast(e, mul(e, wide, i64(e, kMultipliers)), DType::INT32);
  Value* words = reshape(e, products, Shape{in.even->shape()[0], 4});
  const auto halves = split(e, columns(e, words, {3, 1, 2, 0}), 1, 2);
  Value* mixed = binary(e, Op::BITWISE_XOR, halves[0], in.odd);
  return {binary(e, Op::BITWISE_XOR, mixed, key), halves[1]};
}

// The blocks at counter + offsets: i32[n, 4].
Value* blocks(Emitter& e, const PhiloxState& state, Value* offsets) {
  const auto sorted = split(e, columns(e, counters(e, state.counter, offsets), {0, 2, 1, 3}), 1, 2);
  Pairs pairs = {sorted[0], sorted[1]};
  std::uint32_t bump[] = {0, 0};
  for (int round = 0; round < kRounds; ++round) {
    pairs = one_round(e, pairs, add(e, state.key, e.i32({as_i32(bump[0]), as_i32(bump[1])})));
    bump[0] += kWeyl[0];
    bump[1] += kWeyl[1];
  }
  return columns(e, concat(e, {pairs.even, pairs.odd}, 1), {0, 2, 1, 3});
}

Value* consecutive(Emitter& e, Dim count) { return cast(e, iota(e, count), DType::INT64); }

// The first elements of a matrix, row after row.
Value* first_of(Emitter& e, Value* matrix, Dim count) {
  const Dim all = matrix->shape().elements();
  Value* flat = reshape(e, matrix, Shape{all});
  if (all == count) return flat;
  const std::int64_t begin[] = {0};
  return slice(e, flat, begin, {{count}});
}

// The low `bits` of each word as a fraction.
Value* fractions(Emitter& e, Value* words, int bits) {
  Value* unused = e.scalar(DType::UINT32, 32 - bits);
  Value* raised = mul(e, words, e.scalar(DType::UINT32, static_cast<double>(1U << (32 - bits))));
  Value* low = binary(e, Op::RIGHT_SHIFT, raised, unused);
  return mul(e, cast(e, low, DType::FLOAT32), f32(e, 1.0 / static_cast<double>(1U << bits)));
}

int mantissa_bits(DType dtype) {
  if (dtype == DType::FLOAT16) return 10;
  return dtype == DType::BFLOAT16 ? 7 : 23;
}

// Each pair of words as two numbers of the normal distribution (G. Box, M. Muller, "A note on the
// generation of random normal deviates", 1958): i32[n, 4] → f32[n, 4].
Value* normals(Emitter& e, Value* words) {
  const Dim rows = words->shape()[0];
  Value* pairs = reshape(e, bitcast(e, words, DType::UINT32), Shape{rows * 2, 2});
  const auto uniform = split(e, fractions(e, pairs, 23), 1, 2);
  Value* log = unary(e, Op::LOG, max(e, uniform[0], f32(e, 1e-7F)));
  Value* radius = unary(e, Op::SQRT, mul(e, log, f32(e, -2)));
  Value* angle = mul(e, uniform[1], f32(e, 2 * std::numbers::pi));
  Value* both = concat(e, {unary(e, Op::SIN, angle), unary(e, Op::COS, angle)}, 1);
  return reshape(e, mul(e, both, radius), Shape{rows, 4});
}

}  // namespace

PhiloxState philox_of_seed(Emitter& e, Value* seed) {
  if (seed->shape() != Shape{2}) throw Unsupported("a seed needs two entries");
  Value* wide =
      seed->dtype() == DType::UINT64 ? bitcast(e, seed, DType::INT64) : cast(e, seed, DType::INT64);
  const PhiloxState scramble = {e.i32({kSeedKey[0], kSeedKey[1]}), wide};
  Value* mixed = blocks(e, scramble, i64(e, {{0}}));
  const auto halves = split(e, mixed, 1, 2);
  Value* high = bitcast(e, halves[1], DType::INT64);
  return {reshape(e, halves[0], Shape{2}), concat(e, {i64(e, {{0}}), high}, 0)};
}

Value* philox_words(Emitter& e, const PhiloxState& state, Dim count) {
  Value* words = blocks(e, state, consecutive(e, ceildiv(count, 4)));
  return bitcast(e, first_of(e, words, count), DType::UINT32);
}

Value* philox_uniform(Emitter& e, const PhiloxState& state, Dim count, DType dtype) {
  return cast(e, fractions(e, philox_words(e, state, count), mantissa_bits(dtype)), dtype);
}

Value* philox_normal(Emitter& e, const PhiloxState& state, Dim count) {
  return first_of(e, normals(e, blocks(e, state, consecutive(e, ceildiv(count, 4)))), count);
}

Value* philox_truncated_normal(Emitter& e, const PhiloxState& state, Dim count) {
  constexpr std::int64_t kCandidates = 4 * kLookedAt;
  const Dim groups = ceildiv(count, 4);
  constexpr int kLast[] = {1};
  Value* starts = mul(e, consecutive(e, groups), e.scalar(DType::INT64, kPhiloxReserved));
  Value* offsets = add(e, expand_dims(e, starts, kLast), consecutive(e, kLookedAt));
  Value* candidates = normals(e, blocks(e, state, reshape(e, offsets, Shape{groups * kLookedAt})));
  candidates = reshape(e, candidates, Shape{groups, kCandidates});
  // The first four that are within the limits: those with the highest keys.
  std::vector<float> order;
  for (std::int64_t i = 0; i < kCandidates; ++i) order.push_back(static_cast<float>(-i));
  Value* within = binary(e, Op::LESS, unary(e, Op::ABS, candidates), f32(e, 2));
  Value* keys = select(e, within, f32_tensor(e, {1, kCandidates}, order),
                       f32(e, static_cast<double>(-kCandidates)));
  Value* chosen = e.add_all(Op::TOPK_V2, {keys, e.scalar_i32(4)}).at(1);
  return first_of(e, gather(e, candidates, chosen, 1, 1), count);
}

}  // namespace litecast::emit
