#include "optimize/recurrence.h"

#include <algorithm>

#include "emit/shape.h"
#include "optimize/loop_condition.h"

namespace litecast::optimize {
namespace {

bool is_i32_scalar(const Value* value) {
  return value->dtype() == DType::INT32 && is_scalar(value);
}

}  // namespace

std::optional<Recurrence> Recurrence::of(ir::Node& loop) {
  // More than any recurrent layer has are not searched.
  constexpr std::size_t kMostSlots = 256;
  Recurrence recurrence(loop);
  if (loop.op() != Op::WHILE || loop.operands().empty() || loop.operands().size() > kMostSlots ||
      !recurrence.find_counter() || !recurrence.find_steps())
    return std::nullopt;
  recurrence.find_rows();
  return recurrence;
}

bool Recurrence::find_counter() {
  const ir::Graph& condition = *loop_->graphs()[0];
  const int slots = static_cast<int>(loop_->operands().size());
  for (int slot = 0; slot < slots; ++slot) {
    const bool is_compared = !condition.inputs()[static_cast<std::size_t>(slot)]->uses().empty();
    if (is_compared && is_i32_scalar(input(slot)) && is_scalar(loop_->operand(slot), 0) &&
        without(output(slot), 1) == input(slot)) {
      counter_ = slot;
      return true;
    }
  }
  return false;
}

bool Recurrence::find_steps() {
  const ir::Graph& condition = *loop_->graphs()[0];
  if (condition.outputs().size() != 1) return false;
  const Value* counter = condition.inputs()[static_cast<std::size_t>(counter_)];
  const auto parts = conjuncts(condition.outputs()[0]);
  for (const Value* part : parts)
    if (const Node* less = producer(part, Op::LESS);
        less && (less->operand(0) != counter || !add_limit(less->operand(1))))
      return false;
  // A second counter that comes down to zero in as many rounds says nothing new.
  return !parts.empty() && std::ranges::all_of(parts, [&](const Value* part) {
    if (producer(part, Op::LESS)) return true;
    const Node* node = producer(part, Op::GREATER_EQUAL);
    if (!node || !is_scalar(node->operand(1), 0)) return false;
    const auto inputs = condition.inputs();
    const auto found = std::ranges::find(inputs, node->operand(0));
    return found != inputs.end() && counts_down(static_cast<int>(found - inputs.begin()));
  });
}

// From the last row to the first.
bool Recurrence::counts_down(int slot) const {
  if (!is_i32_scalar(input(slot))) return false;
  const auto first = emit::known_dims(loop_->operand(slot));
  const Node* sub = producer(output(slot), Op::SUB);
  const bool is_less = sub && sub->operand(0) == input(slot) && is_scalar(sub->operand(1), 1);
  return first && first->size() == 1 && first->front() == steps_ - 1 &&
         (is_less || without(output(slot), -1) == input(slot));
}

void Recurrence::find_rows() {
  row_ = counter_;
  for (const Node* node = body().first(); node; node = node->next()) {
    if (node->op() != Op::GATHER) continue;
    const int slot = slot_of(node->operand(1));
    if (slot >= 0 && counts_down(slot)) row_ = slot;
  }
}

// The number of rounds is the lowest of all limits.
bool Recurrence::add_limit(const Value* limit) {
  const bool is_first = steps_value_ == nullptr && steps_ == Dim(0);
  Value* value = nullptr;
  auto known = emit::known_dims(limit);
  if (!limit->is_constant()) {
    const auto inputs = loop_->graphs()[0]->inputs();
    const auto found = std::ranges::find(inputs, limit);
    if (found == inputs.end()) return false;
    const int slot = static_cast<int>(found - inputs.begin());
    if (!is_invariant(slot)) return false;
    value = loop_->operand(slot);
    known = emit::known_dims(value);
  }
  if (!known || known->size() != 1) return false;
  const Dim steps = is_first ? known->front() : ir::min(steps_, known->front());
  if (is_first || steps != steps_) steps_value_ = steps == known->front() ? value : nullptr;
  steps_ = steps;
  return true;
}

int Recurrence::slot_of(const Value* value) const {
  const auto inputs = body().inputs();
  const auto found = std::ranges::find(inputs, value);
  return found == inputs.end() ? -1 : static_cast<int>(found - inputs.begin());
}

Value* Recurrence::outside(const Value* value) const {
  const int slot = slot_of(value);
  return slot >= 0 && is_invariant(slot) ? loop_->operand(slot) : nullptr;
}

bool Recurrence::is_state(int slot) const {
  return !counts(slot) && !is_invariant(slot) && !collected(slot);
}

Value* Recurrence::sequence_of(const Value* value) const {
  const Node* gather = producer(value, Op::GATHER);
  if (!gather || gather->operand(1) != input(row_)) return nullptr;
  const auto& options = gather->options_as<tflite::GatherOptionsT>();
  Value* sequence = outside(gather->operand(0));
  if (!sequence || options.axis != 0 || options.batch_dims != 0) return nullptr;
  const ir::Shape& shape = sequence->shape();
  return shape.is_ranked() && shape.rank() > 0 && shape[0] == steps_ ? sequence : nullptr;
}

std::optional<Recurrence::Collected> Recurrence::collected(int slot) const {
  const Node* update = producer(output(slot), Op::DYNAMIC_UPDATE_SLICE);
  if (!update || update->operand(0) != input(slot) || input(slot)->uses().size() != 1 ||
      input(slot)->output_uses() != 0)
    return std::nullopt;
  const ir::Shape& shape = input(slot)->shape();
  const Node* reshape = producer(update->operand(1), Op::RESHAPE);
  if (!reshape || !shape.is_ranked() || shape.rank() == 0) return std::nullopt;
  Value* item = reshape->operand(0);
  const ir::Shape& row = update->operand(1)->shape();
  // Row t alone, and all of it.
  const auto rest = [](const ir::Shape& s) { return s.dims().begin() + 1; };
  if (row.rank() != shape.rank() || row[0] != Dim(1) || !item->shape().is_ranked() ||
      !std::equal(rest(row), row.dims().end(), rest(shape), shape.dims().end()) ||
      !std::equal(rest(row), row.dims().end(), item->shape().dims().begin(),
                  item->shape().dims().end()))
    return std::nullopt;
  const Value* start = update->operand(2);
  if (const auto known = emit::known_integers(start)) {
    if (shape[0] != Dim(1) || std::ranges::any_of(*known, [](auto i) { return i != 0; }))
      return std::nullopt;
    return Collected{item, true};
  }
  const Node* pack = producer(start, Op::PACK);
  if (!pack || pack->operand(0) != input(row_) || shape[0] != steps_) return std::nullopt;
  for (const Value* other : pack->operands().subspan(1))
    if (!is_scalar(other, 0)) return std::nullopt;
  return Collected{item, false};
}

}  // namespace litecast::optimize
