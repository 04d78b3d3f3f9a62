#include "optimize/fuse_recurrent.h"

#include <algorithm>
#include <unordered_map>

#include "emit/shape.h"
#include "emit/strided_slice.h"
#include "ir/dead_nodes.h"
#include "optimize/recurrent_cost.h"
#include "optimize/unrolled_layers.h"

namespace litecast::optimize {
namespace {

// The cells of a loop, each of which may take the row that an earlier one computes.
std::vector<RecurrentCell> cells_of(const Recurrence& recurrence, AffineReader& reader) {
  std::vector<RecurrentCell> cells;
  std::vector<bool> is_taken(recurrence.loop().operands().size(), false);
  const int slots = static_cast<int>(is_taken.size());
  const auto take = [&](std::optional<RecurrentCell> cell) {
    if (!cell) return false;
    is_taken[static_cast<std::size_t>(cell->hidden_slot)] = true;
    if (cell->cell_slot >= 0) is_taken[static_cast<std::size_t>(cell->cell_slot)] = true;
    reader.add_row(cell->output);
    cells.push_back(std::move(*cell));
    return true;
  };
  const auto take_any = [&] {
    for (int i = 0; i < slots; ++i) {
      if (is_taken[static_cast<std::size_t>(i)] || !recurrence.is_state(i)) continue;
      for (int j = 0; j < slots; ++j)
        if (!is_taken[static_cast<std::size_t>(j)] && take(match_lstm(reader, recurrence, i, j)))
          return true;
      if (take(match_rnn(reader, recurrence, i))) return true;
    }
    return false;
  };
  // More slots than any real cell stack has are not searched pair by pair.
  constexpr int kMostSlots = 64;
  if (slots <= kMostSlots)
    while (take_any()) {
    }
  return cells;
}

bool is_used(const Recurrence& recurrence, int slot) {
  return !recurrence.loop().result(slot)->is_unused();
}

// Why the cells alone do not give all that is used of the loop; empty where they do.
std::string what_else(const Recurrence& recurrence, const AffineReader& reader,
                      const std::vector<RecurrentCell>& cells) {
  for (int slot = 0; slot < static_cast<int>(recurrence.loop().results().size()); ++slot) {
    if (!is_used(recurrence, slot) || recurrence.is_invariant(slot)) continue;
    if (recurrence.counts(slot)) {
      if (recurrence.steps().is_constant() || recurrence.steps_value()) continue;
      return "its number of rounds is used and not known elsewhere";
    }
    const auto collected = recurrence.collected(slot);
    if (reader.is_row(collected ? collected->item : recurrence.output(slot))) continue;
    for (const RecurrentCell& cell : cells)
      if (cell.cell_slot == slot)
        return "its last cell state is used, which the runtime's op does not give";
    return "it gives more than the outputs of its cells";
  }
  return "";
}

bool has_op(const Recurrence& recurrence, Op op) {
  for (const Node* node = recurrence.body().first(); node; node = node->next())
    if (node->op() == op) return true;
  return false;
}

// Whether the loop multiplies by weights and takes a row in each round, as recurrent layers do.
bool looks_recurrent(const Recurrence& recurrence) {
  bool takes_rows = false;
  for (const Node* node = recurrence.body().first(); node; node = node->next())
    takes_rows |= node->op() == Op::GATHER && recurrence.sequence_of(node->result()) != nullptr;
  return takes_rows && has_op(recurrence, Op::FULLY_CONNECTED);
}

// Whether a row and a state are of batch sizes that may differ: then one of them is repeated.
bool repeats_samples(const Recurrence& recurrence) {
  const auto is_matrix_of_other_batch = [](const Value* a, const Value* b) {
    const ir::Shape &x = a->shape(), &y = b->shape();
    return x.is_ranked() && y.is_ranked() && x.rank() == 2 && y.rank() == 2 && x[0] != y[0];
  };
  for (int slot = 0; slot < static_cast<int>(recurrence.loop().operands().size()); ++slot) {
    if (!recurrence.is_state(slot)) continue;
    for (const Node* node = recurrence.body().first(); node; node = node->next())
      if (node->op() == Op::GATHER &&
          is_matrix_of_other_batch(node->result(), recurrence.input(slot)) &&
          recurrence.sequence_of(node->result()))
        return true;
  }
  return false;
}

std::string why_no_cell(const Recurrence& recurrence) {
  if (repeats_samples(recurrence))
    return "its input and its states are not known to have the same batch size; give the input's "
           "shape if they have";
  if (has_op(recurrence, Op::SELECT_V2) || has_op(recurrence, Op::SELECT))
    return "some samples keep their state in some rounds, as a mask makes them, which the "
           "runtime's "
           "ops cannot do";
  return "its cell is neither an LSTM nor a simple RNN of the kinds that the runtime has ops for";
}

class Fusion {
 public:
  Fusion(const Recurrence& recurrence, const std::vector<RecurrentCell>& cells)
      : recurrence_(recurrence), cells_(cells), builder_(recurrence.loop()), e_(builder_) {}

  // Null where the states do not fit the input.
  std::string problem() const {
    for (const RecurrentCell& cell : cells_) {
      const auto batch = batch_of(cell);
      if (!batch) return "its input is no sequence of vectors";
      for (const int slot : {cell.hidden_slot, cell.cell_slot}) {
        if (slot < 0) continue;
        const ir::Shape& shape = recurrence_.loop().operand(slot)->shape();
        if (!shape.is_ranked() || shape.rank() != 2 || shape[0] != *batch)
          return "its first states are not proved to have the batch size of its input";
      }
    }
    return "";
  }

  std::optional<std::int64_t> batch() const { return batch_of(cells_.front())->constant(); }

  bool is_faster() const {
    Workload workload{batch(), recurrence_.steps().constant(), false};
    for (int slot = 0; slot < static_cast<int>(recurrence_.loop().results().size()); ++slot)
      if (const auto kept = recurrence_.collected(slot); kept && is_used(recurrence_, slot))
        workload.keeps_all |= !kept->is_last_alone;
    return std::ranges::all_of(
        cells_, [&](const RecurrentCell& cell) { return is_faster_fused(cell, workload); });
  }

  // Throws Unsupported where an op cannot be had; then nothing is replaced.
  void run() {
    for (const RecurrentCell& cell : cells_) outputs_.emplace(cell.output, sequence(cell));
    std::vector<std::pair<Value*, Value*>> replaced;
    for (int slot = 0; slot < static_cast<int>(recurrence_.loop().results().size()); ++slot)
      if (is_used(recurrence_, slot))
        replaced.emplace_back(recurrence_.loop().result(slot), result(slot));
    for (const auto& [from, to] : replaced) recurrence_.loop().graph().replace_all_uses(from, to);
  }

 private:
  std::optional<Dim> batch_of(const RecurrentCell& cell) const {
    if (&cell.source->graph() == &recurrence_.body()) {
      for (const RecurrentCell& other : cells_)
        if (other.output == cell.source) return batch_of(other);
      return std::nullopt;
    }
    const ir::Shape& shape = cell.source->shape();
    if (!shape.is_ranked() || shape.rank() != 3 || shape[2] != Dim(cell.features))
      return std::nullopt;
    return shape[1];
  }

  // All of a loop alike: one cell's output is the next one's input.
  bool is_time_major() const { return is_faster_time_major(cells_.front(), batch()); }

  // With the axes of time and batch in the order that the op is given them.
  Value* ordered(Value* sequence) {
    if (is_time_major()) return sequence;
    const Node* reverse = producer(sequence, Op::REVERSE_V2);
    const auto axes = reverse ? emit::known_integers(reverse->operand(1)) : std::nullopt;
    if (axes && *axes == std::vector<std::int64_t>{0})
      return e_.add(Op::REVERSE_V2, {swapped(reverse->operand(0)), e_.i32({1})});
    return swapped(sequence);
  }

  Value* swapped(Value* sequence) {
    if (const Node* transpose = producer(sequence, Op::TRANSPOSE)) {
      const auto order = emit::known_integers(transpose->operand(1));
      if (order && *order == std::vector<std::int64_t>{1, 0, 2}) return transpose->operand(0);
    }
    return emit::transpose(e_, sequence, kSwapped);
  }

  Value* sequence(const RecurrentCell& cell) {
    const auto made = outputs_.find(cell.source);
    Value* input = made != outputs_.end() ? made->second : nullptr;
    if (!input) {
      auto* rows = const_cast<Value*>(cell.source);
      if (recurrence_.is_backwards()) rows = e_.add(Op::REVERSE_V2, {rows, e_.i32({0})});
      input = ordered(rows);
    }
    return cell.kind == RecurrentCell::Kind::lstm ? lstm(cell, input) : rnn(cell, input);
  }

  Value* constant(const ir::ConstantPtr& c) { return c ? e_.constant(c) : nullptr; }

  Value* lstm(const RecurrentCell& cell, Value* input) {
    const Gate absent;
    const Gate& i = cell.input_gate ? *cell.input_gate : absent;
    const Gate* const gates[] = {&i, &cell.forget, &cell.cell, &cell.output_gate};
    std::vector<Value*> operands = {input};
    for (const Gate* gate : gates) operands.push_back(constant(gate->input));
    for (const Gate* gate : gates) operands.push_back(constant(gate->recurrent));
    for (const Gate* gate : {gates[0], gates[1], gates[3]})
      operands.push_back(constant(gate->peephole));
    for (const Gate* gate : gates) operands.push_back(constant(gate->bias));
    operands.push_back(constant(cell.projection));
    operands.push_back(constant(cell.projection_bias));
    operands.push_back(recurrence_.loop().operand(cell.hidden_slot));
    operands.push_back(recurrence_.loop().operand(cell.cell_slot));
    for (const Gate* gate : gates) operands.push_back(constant(gate->norm));
    tflite::UnidirectionalSequenceLSTMOptionsT options;
    options.fused_activation_function = cell.activation;
    options.cell_clip = cell.cell_clip;
    options.proj_clip = cell.projection_clip;
    options.time_major = is_time_major();
    return e_.add(Op::UNIDIRECTIONAL_SEQUENCE_LSTM, std::move(operands), options);
  }

  Value* rnn(const RecurrentCell& cell, Value* input) {
    tflite::SequenceRNNOptionsT options;
    options.fused_activation_function = cell.activation;
    options.time_major = is_time_major();
    return e_.add(Op::UNIDIRECTIONAL_SEQUENCE_RNN,
                  {input, constant(cell.cell.input), constant(cell.cell.recurrent),
                   constant(cell.cell.bias), recurrence_.loop().operand(cell.hidden_slot)},
                  options);
  }

  Value* last_row(Value* sequence) {
    std::vector<emit::AxisRange> ranges(3);
    ranges[is_time_major() ? 0 : 1] = {.begin = Dim(-1), .end = std::nullopt, .shrink = true};
    return emit::strided_slice(e_, sequence, std::move(ranges));
  }

  // What stands for a result of the loop.
  Value* result(int slot) {
    if (recurrence_.is_invariant(slot)) return recurrence_.loop().operand(slot);
    if (recurrence_.counts_down(slot)) return e_.scalar_i32(-1);
    if (recurrence_.counts(slot))
      return recurrence_.steps_value() ? recurrence_.steps_value()
                                       : e_.scalar_i32(recurrence_.steps().value());
    const auto collected = recurrence_.collected(slot);
    if (!collected) return last_row(outputs_.at(recurrence_.output(slot)));
    Value* all = outputs_.at(collected->item);
    if (collected->is_last_alone)
      return emit::reshape(e_, last_row(all), recurrence_.loop().result(slot)->shape());
    if (recurrence_.is_backwards())
      all = e_.add(Op::REVERSE_V2, {all, e_.i32({is_time_major() ? 0 : 1})});
    return is_time_major() ? all : emit::transpose(e_, all, kSwapped);
  }

  static constexpr int kSwapped[] = {1, 0, 2};
  const Recurrence& recurrence_;
  const std::vector<RecurrentCell>& cells_;
  Builder builder_;
  emit::Emitter e_;
  std::unordered_map<const Value*, Value*> outputs_;  // by the row that each round computes
};

// Graphs that a runtime calls, not other graphs.
bool is_outermost(const ir::Module& module, const ir::Graph& graph) {
  return &graph == module.graphs().front().get() ||
         std::ranges::any_of(module.signatures,
                             [&](const ir::Signature& s) { return s.graph == &graph; });
}

// Why the loop stays one; empty where it was replaced, or where nobody would expect it to be.
std::string fuse(Node& loop, Recurrent wish) {
  const auto recurrence = Recurrence::of(loop);
  if (!recurrence || !looks_recurrent(*recurrence)) return "";
  AffineReader reader(*recurrence);
  const std::vector<RecurrentCell> cells = cells_of(*recurrence, reader);
  if (cells.empty()) return why_no_cell(*recurrence);
  if (std::string more = what_else(*recurrence, reader, cells); !more.empty()) return more;
  if (ir::has_effect(loop)) return "it assigns variables";
  if (!is_outermost(loop.graph().module(), loop.graph()))
    return "it stands within a loop or a branch, where the runtime's op would not begin anew";
  Fusion fusion(*recurrence, cells);
  if (std::string problem = fusion.problem(); !problem.empty()) return problem;
  if (wish == Recurrent::automatic && !fusion.is_faster()) return "a loop is faster";
  try {
    fusion.run();
  } catch (const emit::Unsupported& refused) {
    return refused.what();
  }
  return "";
}

}  // namespace

std::vector<std::string> fuse_recurrent(ir::Module& module, Recurrent wish) {
  std::vector<std::string> notes;
  if (wish == Recurrent::loop) return notes;
  for (const auto& graph : module.graphs())
    for (Node* node = graph->first(); node; node = node->next()) {
      if (node->op() != Op::WHILE) continue;
      const std::string why = fuse(*node, wish);
      if (!why.empty() && wish == Recurrent::fused)
        notes.push_back(fmt::format(
            "{} stays a loop: {}",
            node->provenance().empty() ? "a recurrent layer" : node->provenance(), why));
    }
  for (const auto& graph : module.graphs()) ir::remove_dead_nodes(*graph);
  ir::remove_unreached_graphs(module);
  if (wish == Recurrent::fused)
    for (const std::string& layer : unrolled_layers(module))
      notes.push_back(fmt::format(
          "{} stays as it is: the model writes its steps out one after the other, so it is no loop "
          "that could become the runtime's op; build the layer without unroll",
          layer.empty() ? "a recurrent layer" : layer));
  return notes;
}

}  // namespace litecast::optimize
