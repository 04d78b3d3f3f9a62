// Steps of recurrent networks, and sequences of them that are one op.
#include "emit/conv.h"
#include "emit/gather.h"
#include "emit/loop.h"
#include "emit/matmul.h"
#include "emit/precision.h"
#include "emit/scatter.h"
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

struct LstmWeights {
  Value *w, *input_peephole, *forget_peephole, *output_peephole, *bias;
};

struct LstmForm {
  bool peeps;  // peepholes let gates look at the state
  float forget_bias;
  float clip;           // of the state; none where it is not positive
  bool forgets_second;  // the gates stand in the order input, forget, new, output, else the new
                        // state stands before forget
};

// All that TensorFlow's op gives: input, state, forget, output, new state, its tanh, h.
constexpr int kLstmResults = 7;
constexpr int kState = 1, kHidden = 6;

std::vector<Value*> lstm_step(Emitter& e, Value* x, Value* state, Value* h, const LstmWeights& w,
                              const LstmForm& form) {
  const auto peeked = [&](Value* gate, Value* weights, Value* seen) {
    return form.peeps ? add(e, gate, mul(e, seen, weights)) : gate;
  };
  auto gates = emit::split(e, projection(e, x, h, w.w, w.bias), 1, 4);
  if (form.forgets_second) std::swap(gates[1], gates[2]);
  Value* input = sigmoid(e, peeked(gates[0], w.input_peephole, state));
  Value* fresh = hyperbolic_tangent(e, gates[1]);
  Value* biased = add(e, gates[2], e.scalar(x->dtype(), form.forget_bias));
  Value* forget = sigmoid(e, peeked(biased, w.forget_peephole, state));
  Value* next = add(e, mul(e, fresh, input), mul(e, state, forget));
  if (form.clip > 0)
    next = emit::max(e, emit::min(e, next, e.scalar(x->dtype(), form.clip)),
                     e.scalar(x->dtype(), -form.clip));
  Value* output = sigmoid(e, peeked(gates[3], w.output_peephole, next));
  Value* shown = hyperbolic_tangent(e, next);
  return {input, next, forget, output, fresh, shown, mul(e, shown, output)};
}

void lstm_block_cell(RuleContext& c) {
  const LstmWeights weights = {c.input(3), c.input(4), c.input(5), c.input(6), c.input(7)};
  const LstmForm form = {c.attr_bool("use_peephole"), c.attr_float("forget_bias"),
                         c.attr_float("cell_clip"), false};
  const auto results = lstm_step(c.e, c.input(0), c.input(1), c.input(2), weights, form);
  for (int i = 0; i < kLstmResults; ++i) c.output(i, results[static_cast<std::size_t>(i)]);
}

// The step in a loop over x[time, batch, features]. Operands: how many steps count (results after
// them are zero), x, state, h, then what the step takes.
void lstm_block(RuleContext& c, const LstmForm& form) {
  Emitter& e = c.e;
  std::vector<Value*> in;
  for (int i = 1; i < c.input_count(); ++i) in.push_back(emit::cast(e, c.input(i), DType::FLOAT32));
  Value *x = in[0], *state = in[1];
  if (emit::rank_of(x) != 3 || emit::rank_of(state) != 2)
    throw Unsupported("a sequence has the axes time, batch and features");
  const Dim steps = x->shape()[0], batch = x->shape()[1], units = state->shape()[1];
  Value* list = emit::fill(e, Shape{steps, batch, units}, e.scalar(DType::FLOAT32, 0));
  std::vector<Value*> initial = {state, in[2]};
  initial.insert(initial.end(), kLstmResults, list);
  std::vector<Value*> outer = {x};
  outer.insert(outer.end(), in.begin() + 3, in.end());
  Value* count = emit::min(e, emit::cast(e, c.input(0), DType::INT32), emit::dim_value(e, steps));
  const auto after = emit::repeat(e, count, initial, outer, [&](emit::Round& round) {
    const auto& o = round.outer;
    Value* row = emit::gather(round.e, o[0], round.number, 0);
    const auto results = lstm_step(round.e, row, round.carried[0], round.carried[1],
                                   {o[1], o[2], o[3], o[4], o[5]}, form);
    std::vector<Value*> carried = {results[kState], results[kHidden]};
    for (std::size_t i = 0; i < kLstmResults; ++i)
      carried.push_back(emit::set_row(round.e, round.carried[2 + i], round.number, results[i]));
    return carried;
  });
  for (int i = 0; i < kLstmResults; ++i)
    c.output(i, emit::cast(e, after[static_cast<std::size_t>(2 + i)], c.input(1)->dtype()));
}

void block_lstm(RuleContext& c) {
  lstm_block(c, {c.attr_bool("use_peephole"), c.attr_float("forget_bias"),
                 c.attr_float("cell_clip"), false});
}

void block_lstm_v2(RuleContext& c) {
  lstm_block(c, {c.attr_bool("use_peephole"), 0, c.attr_float("cell_clip"), true});
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
    {"BlockLSTM", block_lstm},
    {"BlockLSTMV2", block_lstm_v2},
    {"GRUBlockCell", gru_block_cell},
    {"LSTMBlockCell", lstm_block_cell},
};

}  // namespace

std::span<const Rule> recurrent() { return kRecurrentRules; }

}  // namespace litecast::tensorflow::rules
