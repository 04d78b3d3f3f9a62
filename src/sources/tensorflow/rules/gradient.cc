// Gradients, which appear in models that compute saliency, adapt themselves or are trained on the
// device. Those of windows stand in window_gradient.cc.
#include "emit/complex.h"
#include "emit/fake_quantize.h"
#include "emit/movement.h"
#include "emit/pad.h"
#include "emit/precision.h"
#include "sources/tensorflow/rules/window_attributes.h"

namespace litecast::tensorflow::rules {
namespace {

using emit::add;
using emit::binary;
using emit::div;
using emit::mul;
using emit::select;
using emit::sub;
using emit::unary;

// y(1 − y)·dy
void sigmoid_grad(RuleContext& c) {
  Value *y = c.input(0), *dy = c.input(1);
  c.output(mul(c.e, dy, mul(c.e, y, sub(c.e, c.number(1), y))));
}

// (1 − y²)·dy
void tanh_grad(RuleContext& c) {
  Value *y = c.input(0), *dy = c.input(1);
  c.output(mul(c.e, dy, sub(c.e, c.number(1), mul(c.e, y, y))));
}

// Of complex numbers, what follows takes the conjugate of y.

// dy / 2y
void sqrt_grad(RuleContext& c) {
  Value* half = mul(c.e, c.input(1), c.number(0.5));
  c.output(div(c.e, half, emit::conjugate(c.e, c.input(0))));
}

// −y³·dy / 2
void rsqrt_grad(RuleContext& c) {
  Value *y = emit::conjugate(c.e, c.input(0)), *dy = c.input(1);
  Value* cube = mul(c.e, mul(c.e, y, y), y);
  c.output(mul(c.e, mul(c.e, dy, c.number(-0.5)), cube));
}

// −y²·dy
void reciprocal_grad(RuleContext& c) {
  Value* y = emit::conjugate(c.e, c.input(0));
  c.output(mul(c.e, unary(c.e, Op::NEG, c.input(1)), mul(c.e, y, y)));
}

// dy where the activation's input or output is within (0, `limit`).
Value* masked_gradient(RuleContext& c, std::optional<double> limit) {
  Value *dy = c.input(0), *x = c.input(1);
  Value* open = binary(c.e, Op::GREATER, x, c.number(0));
  if (limit) open = binary(c.e, Op::LOGICAL_AND, open, binary(c.e, Op::LESS, x, c.number(*limit)));
  return select(c.e, open, dy, c.number(0));
}

void relu_grad(RuleContext& c) { c.output(masked_gradient(c, std::nullopt)); }
void relu6_grad(RuleContext& c) { c.output(masked_gradient(c, 6)); }

void leaky_relu_grad(RuleContext& c) {
  Value* dy = c.input(0);
  Value* positive = binary(c.e, Op::GREATER, c.input(1), c.number(0));
  c.output(select(c.e, positive, dy, mul(c.e, dy, c.number(c.attr_float("alpha")))));
}

// Below zero eˣ − 1 has the slope y + 1.
void elu_grad(RuleContext& c) {
  Value *dy = c.input(0), *y = c.input(1);
  Value* slope = add(c.e, binary(c.e, Op::MINIMUM, y, c.number(0)), c.number(1));
  c.output(mul(c.e, dy, slope));
}

// scale·dy above zero, (y + scale·α)·dy below.
void selu_grad(RuleContext& c) {
  constexpr double kScale = 1.0507009873554804934, kScaledAlpha = 1.7580993408473768;
  Value *dy = c.input(0), *y = c.input(1);
  Value* negative = binary(c.e, Op::LESS, y, c.number(0));
  Value* slope = select(c.e, negative, add(c.e, y, c.number(kScaledAlpha)), c.number(kScale));
  c.output(mul(c.e, dy, slope));
}

void softplus_grad(RuleContext& c) {
  Value* slope =
      emit::in_f32(c.e, {c.input(1)}, [&](auto in) { return c.e.add(Op::LOGISTIC, {in[0]}); });
  c.output(mul(c.e, c.input(0), slope));
}

// dy / (1 + |x|)²
void softsign_grad(RuleContext& c) {
  Value* bound = add(c.e, unary(c.e, Op::ABS, c.input(1)), c.number(1));
  c.output(div(c.e, c.input(0), mul(c.e, bound, bound)));
}

void bias_add_grad(RuleContext& c) {
  Value* dy = c.input(0);
  const int rank = emit::rank_of(dy);
  if (rank < 2) throw Unsupported("a bias belongs to tensors of at least 2 axes");
  const int channels = is_channels_first(c) ? 1 : rank - 1;
  std::vector<int> axes;
  for (int axis = 0; axis < rank; ++axis)
    if (axis != channels) axes.push_back(axis);
  c.output(emit::reduce(c.e, Op::SUM, dy, axes, false));
}

// dy where x lies in the range that the grid spans, and what goes to the bounds of the range where
// it lies below or above. An empty range bounds nothing.
struct ClampGradient {
  Value* within;
  Value* below;
  Value* above;
};

ClampGradient clamp_gradient(RuleContext& c, Value* min, Value* max) {
  const auto range = emit::fake_quant_range(c.attr_int("num_bits"), c.attr_bool("narrow_range"));
  const auto [lowest, highest] = emit::nudged_range(c.e, min, max, range);
  Value *dy = c.input(0), *x = c.input(1), *zero = c.number(0);
  Value* empty = emit::is_empty_range(c.e, min, max);
  Value* within = binary(c.e, Op::LOGICAL_AND, binary(c.e, Op::GREATER_EQUAL, x, lowest),
                         binary(c.e, Op::LESS_EQUAL, x, highest));
  const auto beyond = [&](Op compare, Value* bound) {
    Value* outside = select(c.e, binary(c.e, compare, x, bound), dy, zero);
    return select(c.e, empty, zero, outside);
  };
  return {select(c.e, binary(c.e, Op::LOGICAL_OR, within, empty), dy, zero),
          beyond(Op::LESS, lowest), beyond(Op::GREATER, highest)};
}

void fake_quant_args_gradient(RuleContext& c) {
  c.output(clamp_gradient(c, c.number(c.attr_float("min")), c.number(c.attr_float("max"))).within);
}

// The bounds are scalars, or have an entry for each index of the last axis.
void fake_quant_vars_gradient(RuleContext& c) {
  const auto gradient = clamp_gradient(c, c.input(2), c.input(3));
  std::vector<int> axes;
  for (int axis = emit::rank_of(c.input(1)) - emit::rank_of(c.input(2)); axis-- > 0;)
    axes.push_back(axis);
  c.output(0, gradient.within);
  c.output(1, emit::reduce(c.e, Op::SUM, gradient.below, axes, false));
  c.output(2, emit::reduce(c.e, Op::SUM, gradient.above, axes, false));
}

Value* taken(Emitter& e, Value* x, int axis, Dim from, Dim size) {
  std::vector<std::int64_t> begin(static_cast<std::size_t>(x->shape().rank()), 0);
  std::vector<Dim> sizes = x->shape().dims();
  begin[static_cast<std::size_t>(axis)] = from.value();
  sizes[static_cast<std::size_t>(axis)] = size;
  return emit::slice(e, x, begin, sizes);
}

// The mirrored border of one side, turned back and put where it was taken from.
Value* unmirrored(Emitter& e, Value* border, int axis, Dim before, Dim after) {
  Value* turned = emit::move(e, Op::REVERSE_V2, {border, e.i32({axis})}, 0);
  emit::Pads pads(static_cast<std::size_t>(border->shape().rank()), {Dim(0), Dim(0)});
  pads[static_cast<std::size_t>(axis)] = {before, after};
  return emit::pad_by(e, turned, pads, nullptr);
}

// Along each axis the mirrored borders are added to what they are images of.
void mirror_pad_grad(RuleContext& c) {
  Value* dy = c.input(0);
  const auto pads = c.constant_integers(1, "the paddings");
  const std::int64_t edge = c.attr_string("mode") == "REFLECT" ? 1 : 0;
  if (static_cast<int>(pads.size()) != 2 * emit::rank_of(dy))
    throw Unsupported("paddings need two entries for each axis");
  for (int axis = 0; axis < dy->shape().rank(); ++axis) {
    const std::int64_t before = pads[2 * static_cast<std::size_t>(axis)],
                       after = pads[2 * static_cast<std::size_t>(axis) + 1];
    if (before < 0 || after < 0) throw Unsupported("a padding is negative");
    const Dim whole = dy->shape()[axis], size = whole - Dim(before + after);
    Value* sum = taken(c.e, dy, axis, before, size);
    if (after > 0) {
      if (!whole.is_constant()) throw Unsupported("a mirrored axis of free size");
      Value* border = taken(c.e, dy, axis, whole - Dim(after), after);
      sum = add(c.e, sum, unmirrored(c.e, border, axis, size - Dim(after + edge), edge));
    }
    if (before > 0) {
      Value* border = taken(c.e, dy, axis, 0, before);
      sum = add(c.e, sum, unmirrored(c.e, border, axis, edge, size - Dim(before + edge)));
    }
    dy = sum;
  }
  c.output(dy);
}

constexpr Rule kGradientRules[] = {
    {"BiasAddGrad", bias_add_grad},
    {"EluGrad", elu_grad},
    {"FakeQuantWithMinMaxArgsGradient", fake_quant_args_gradient},
    {"FakeQuantWithMinMaxVarsGradient", fake_quant_vars_gradient},
    {"FakeQuantWithMinMaxVarsPerChannelGradient", fake_quant_vars_gradient},
    {"InvGrad", reciprocal_grad},
    {"LeakyReluGrad", leaky_relu_grad},
    {"MirrorPadGrad", mirror_pad_grad},
    {"ReciprocalGrad", reciprocal_grad},
    {"Relu6Grad", relu6_grad},
    {"ReluGrad", relu_grad},
    {"RsqrtGrad", rsqrt_grad},
    {"SeluGrad", selu_grad},
    {"SigmoidGrad", sigmoid_grad},
    {"SoftplusGrad", softplus_grad},
    {"SoftsignGrad", softsign_grad},
    {"SqrtGrad", sqrt_grad},
    {"TanhGrad", tanh_grad},
};

}  // namespace

std::span<const Rule> gradient() { return kGradientRules; }

}  // namespace litecast::tensorflow::rules
