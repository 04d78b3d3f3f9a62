#include "optimize/list_loop.h"

#include <algorithm>

#include "emit/shape.h"
#include "optimize/loop_condition.h"

namespace litecast::optimize {
namespace {

bool is_counter_type(DType dtype) { return dtype == DType::INT32 || dtype == DType::INT64; }

bool at_most(Dim a, Dim b) { return a == b || ir::min(a, b) == a; }

std::optional<Dim> known_scalar(const Value* value) {
  const auto known = emit::known_dims(value);
  return known && known->size() == 1 ? std::optional(known->front()) : std::nullopt;
}

class ListSearch {
 public:
  explicit ListSearch(Node& loop)
      : loop_(loop), condition_(*loop.graphs()[0]), body_(*loop.graphs()[1]) {}

  std::optional<ListLoop> run() {
    for (const Value* part : conjuncts(condition_.outputs()[0])) {
      Node* bound = part->has_one_use() ? part->producer() : nullptr;
      if (!bound || !take_bound(*bound)) continue;
      std::optional<ListLoop> found = lists(*bound);
      if (found) return found;
    }
    return std::nullopt;
  }

 private:
  Value* input(int slot) const { return body_.inputs()[index(slot)]; }
  Value* output(int slot) const { return body_.outputs()[index(slot)]; }
  static std::size_t index(int slot) { return static_cast<std::size_t>(slot); }
  int slots() const { return static_cast<int>(body_.inputs().size()); }
  bool is_invariant(int slot) const { return output(slot) == input(slot); }
  bool is_free_of_condition(int slot) const {
    return condition_.inputs()[index(slot)]->is_unused();
  }

  // The value that something of a graph of the loop has in every round, outside; null where it
  // changes.
  Value* outside(const ir::Graph& graph, const Value* value) const {
    const int slot = input_index(graph, value);
    return slot >= 0 && is_invariant(slot) ? loop_.operand(slot) : nullptr;
  }

  bool take_bound(Node& node) {
    if (node.op() != Op::LESS && node.op() != Op::GREATER) return false;
    const int side = node.op() == Op::LESS ? 0 : 1;
    const int slot = input_index(condition_, node.operand(side));
    if (slot < 0 || !is_counter_type(input(slot)->dtype()) || !is_scalar(input(slot)) ||
        without(output(slot), 1) != input(slot))
      return false;
    const auto start = emit::known_integers(loop_.operand(slot));
    limit_ = node.operand(1 - side);
    if (!limit_->is_constant()) limit_ = outside(condition_, limit_);
    if (!limit_ || !is_scalar(limit_)) return false;
    counter_ = slot;
    start_ = start ? std::optional(start->front()) : std::nullopt;
    return true;
  }

  bool is_limit_within(Dim length) const { return is_within(*limit_, length, 0); }

  // Whether a number outside is no more than a length, however it is computed.
  static bool is_within(const Value& value, Dim length, int depth) {
    constexpr int kMostDepth = 4;
    if (const auto known = known_scalar(&value)) return at_most(*known, length);
    if (depth == kMostDepth) return false;
    if (const Node* cast = producer(&value, Op::CAST))
      return is_counter_type(cast->operand(0)->dtype()) &&
             is_within(*cast->operand(0), length, depth + 1);
    const Node* minimum = producer(&value, Op::MINIMUM);
    return minimum && (is_within(*minimum->operand(0), length, depth + 1) ||
                       is_within(*minimum->operand(1), length, depth + 1));
  }

  // Whether the value is the number of the round's row in lists of that length, or of the row that
  // has as many behind it.
  enum class Row { none, forwards, backwards };
  Row row_of(const Value* value, Dim length) const {
    if (const Node* cast = producer(value, Op::CAST)) value = cast->operand(0);
    if (value == input(counter_)) return Row::forwards;
    return counts_back(value, length) || is_mirrored(value, length) ? Row::backwards : Row::none;
  }

  // A slot that goes from the last row down while the counter goes up from 0.
  bool counts_back(const Value* value, Dim length) const {
    const int slot = input_index(body_, value);
    if (slot < 0 || start_ != 0 || !is_scalar(value) || !is_counter_type(value->dtype()))
      return false;
    const Node* sub = producer(output(slot), Op::SUB);
    const bool counts_down = (sub && sub->operand(0) == value && is_scalar(sub->operand(1), 1)) ||
                             without(output(slot), -1) == value;
    return counts_down && known_scalar(loop_.operand(slot)) == length - 1;
  }

  // n − 1 − c, computed in the body.
  bool is_mirrored(const Value* value, Dim length) const {
    const Node* sub = producer(value, Op::SUB);
    if (!sub || sub->operand(1) != input(counter_)) return false;
    const Value* last = sub->operand(0);
    if (!last->is_constant()) last = outside(body_, last);
    return last && known_scalar(last) == length - 1;
  }

  std::optional<ListLoop> lists(Node& bound) {
    ListLoop all{&loop_, counter_, start_, &bound, limit_, {}, {}, {}};
    for (int slot = 0; slot < slots(); ++slot)
      if (const auto list = written(slot)) {
        // Lists of different lengths are not cut into blocks together.
        const Dim length = input(slot)->shape()[0];
        if (all.written.empty()) all.length = length;
        if (length == all.length) all.written.push_back(*list);
      }
    if (all.written.empty()) return std::nullopt;
    for (int slot = 0; slot < slots(); ++slot)
      if (auto list = read(slot, all.length)) all.read.push_back(std::move(*list));
    return all;
  }

  std::optional<ListLoop::Written> written(int slot) const {
    Node* update = producer(output(slot), Op::DYNAMIC_UPDATE_SLICE);
    if (!update || update->operand(0) != input(slot) || !input(slot)->has_one_use() ||
        !update->result()->has_one_use() || !is_free_of_condition(slot))
      return std::nullopt;
    const ir::Shape& shape = input(slot)->shape();
    const ir::Shape& row = update->operand(1)->shape();
    const Node* start = producer(update->operand(2), Op::PACK);
    if (!start || !shape.is_ranked() || shape.rank() == 0 || !row.is_ranked() || row[0] != Dim(1) ||
        update->operand(2)->dtype() != DType::INT32 || loop_.operand(slot)->shape() != shape ||
        !is_limit_within(shape[0]))
      return std::nullopt;
    const Row which = row_of(start->operand(0), shape[0]);
    if (which == Row::none) return std::nullopt;
    return ListLoop::Written{slot, update, which == Row::backwards};
  }

  std::optional<ListLoop::Read> read(int slot, Dim length) const {
    const Value* list = input(slot);
    if (!is_invariant(slot) || !is_free_of_condition(slot) || list->uses().empty() ||
        !list->shape().is_ranked() || list->shape().rank() == 0 || list->shape()[0] != length)
      return std::nullopt;
    ListLoop::Read found{slot, {}, false};
    for (const ir::Use& use : list->uses()) {
      if (use.node->op() != Op::GATHER || use.operand != 0) return std::nullopt;
      const auto& options = use.node->options_as<tflite::GatherOptionsT>();
      const Value* which = use.node->operand(1);
      const Row row = row_of(which, length);
      const bool is_backwards = row == Row::backwards;
      if (options.axis != 0 || options.batch_dims != 0 || !is_scalar(which) || row == Row::none ||
          (!found.gathers.empty() && is_backwards != found.is_backwards))
        return std::nullopt;
      found.gathers.push_back(use.node);
      found.is_backwards = is_backwards;
    }
    return found;
  }

  Node& loop_;
  const ir::Graph& condition_;
  const ir::Graph& body_;
  int counter_ = -1;
  std::optional<std::int64_t> start_;
  Value* limit_ = nullptr;
};

}  // namespace

std::optional<ListLoop> ListLoop::of(Node& loop) {
  // More than any model has are not searched.
  constexpr std::size_t kMostSlots = 256;
  if (loop.op() != Op::WHILE || loop.operands().empty() || loop.operands().size() > kMostSlots ||
      loop.graphs()[0]->outputs().size() != 1)
    return std::nullopt;
  return ListSearch(loop).run();
}

}  // namespace litecast::optimize
