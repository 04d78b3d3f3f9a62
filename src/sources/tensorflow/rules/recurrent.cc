// Single steps of recurrent networks.
#include "emit/conv.h"
#include "emit/matmul.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

using emit::add;
using emit::mul;

Value* sigmoid(Emitter& e, Value* x) { return e.add(Op::LOGISTIC, {x}); }
Value* hyperbolic_tangent(Emitter& e, Value* x) { return e.add(Op::TANH, {x}); }

// [x, h]·w + b
Value* projection(Emitter& e, Value* x, Value* h, Value* w, Value* b) {
  return add(e, emit::matmul(e, emit::concat(e, {x, h}, 1), w, false, false), b);
}

// The gates stand in the order input, new, forget, output; peepholes let them look at the state.
void lstm_block_cell(RuleContext& c) {
  Emitter& e = c.e;
  Value* state = c.input(1);
  const bool peeps = c.attr_bool("use_peephole");
  const auto peeked = [&](Value* gate, int weights, Value* seen) {
    return peeps ? add(e, gate, mul(e, seen, c.input(weights))) : gate;
  };
  const auto gates =
      emit::split(e, projection(e, c.input(0), c.input(2), c.input(3), c.input(7)), 1, 4);
  Value* input = sigmoid(e, peeked(gates[0], 4, state));
  Value* fresh = hyperbolic_tangent(e, gates[1]);
  Value* biased = add(e, gates[2], c.number(c.attr_float("forget_bias")));
  Value* forget = sigmoid(e, peeked(biased, 5, state));
  Value* next = add(e, mul(e, fresh, input), mul(e, state, forget));
  if (const float clip = c.attr_float("cell_clip"); clip > 0)
    next = emit::max(e, emit::min(e, next, c.number(clip)), c.number(-clip));
  Value* output = sigmoid(e, peeked(gates[3], 6, next));
  Value* shown = hyperbolic_tangent(e, next);
  int index = 0;
  for (Value* result : {input, next, forget, output, fresh, shown, mul(e, shown, output)})
    c.output(index++, result);
}

void gru_block_cell(RuleContext& c) {
  Emitter& e = c.e;
  Value *x = c.input(0), *h = c.input(1);
  const auto gates = emit::split(e, sigmoid(e, projection(e, x, h, c.input(2), c.input(4))), 1, 2);
  Value *reset = gates[0], *update = gates[1];
  Value* fresh = hyperbolic_tangent(e, projection(e, x, mul(e, h, reset), c.input(3), c.input(5)));
  Value* kept = mul(e, update, h);
  Value* next = add(e, mul(e, emit::sub(e, c.number(1), update), fresh), kept);
  int index = 0;
  for (Value* result : {reset, update, fresh, next}) c.output(index++, result);
}

constexpr Rule kRecurrentRules[] = {
    {"GRUBlockCell", gru_block_cell},
    {"LSTMBlockCell", lstm_block_cell},
};

}  // namespace

std::span<const Rule> recurrent() { return kRecurrentRules; }

}  // namespace litecast::tensorflow::rules
