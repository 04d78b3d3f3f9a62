// Random ops whose numbers their seed determines: the numbers are TensorFlow's own.
#include "emit/conv.h"
#include "emit/philox.h"
#include "sources/tensorflow/rules/generator.h"

namespace litecast::tensorflow::rules {
namespace {

using emit::PhiloxState;

void output_key_counter(RuleContext& c) {
  const PhiloxState state = emit::philox_of_seed(c.e, c.input(0));
  Value* key = emit::reshape(c.e, state.key, Shape{1, 2});
  c.output(0, emit::bitcast(c.e, key, DType::UINT64));
  c.output(1, emit::bitcast(c.e, state.counter, DType::UINT64));
}

void key_counter_alg(RuleContext& c) {
  output_key_counter(c);
  c.output(2, c.e.scalar_i32(kPhilox));
}

void alg(RuleContext& c) { c.output(c.e.scalar_i32(kPhilox)); }

bool is_second_version(const RuleContext& c) { return c.op().ends_with("V2"); }

PhiloxState state_of(RuleContext& c) {
  if (!is_second_version(c)) return emit::philox_of_seed(c.e, c.input(1));
  require_generator(c, 3, {kPhilox, kAutomatic});
  Value *key = c.input(1), *counter = c.input(2);
  if (key->shape() != Shape{1} || counter->shape() != Shape{2})
    throw Unsupported("a key of another size than one, or a counter of another than two");
  return {emit::reshape(c.e, emit::bitcast(c.e, key, DType::INT32), Shape{2}),
          emit::bitcast(c.e, counter, DType::INT64)};
}

Shape shape_of(RuleContext& c) {
  const auto dims = c.known_dims(0);
  if (!dims)
    throw Unsupported("random numbers of a shape that is only known at run time",
                      "compute the shape from shapes and constants");
  return Shape(*dims);
}

void output_shaped(RuleContext& c, Value* numbers, const Shape& shape, DType dtype) {
  c.output(emit::cast(c.e, emit::reshape(c.e, numbers, shape), dtype));
}

DType float_type(const RuleContext& c) {
  const DType dtype = c.attr_type("dtype");
  if (dtype == DType::FLOAT64)
    throw Unsupported("the kernels compute nothing in float64", "draw float32 numbers");
  return dtype;
}

void uniform(RuleContext& c) {
  const DType dtype = float_type(c);
  const Shape shape = shape_of(c);
  output_shaped(c, emit::philox_uniform(c.e, state_of(c), shape.elements(), dtype), shape, dtype);
}

template <Value* (*draw)(Emitter&, const PhiloxState&, Dim)>
void normal(RuleContext& c) {
  const DType dtype = float_type(c);
  const Shape shape = shape_of(c);
  output_shaped(c, draw(c.e, state_of(c), shape.elements()), shape, dtype);
}

// Two words make an integer of 64 bits.
Value* pairs_of_words(RuleContext& c, Dim count) {
  return emit::reshape(c.e, emit::philox_words(c.e, state_of(c), count * 2), Shape{count, 2});
}

void whole_range(RuleContext& c) {
  const DType dtype = c.attr_type("dtype");
  const Shape shape = shape_of(c);
  const Dim count = shape.elements();
  Value* words = ir::byte_width(dtype) == 8 ? pairs_of_words(c, count)
                                            : emit::philox_words(c.e, state_of(c), count);
  c.output(emit::reshape(c.e, emit::bitcast(c.e, words, dtype), shape));
}

// Rests of 64-bit numbers: (high mod r · 2³² mod r + low) mod r, which stays below 2⁶³.
Value* rests_of_pairs(RuleContext& c, Dim count, int low) {
  const std::int64_t width =
      c.constant_integer(low + 1, "maxval") - c.constant_integer(low, "minval");
  if (width < 1 || width > (std::int64_t{1} << 31))
    throw Unsupported("64-bit random integers of a range beyond 2^31", "draw int32 numbers");
  const auto i64 = [&](std::int64_t value) {
    return c.e.scalar(DType::INT64, static_cast<double>(value));
  };
  const auto rest = [&](Value* x) { return emit::binary(c.e, Op::FLOOR_MOD, x, i64(width)); };
  Value* words = emit::cast(c.e, pairs_of_words(c, count), DType::INT64);
  const auto parts = emit::split(c.e, words, 1, 2);
  Value* high = emit::mul(c.e, rest(parts[1]), i64((std::int64_t{1} << 32) % width));
  return emit::reshape(c.e, rest(emit::add(c.e, high, parts[0])), Shape{count});
}

// minval + word mod (maxval − minval)
void uniform_integer(RuleContext& c) {
  const int low = is_second_version(c) ? 4 : 2;
  const Shape shape = shape_of(c);
  const Dim count = shape.elements();
  const DType dtype = c.input(low)->dtype();
  Value* least = emit::cast(c.e, c.input(low), DType::INT64);
  Value* width = emit::sub(c.e, emit::cast(c.e, c.input(low + 1), DType::INT64), least);
  Value* rests = nullptr;
  if (ir::byte_width(dtype) == 8) {
    rests = rests_of_pairs(c, count, low);
  } else {
    Value* words = emit::cast(c.e, emit::philox_words(c.e, state_of(c), count), DType::INT64);
    rests = emit::binary(c.e, Op::FLOOR_MOD, words, width);
  }
  output_shaped(c, emit::add(c.e, rests, least), shape, dtype);
}

constexpr Rule kStatelessRandomRules[] = {
    {"StatelessRandomGetAlg", alg},
    {"StatelessRandomGetKeyCounter", output_key_counter},
    {"StatelessRandomGetKeyCounterAlg", key_counter_alg},
    {"StatelessRandomNormal", normal<emit::philox_normal>},
    {"StatelessRandomNormalV2", normal<emit::philox_normal>},
    {"StatelessRandomUniform", uniform},
    {"StatelessRandomUniformFullInt", whole_range},
    {"StatelessRandomUniformFullIntV2", whole_range},
    {"StatelessRandomUniformInt", uniform_integer},
    {"StatelessRandomUniformIntV2", uniform_integer},
    {"StatelessRandomUniformV2", uniform},
    {"StatelessTruncatedNormal", normal<emit::philox_truncated_normal>},
    {"StatelessTruncatedNormalV2", normal<emit::philox_truncated_normal>},
};

}  // namespace

std::span<const Rule> stateless_random() { return kStatelessRandomRules; }

}  // namespace litecast::tensorflow::rules
