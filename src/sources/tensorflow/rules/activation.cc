#include "emit/erf.h"
#include "emit/precision.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

using emit::add;
using emit::binary;
using emit::mul;
using emit::unary;

Value* scalar_like(RuleContext& c, const Value* x, double value) {
  return c.e.scalar(x->dtype(), value);
}

// Calls `body` with the first input as f32 and outputs its result in the input's type.
void float_op(RuleContext& c, const std::function<Value*(Value*)>& body) {
  c.output(emit::in_f32(c.e, {c.input(0)}, [&](auto in) { return body(in[0]); }));
}

template <Op op>
void float_unary(RuleContext& c) {
  if (c.input(0)->dtype() == DType::COMPLEX64) return c.output(unary(c.e, op, c.input(0)));
  float_op(c, [&](Value* x) { return c.e.add(op, {x}); });
}

void relu(RuleContext& c) {
  Value* x = c.input(0);
  if (ir::is_integer(x->dtype()))
    return c.output(binary(c.e, Op::MAXIMUM, x, scalar_like(c, x, 0)));
  float_unary<Op::RELU>(c);
}

void relu6(RuleContext& c) {
  Value* x = c.input(0);
  if (!ir::is_integer(x->dtype())) return float_unary<Op::RELU6>(c);
  Value* positive = binary(c.e, Op::MAXIMUM, x, scalar_like(c, x, 0));
  c.output(binary(c.e, Op::MINIMUM, positive, scalar_like(c, x, 6)));
}

Value* leaky(RuleContext& c, Value* x, float alpha) {
  tflite::LeakyReluOptionsT options;
  options.alpha = alpha;
  return c.e.add(Op::LEAKY_RELU, {x}, std::move(options));
}

void leaky_relu(RuleContext& c) {
  float_op(c, [&](Value* x) { return leaky(c, x, c.attr_float("alpha")); });
}

// The slope of SELU below zero is that of ELU times α, so it is a leaky ELU.
void selu(RuleContext& c) {
  constexpr double kAlpha = 1.6732632423543772848, kScale = 1.0507009873554804934;
  float_op(c, [&](Value* x) {
    Value* bent = leaky(c, c.e.add(Op::ELU, {x}), static_cast<float>(kAlpha));
    return mul(c.e, bent, scalar_like(c, bent, kScale));
  });
}

// log(1 + eˣ); beyond 80 that is x in f32, and eˣ would soon be infinite.
void softplus(RuleContext& c) {
  float_op(c, [&](Value* x) {
    Value* bounded = binary(c.e, Op::MINIMUM, x, scalar_like(c, x, 80));
    Value* grown = add(c.e, unary(c.e, Op::EXP, bounded), scalar_like(c, x, 1));
    return binary(c.e, Op::MAXIMUM, unary(c.e, Op::LOG, grown), x);
  });
}

void softsign(RuleContext& c) {
  float_op(c, [&](Value* x) {
    Value* bound = add(c.e, unary(c.e, Op::ABS, x), scalar_like(c, x, 1));
    return emit::div(c.e, x, bound);
  });
}

void softmax(RuleContext& c) {
  tflite::SoftmaxOptionsT options;
  options.beta = 1;
  float_op(c, [&](Value* x) { return c.e.add(Op::SOFTMAX, {x}, options); });
}

void log_softmax(RuleContext& c) {
  float_op(c,
           [&](Value* x) { return c.e.add(Op::LOG_SOFTMAX, {x}, tflite::LogSoftmaxOptionsT{}); });
}

void erf(RuleContext& c) { c.output(emit::erf(c.e, c.input(0))); }
void erfc(RuleContext& c) { c.output(emit::erfc(c.e, c.input(0))); }

constexpr Rule kActivationRules[] = {
    {"Elu", float_unary<Op::ELU>},
    {"Erf", erf},
    {"Erfc", erfc},
    {"LeakyRelu", leaky_relu},
    {"LogSoftmax", log_softmax},
    {"Relu", relu},
    {"Relu6", relu6},
    {"Selu", selu},
    {"Sigmoid", float_unary<Op::LOGISTIC>},
    {"Softmax", softmax},
    {"Softplus", softplus},
    {"Softsign", softsign},
    {"Tanh", float_unary<Op::TANH>},
};

}  // namespace

std::span<const Rule> activation() { return kActivationRules; }

}  // namespace litecast::tensorflow::rules
