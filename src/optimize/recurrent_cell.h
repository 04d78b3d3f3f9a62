// The cells that the runtime has fused ops for, seen by the algebra of their gates.
//
//   LSTM   i, f, o = logistic(W·x + R·h + P⊙c + b), g = act(W·x + R·h + b)
//          c' = clip(f⊙c + i⊙g)          where there is no input gate, i = 1 − f
//          h' = o⊙act(c'), or clip(Wp·(o⊙act(c')) + bp)
//          P is absent, or on all gates; that of the output gate is on c'
//          with layer normalization, on all gates: act(norm(W·x + R·h + P⊙c) + b)
//   RNN    h' = act(W·x + R·h + b)
#pragma once

#include "optimize/activation.h"
#include "optimize/affine.h"

namespace litecast::optimize {

struct Gate {
  ir::ConstantPtr input;      // [units, features]
  ir::ConstantPtr recurrent;  // [units, outputs]
  ir::ConstantPtr peephole;   // [units], or null
  ir::ConstantPtr norm;       // [units], the scale of layer normalization, or null
  ir::ConstantPtr bias;       // [units]
};

struct RecurrentCell {
  enum class Kind { lstm, rnn };
  Kind kind = Kind::rnn;
  // What each step takes a row of: a value outside, or of the body where it is the output of
  // another cell.
  const Value* source = nullptr;
  int hidden_slot = -1;
  int cell_slot = -1;             // of an LSTM
  const Value* output = nullptr;  // of the body: h'
  std::int64_t features = 0, units = 0, outputs = 0;
  Activation activation = Activation::NONE;

  // Of an LSTM: the input gate is absent where it is 1 − f. Of an RNN: `cell` alone.
  std::optional<Gate> input_gate;
  Gate forget, cell, output_gate;
  ir::ConstantPtr projection, projection_bias;  // or null
  float cell_clip = 0, projection_clip = 0;     // 0: none
};

// A cell whose states are those slots, and which depends on no other.
std::optional<RecurrentCell> match_lstm(const AffineReader& reader, const Recurrence& recurrence,
                                        int hidden_slot, int cell_slot);
std::optional<RecurrentCell> match_rnn(const AffineReader& reader, const Recurrence& recurrence,
                                       int hidden_slot);

}  // namespace litecast::optimize
