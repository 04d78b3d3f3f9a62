#include "emit/gather.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

// The kernels make float32; seeds are kept.
Value* random(RuleContext& c, Op op) {
  const tflite::RandomOptionsT options{.seed = c.attr_int("seed"), .seed2 = c.attr_int("seed2")};
  return c.e.add(op, {emit::cast(c.e, c.input(0), DType::INT32)}, options);
}

void standard_normal(RuleContext& c) {
  c.output(emit::cast(c.e, random(c, Op::RANDOM_STANDARD_NORMAL), c.attr_type("dtype")));
}

// The highest number of the type below 1, to which no rounding may bring a number.
double below_one(DType dtype) {
  if (dtype == DType::FLOAT16) return 1 - 0x1p-11;
  return dtype == DType::BFLOAT16 ? 1 - 0x1p-8 : 1;
}

void uniform_real(RuleContext& c) {
  const DType dtype = c.attr_type("dtype");
  Value* numbers = random(c, Op::RANDOM_UNIFORM);
  if (const double highest = below_one(dtype); highest < 1)
    numbers = emit::min(c.e, numbers, c.e.scalar(DType::FLOAT32, highest));
  c.output(emit::cast(c.e, numbers, dtype));
}

// Whether maxval − minval is known to be a number of the type.
bool has_representable_width(RuleContext& c) {
  const auto low = c.integers(1), high = c.integers(2);
  if (!low || !high || low->size() != 1 || high->size() != 1) return false;
  return static_cast<double>(high->front()) - static_cast<double>(low->front()) < 0x1p31;
}

// minval + ⌊u · (maxval − minval)⌋, where the product may be rounded to the whole width.
void uniform_int(RuleContext& c) {
  const DType dtype = c.input(1)->dtype();
  const DType wide = has_representable_width(c) ? dtype : DType::INT64;
  Value* low = emit::cast(c.e, c.input(1), wide);
  Value* width = emit::sub(c.e, emit::cast(c.e, c.input(2), wide), low);
  Value* scaled =
      emit::mul(c.e, random(c, Op::RANDOM_UNIFORM), emit::cast(c.e, width, DType::FLOAT32));
  Value* last = emit::sub(c.e, width, c.e.scalar(wide, 1));
  Value* drawn = emit::add(c.e, emit::min(c.e, emit::cast(c.e, scaled, wide), last), low);
  c.output(emit::cast(c.e, drawn, dtype));
}

// The inverse of the normal distribution's erf between −2σ and 2σ, as a polynomial in
// w = −log(1 − x²) − 2.5 (M. Giles, "Approximating the erfinv function"); highest power first.
constexpr double kInverseErf[] = {2.81022636e-08,  3.43273939e-07, -3.5233877e-06,
                                  -4.39150654e-06, 0.00021858087,  -0.00125372503,
                                  -0.00417768164,  0.246640727,    1.50140941};
// erf(√2), the mass within two standard deviations.
constexpr double kMass = 0.9544997361036416;

void truncated_normal(RuleContext& c) {
  Emitter& e = c.e;
  const auto f32 = [&](double value) { return e.scalar(DType::FLOAT32, value); };
  Value* uniform = random(c, Op::RANDOM_UNIFORM);
  Value* x = emit::sub(e, emit::mul(e, uniform, f32(2 * kMass)), f32(kMass));
  Value* rest = emit::sub(e, f32(1), emit::unary(e, Op::SQUARE, x));
  Value* w = emit::sub(e, f32(-2.5), emit::unary(e, Op::LOG, rest));
  Value* value = f32(kInverseErf[0]);
  for (std::size_t i = 1; i < std::size(kInverseErf); ++i)
    value = emit::add(e, emit::mul(e, value, w), f32(kInverseErf[i]));
  value = emit::mul(e, emit::mul(e, value, x), f32(1.4142135623730951));
  c.output(emit::cast(e, value, c.attr_type("dtype")));
}

void multinomial(RuleContext& c) {
  const tflite::RandomOptionsT options{.seed = c.attr_int("seed"), .seed2 = c.attr_int("seed2")};
  Value* logits = emit::cast(c.e, c.input(0), DType::FLOAT32);
  Value* drawn = c.e.add(Op::MULTINOMIAL, {logits, c.input(1)}, options);
  c.output(emit::cast(c.e, drawn, c.attr_type("output_dtype")));
}

// Rows in the order of random numbers.
void random_shuffle(RuleContext& c) {
  Value* x = c.input(0);
  if (emit::rank_of(x) < 1) return c.output(x);
  const tflite::RandomOptionsT options{.seed = c.attr_int("seed"), .seed2 = c.attr_int("seed2")};
  Value* count = emit::dim_value(c.e, x->shape()[0]);
  Value* keys = c.e.add(Op::RANDOM_UNIFORM, {emit::reshape(c.e, count, Shape{1})}, options);
  Value* order = c.e.add_all(Op::TOPK_V2, {keys, count}).at(1);
  c.output(emit::gather(c.e, x, order, 0));
}

constexpr Rule kRandomRules[] = {
    {"Multinomial", multinomial},
    {"RandomShuffle", random_shuffle},
    {"RandomStandardNormal", standard_normal},
    {"RandomUniform", uniform_real},
    {"RandomUniformInt", uniform_int},
    {"TruncatedNormal", truncated_normal},
};

}  // namespace

std::span<const Rule> random() { return kRandomRules; }

}  // namespace litecast::tensorflow::rules
