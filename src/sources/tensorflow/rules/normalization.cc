#include "emit/matmul.h"
#include "emit/precision.h"
#include "sources/tensorflow/rules/window_attributes.h"

namespace litecast::tensorflow::rules {
namespace {

using emit::add;
using emit::mul;
using emit::sub;

Value* rsqrt(RuleContext& c, Value* x) { return emit::unary(c.e, Op::RSQRT, x); }

// A value for each channel, shaped so that it broadcasts over x in data_format's order.
Value* per_channel(RuleContext& c, Value* channel_values, const Value* x) {
  if (!is_channels_first(c)) return channel_values;
  std::vector<Dim> dims(static_cast<std::size_t>(x->shape().rank() - 1), Dim(1));
  dims[0] = channel_values->shape()[0];
  return emit::reshape(c.e, channel_values, Shape(std::move(dims)));
}

struct Statistics {
  Value* mean;
  Value* variance;
};

// x·(scale/σ) + (offset − mean·scale/σ): one MUL and one ADD where the parameters are constant.
Value* normalized(RuleContext& c, Value* x, Value* scale, Value* offset, Statistics statistics,
                  float epsilon) {
  Value* variance = add(c.e, statistics.variance, c.e.scalar(DType::FLOAT32, epsilon));
  Value* factor = mul(c.e, scale, rsqrt(c, variance));
  Value* shift = sub(c.e, offset, mul(c.e, statistics.mean, factor));
  return add(c.e, mul(c.e, x, per_channel(c, factor, x)), per_channel(c, shift, x));
}

std::vector<int> all_but_channels(const RuleContext& c, const Value* x) {
  int rank = x->shape().rank(), channels = is_channels_first(c) ? 1 : rank - 1;
  std::vector<int> axes;
  for (int axis = 0; axis < rank; ++axis)
    if (axis != channels) axes.push_back(axis);
  return axes;
}

Statistics batch_statistics(RuleContext& c, Value* x) {
  auto axes = all_but_channels(c, x);
  Value* mean = emit::reduce(c.e, Op::MEAN, x, axes, false);
  Value* deviation = emit::binary(c.e, Op::SQUARED_DIFFERENCE, x, per_channel(c, mean, x));
  return {mean, emit::reduce(c.e, Op::MEAN, deviation, axes, false)};
}

// n / (n − 1) for n elements of a channel.
Value* unbiased(RuleContext& c, const Value* x, Value* variance) {
  Dim count = 1;
  for (int axis : all_but_channels(c, x))
    count = count * x->shape().dims()[static_cast<std::size_t>(axis)];
  if (count.is_constant()) {
    auto n = static_cast<double>(count.value());
    return mul(c.e, variance, c.e.scalar(DType::FLOAT32, n / std::max(n - 1, 1.0)));
  }
  Value* n = emit::cast(c.e, emit::dim_value(c.e, count), DType::FLOAT32);
  Value* one = c.e.scalar(DType::FLOAT32, 1);
  Value* rest = emit::binary(c.e, Op::MAXIMUM, sub(c.e, n, one), one);
  return mul(c.e, variance, emit::div(c.e, n, rest));
}

// The running value moves by `factor` towards that of the batch.
Value* blended(RuleContext& c, Value* running, Value* batch, float factor) {
  if (factor == 1.0F) return batch;
  Value* step = mul(c.e, sub(c.e, batch, running), c.e.scalar(DType::FLOAT32, factor));
  return add(c.e, running, step);
}

struct BatchNorm {
  Value* y;
  Value* mean;
  Value* variance;
  Statistics used;  // what x was normalized by, of which gradients are made
};

BatchNorm batch_norm(RuleContext& c) {
  Value* x = emit::cast(c.e, c.input(0), DType::FLOAT32);
  if (!x->shape().is_ranked() || x->shape().rank() < 2)
    throw Unsupported("batch normalization of a tensor of unknown rank");
  Value *scale = emit::cast(c.e, c.input(1), DType::FLOAT32),
        *offset = emit::cast(c.e, c.input(2), DType::FLOAT32),
        *mean = emit::cast(c.e, c.input(3), DType::FLOAT32),
        *variance = emit::cast(c.e, c.input(4), DType::FLOAT32);
  float epsilon = c.attr_float("epsilon");
  if (!c.attr_bool("is_training"))
    return {normalized(c, x, scale, offset, {mean, variance}, epsilon),
            mean,
            variance,
            {mean, variance}};
  Statistics batch = batch_statistics(c, x);
  float factor = c.attr_float("exponential_avg_factor");
  return {normalized(c, x, scale, offset, batch, epsilon), blended(c, mean, batch.mean, factor),
          blended(c, variance, unbiased(c, x, batch.variance), factor), batch};
}

void set_outputs(RuleContext& c, const BatchNorm& norm, Value* y, int reserved) {
  c.output(0, emit::cast(c.e, y, c.input(0)->dtype()));
  c.output(1, norm.mean);
  c.output(2, norm.variance);
  c.output(3, norm.used.mean);
  c.output(4, norm.used.variance);
  if (reserved > 2) c.output(5, norm.used.variance);
}

void fused_batch_norm(RuleContext& c) {
  BatchNorm norm = batch_norm(c);
  set_outputs(c, norm, norm.y, c.op() == "FusedBatchNormV3" ? 3 : 2);
}

// Grappler's form: a side input is added, then an activation applied.
void fused_batch_norm_ex(RuleContext& c) {
  BatchNorm norm = batch_norm(c);
  Value* y = norm.y;
  if (c.attr_int("num_side_inputs") > 0)
    y = add(c.e, y, emit::cast(c.e, c.input(5), DType::FLOAT32));
  std::string activation = c.attr_string("activation_mode");
  if (activation == "Relu")
    y = emit::unary(c.e, Op::RELU, y);
  else if (activation != "Identity")
    throw Unsupported("batch normalization fused with " + activation);
  set_outputs(c, norm, y, 3);
}

// With x̂ = (x − mean)/σ: dx = scale/σ·(dy − mean(dy) − x̂·mean(dy·x̂)); the means are constants
// unless they were taken from x itself.
void fused_batch_norm_grad(RuleContext& c) {
  Value* dy = emit::cast(c.e, c.input(0), DType::FLOAT32);
  Value* x = emit::cast(c.e, c.input(1), DType::FLOAT32);
  Value *scale = emit::cast(c.e, c.input(2), DType::FLOAT32), *mean = c.input(3),
        *variance = c.input(4);
  const auto axes = all_but_channels(c, x);
  Value* inverse =
      rsqrt(c, add(c.e, variance, c.e.scalar(DType::FLOAT32, c.attr_float("epsilon"))));
  Value* centered = sub(c.e, x, per_channel(c, mean, x));
  Value* normal = mul(c.e, centered, per_channel(c, inverse, x));
  Value* dx = dy;
  Value* dscale = mul(c.e, dy, normal);
  if (c.attr_bool("is_training")) {
    const auto mean_of = [&](Value* v) { return emit::reduce(c.e, Op::MEAN, v, axes, true); };
    dx = sub(c.e, sub(c.e, dy, mean_of(dy)), mul(c.e, normal, mean_of(dscale)));
  }
  dx = mul(c.e, dx, per_channel(c, mul(c.e, scale, inverse), x));
  const auto sum_of = [&](Value* v) { return emit::reduce(c.e, Op::SUM, v, axes, false); };
  c.output(0, emit::cast(c.e, dx, c.input(0)->dtype()));
  c.output(1, sum_of(dscale));
  c.output(2, sum_of(dy));
  for (int i = 3; i < 5; ++i) c.output(i, emit::fill(c.e, Shape{0}, c.e.scalar(DType::FLOAT32, 0)));
}

void batch_norm_with_global_normalization(RuleContext& c) {
  Value* y =
      emit::in_f32(c.e, {c.input(0), c.input(1), c.input(2), c.input(3), c.input(4)}, [&](auto in) {
        Value* gamma = c.attr_bool("scale_after_normalization") ? in[4] : nullptr;
        Value* scale = gamma ? gamma : c.e.scalar(DType::FLOAT32, 1);
        return normalized(c, in[0], scale, in[3], {in[1], in[2]}, c.attr_float("variance_epsilon"));
      });
  c.output(y);
}

void local_response_normalization(RuleContext& c) {
  tflite::LocalResponseNormalizationOptionsT options;
  std::int64_t radius = c.attr_int("depth_radius");
  if (radius < 0 || radius > std::numeric_limits<std::int32_t>::max())
    throw Unsupported("depth_radius is negative or enormous");
  options.radius = static_cast<int>(radius);
  options.bias = c.attr_float("bias");
  options.alpha = c.attr_float("alpha");
  options.beta = c.attr_float("beta");
  c.output(emit::in_f32(c.e, {c.input(0)}, [&](auto in) {
    return c.e.add(Op::LOCAL_RESPONSE_NORMALIZATION, {in[0]}, options);
  }));
}

// Sums over the channels that are no farther than `radius` from each one: a product with a band.
Value* sums_of_neighbours(Emitter& e, Value* x, std::int64_t radius) {
  if (emit::rank_of(x) < 1 || !x->shape()[-1].is_constant())
    throw Unsupported("the number of channels must be fixed");
  const std::int64_t channels = x->shape()[-1].value();
  std::vector<float> band;
  for (std::int64_t i = 0; i < channels; ++i)
    for (std::int64_t j = 0; j < channels; ++j) band.push_back(std::abs(i - j) <= radius ? 1 : 0);
  return emit::matmul(e, x, emit::f32_tensor(e, {channels, channels}, band), false, false);
}

// With n = bias + α·Σx² and y = x·n^−β: dx = dy·n^−β − 2αβ·x·Σ(dy·y/n).
void local_response_normalization_grad(RuleContext& c) {
  const double alpha = c.attr_float("alpha"), beta = c.attr_float("beta");
  const std::int64_t radius = c.attr_int("depth_radius");
  c.output(emit::in_f32(c.e, {c.input(0), c.input(1), c.input(2)}, [&](auto in) {
    Value *dy = in[0], *x = in[1], *y = in[2];
    const auto f32 = [&](double value) { return emit::f32(c.e, value); };
    Value* squares = sums_of_neighbours(c.e, emit::unary(c.e, Op::SQUARE, x), radius);
    Value* n = add(c.e, mul(c.e, squares, f32(alpha)), f32(c.attr_float("bias")));
    Value* own = mul(c.e, dy, emit::binary(c.e, Op::POW, n, f32(-beta)));
    Value* others = sums_of_neighbours(c.e, emit::div(c.e, mul(c.e, dy, y), n), radius);
    return sub(c.e, own, mul(c.e, mul(c.e, x, others), f32(2 * alpha * beta)));
  }));
}

constexpr Rule kNormalizationRules[] = {
    {"BatchNormWithGlobalNormalization", batch_norm_with_global_normalization},
    {"FusedBatchNorm", fused_batch_norm},
    {"FusedBatchNormGrad", fused_batch_norm_grad},
    {"FusedBatchNormGradV2", fused_batch_norm_grad},
    {"FusedBatchNormGradV3", fused_batch_norm_grad},
    {"FusedBatchNormV2", fused_batch_norm},
    {"FusedBatchNormV3", fused_batch_norm},
    {"LRN", local_response_normalization},
    {"LRNGrad", local_response_normalization_grad},
    {"_FusedBatchNormEx", fused_batch_norm_ex},
};

}  // namespace

std::span<const Rule> normalization() { return kNormalizationRules; }

}  // namespace litecast::tensorflow::rules
