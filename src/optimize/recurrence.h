// What a WHILE does that walks along sequences: for t = 0, 1, … steps−1, or from the last row to
// the first, it takes row t of some, and carries states from each round to the next. Seen by what
// its values depend on, not by their names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "optimize/rewrite.h"

namespace litecast::optimize {

class Recurrence {
 public:
  // Nothing where the loop does not count its rounds from zero up to the length of what it walks
  // along, or does not walk along anything.
  static std::optional<Recurrence> of(ir::Node& loop);

  ir::Node& loop() const { return *loop_; }
  ir::Graph& body() const { return *loop_->graphs()[1]; }
  // How many rounds there are, and that number as a value outside, or null where nothing has it.
  Dim steps() const { return steps_; }
  Value* steps_value() const { return steps_value_; }

  // Whether the first round takes the last row, and keeps its value there.
  bool is_backwards() const { return row_ != counter_; }

  // The slot of which `value` is the body's input; -1 where it is none.
  int slot_of(const Value* value) const;
  Value* input(int slot) const { return body().inputs()[static_cast<std::size_t>(slot)]; }
  Value* output(int slot) const { return body().outputs()[static_cast<std::size_t>(slot)]; }
  // Whether it is the number of the round, or of the row.
  bool counts(int slot) const { return slot == counter_ || slot == row_; }
  bool counts_down(int slot) const;
  bool is_invariant(int slot) const { return output(slot) == input(slot); }
  // What changes from round to round and is neither the counter nor collected.
  bool is_state(int slot) const;

  // The sequence [steps, …] outside of which `value` is the row of this round; null where there is
  // none.
  Value* sequence_of(const Value* value) const;

  // A slot in which each round's value is kept: all of them by rows, or the last one alone.
  struct Collected {
    Value* item;  // as the body computes it, without the axis of the rounds
    bool is_last_alone;
  };
  std::optional<Collected> collected(int slot) const;

 private:
  explicit Recurrence(ir::Node& loop) : loop_(&loop) {}
  bool find_counter();
  bool find_steps();
  bool add_limit(const Value* limit);
  void find_rows();
  // The value outside that an invariant slot has.
  Value* outside(const Value* value) const;

  ir::Node* loop_;
  int counter_ = -1;
  int row_ = -1;  // the slot with the number of the round's row
  Dim steps_;
  Value* steps_value_ = nullptr;
};

}  // namespace litecast::optimize
