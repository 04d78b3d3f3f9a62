#include "optimize/block_lists.h"

#include <algorithm>
#include <numeric>

#include "emit/arith.h"
#include "emit/gather.h"
#include "emit/scatter.h"
#include "emit/shape.h"
#include "ir/copy_nodes.h"
#include "ir/dead_nodes.h"
#include "ops/op_info.h"
#include "optimize/list_cost.h"
#include "optimize/list_loop.h"
#include "optimize/loop_condition.h"
#include "optimize/replace_node.h"

namespace litecast::optimize {
namespace {

using ir::Graph;
using ir::Shape;
using ir::Type;

// That the file holds: 1, 2, 3, …
constexpr std::int64_t kMostNumbers = 64;

std::size_t index(int slot) { return static_cast<std::size_t>(slot); }

Type with_length(Type type, Dim length) {
  std::vector<Dim> sizes = type.shape.dims();
  sizes[0] = length;
  type.shape = Shape(std::move(sizes));
  return type;
}

class Blocking {
 public:
  explicit Blocking(const ListLoop& lists)
      : lists_(lists), loop_(*lists.loop), outside_(loop_), e_(outside_) {}

  void choose_rows(std::int64_t rows) {
    rows_ = Dim(rows);
    const auto limit = emit::known_integers(lists_.limit);
    is_exact_ = limit && starts_within() && (limit->front() - *lists_.start) % rows == 0;
  }

  // The root of the length, or a little more.
  void choose_rows(const FreeBlock& block) {
    Value* length = emit::dim_value(e_, lists_.length);
    Value* sum = emit::cast(e_, emit::add(e_, length, e_.scalar_i32(block.more)), DType::FLOAT32);
    Value* root = emit::cast(e_, e_.add(Op::SQRT, {sum}), DType::INT32);
    Value* rows = emit::min(e_, emit::max(e_, root, e_.scalar_i32(block.fewest)), length);
    rows_ = e_.dims().fresh("rows");
    numbers_outside_ =
        e_.add(Op::RANGE, {e_.scalar_i32(0), rows, e_.scalar_i32(1)}, tflite::RangeOptionsT{});
    outside_.graph().set_type(*numbers_outside_, {DType::INT32, Shape(std::vector<Dim>{rows_})});
  }

  // The loop over a block. Throws Unsupported where an op cannot be had; then the loop is as it
  // was.
  Node* run() {
    enter();
    loop_over_block();
    leave();
    narrow_condition();
    narrow_body();
    replace();
    return inner_;
  }

 private:
  bool starts_within() const { return lists_.start && *lists_.start >= 0; }

  Graph& add_graph(const Graph& like) {
    ir::Module& module = loop_.graph().module();
    std::string name = like.name();
    do name += "/blocks";
    while (std::ranges::find(module.graphs(), name, [](const auto& g) { return g->name(); }) !=
           module.graphs().end());
    return module.add_graph(std::move(name));
  }

  const ListLoop::Written* written_at(int slot) const {
    const auto found = std::ranges::find(lists_.written, slot, &ListLoop::Written::slot);
    return found == lists_.written.end() ? nullptr : &*found;
  }
  const ListLoop::Read* read_at(int slot) const {
    const auto found = std::ranges::find(lists_.read, slot, &ListLoop::Read::slot);
    return found == lists_.read.end() ? nullptr : &*found;
  }
  int slots() const { return static_cast<int>(loop_.operands().size()); }
  bool is_invariant(int slot) const {
    return lists_.body().outputs()[index(slot)] == lists_.body().inputs()[index(slot)];
  }

  // The loop over blocks: what it begins with, its condition, and the inputs of its body.
  void enter() {
    Graph& condition = add_graph(lists_.condition());
    Graph& body = add_graph(lists_.body());
    for (int slot = 0; slot < slots(); ++slot) {
      operands_.push_back(loop_.operand(slot));
      const Type& type = lists_.condition().inputs()[index(slot)]->type();
      condition.add_input(type);
      body.add_input(type);
    }
    Builder builder(condition);
    auto goes_on = ir::copy_nodes(lists_.condition(), condition.inputs(), builder);
    if (!goes_on) throw emit::Unsupported("a condition that cannot be repeated");
    condition.set_outputs(*std::move(goes_on));
    if (numbers_outside_) {
      operands_.push_back(numbers_outside_);
      numbers_ = body.add_input(numbers_outside_->type());
      condition.add_input(numbers_outside_->type());
    }
    outer_ = {&condition, &body};
  }

  // Of the outer body: the block's part of what the loop carries, and the loop itself.
  void loop_over_block() {
    Graph& body = *outer_[1];
    Builder builder(body);
    builder.set_provenance(loop_.provenance_ref());
    emit::Emitter e(builder);
    Value* counter = body.inputs()[index(lists_.counter)];
    const DType type = counter->dtype();
    begin_row_ = emit::cast(e, counter, DType::INT32);
    // The last block begins among the rows of the one before.
    if (!is_exact_)
      begin_row_ = emit::min(e, begin_row_, emit::dim_value(e, lists_.length - rows_));
    if (!starts_within()) begin_row_ = emit::max(e, begin_row_, e.scalar_i32(0));
    outer_begin_ = emit::cast(e, begin_row_, type);
    Value* forwards = emit::add(e, numbers(e), begin_row_);
    Value* backwards = nullptr;
    const auto rows_of = [&](bool is_backwards) {
      if (is_backwards && !backwards)
        backwards = emit::sub(e, emit::dim_value(e, lists_.length - 1), forwards);
      return is_backwards ? backwards : forwards;
    };
    ir::NodeSpec inner{.op = Op::WHILE,
                       .options = tflite::WhileOptionsT{},
                       .graphs = {&lists_.condition(), &lists_.body()}};
    std::vector<Type> types;
    for (int slot = 0; slot < slots(); ++slot) {
      Value* whole = body.inputs()[index(slot)];
      Value* part = whole;
      if (slot == lists_.counter)
        part = is_exact_ ? e.scalar(type, 0) : emit::sub(e, counter, outer_begin_);
      else if (const auto* list = written_at(slot))
        part = emit::gather(e, whole, rows_of(list->is_backwards), 0);
      else if (const auto* sequence = read_at(slot))
        part = emit::gather(e, whole, rows_of(sequence->is_backwards), 0);
      inner.operands.push_back(part);
      types.push_back(written_at(slot) || read_at(slot) ? with_length(whole->type(), rows_)
                                                        : whole->type());
    }
    for (Value* more : {outer_begin_, last_round(e, type)}) {
      inner.operands.push_back(more);
      types.push_back(more->type());
    }
    inner_ = body.insert(std::move(inner), std::move(types), loop_.provenance_ref());
  }

  Value* numbers(emit::Emitter& e) {
    if (numbers_) return numbers_;
    const std::int64_t count = rows_.value();
    if (count > kMostNumbers) {
      // Not folded: the runtime computes it as it loads the model.
      const Node* range =
          outer_[1]->insert({Op::RANGE,
                             {e.scalar_i32(0), e.scalar_i32(count), e.scalar_i32(1)},
                             tflite::RangeOptionsT()},
                            {{DType::INT32, Shape{count}}}, loop_.provenance_ref());
      return range->result();
    }
    std::vector<std::int64_t> all;
    for (std::int64_t i = 0; i < count; ++i) all.push_back(i);
    return e.i32(all);
  }

  // Where the rounds of the block end.
  Value* last_round(emit::Emitter& e, DType type) {
    Value* rows = emit::cast(e, emit::dim_value(e, rows_), type);
    if (is_exact_) return rows;
    Value* limit = nullptr;
    if (lists_.limit->is_constant()) {
      limit = e.constant(lists_.limit->constant());
    } else {
      const Node& bound = *lists_.bound;
      const Value* inside = bound.operand(bound.op() == Op::LESS ? 1 : 0);
      limit = outer_[1]->inputs()[index(input_index(lists_.condition(), inside))];
    }
    return emit::min(e, emit::sub(e, limit, outer_begin_), rows);
  }

  // What the outer body hands to the next block.
  void leave() {
    Graph& body = *outer_[1];
    Builder builder(body);
    builder.set_provenance(loop_.provenance_ref());
    emit::Emitter e(builder);
    std::vector<Value*> outputs;
    for (int slot = 0; slot < slots(); ++slot) {
      Value* whole = body.inputs()[index(slot)];
      Value* part = inner_->result(slot);
      if (is_invariant(slot))
        outputs.push_back(whole);
      else if (slot == lists_.counter)
        outputs.push_back(emit::add(e, outer_begin_, part));
      else if (const auto* list = written_at(slot))
        outputs.push_back(put_back(e, whole, part, list->is_backwards));
      else
        outputs.push_back(part);
    }
    if (numbers_) outputs.push_back(numbers_);
    body.set_outputs(std::move(outputs));
  }

  Value* put_back(emit::Emitter& e, Value* list, Value* block, bool is_backwards) {
    Value* start = begin_row_;
    if (is_backwards) {
      block = e.add(Op::REVERSE_V2, {block, e.i32({0})});
      start = emit::sub(e, emit::dim_value(e, lists_.length - rows_), begin_row_);
    }
    return emit::set_rows(e, list, start, block);
  }

  // In what follows the loop's own graphs are changed: nothing may fail.

  // Uses of the counter as they were, of the sum of the block's begin and the round within it.
  static void add_begin(Graph& graph, Value* counter, Value* begin, const std::vector<Node*>& but) {
    const std::vector<ir::Use> uses(counter->uses().begin(), counter->uses().end());
    Builder builder = graph.first() ? Builder(*graph.first()) : Builder(graph);
    Value* sum = builder.add({Op::ADD, {counter, begin}, tflite::AddOptionsT()}).value().at(0);
    for (const ir::Use& use : uses)
      if (std::ranges::find(but, use.node) == but.end())
        graph.set_operand(*use.node, use.operand, sum);
    for (int i = 0; i < static_cast<int>(graph.outputs().size()); ++i)
      if (graph.outputs()[index(i)] == counter) graph.set_output(i, sum);
  }

  void add_inputs(Graph& graph) {
    const Type& type = graph.inputs()[index(lists_.counter)]->type();
    begin_ = graph.add_input(type);
    rounds_ = graph.add_input(type);
  }

  void narrow(Graph& graph, int slot) {
    Value* input = graph.inputs()[index(slot)];
    graph.set_type(*input, with_length(input->type(), rows_));
  }

  void narrow_condition() {
    Graph& condition = lists_.condition();
    Value* counter = condition.inputs()[index(lists_.counter)];
    for (const auto& list : lists_.written) narrow(condition, list.slot);
    for (const auto& list : lists_.read) narrow(condition, list.slot);
    add_inputs(condition);
    add_begin(condition, counter, begin_, {});
    Builder builder(*lists_.bound);
    Value* within = builder.add({Op::LESS, {counter, rounds_}, tflite::LessOptionsT()}).value()[0];
    condition.replace_all_uses(lists_.bound->result(), within);
    ir::remove_dead_nodes(condition);
  }

  void narrow_body() {
    Graph& body = lists_.body();
    Value* counter = body.inputs()[index(lists_.counter)];
    add_inputs(body);
    add_begin(body, counter, begin_, {});
    Builder builder(*body.first());
    emit::Emitter e(builder);
    Value* row = emit::cast(e, counter, DType::INT32);
    for (const auto& list : lists_.written) {
      narrow(body, list.slot);
      body.set_type(*list.update->result(), with_length(list.update->result()->type(), rows_));
      Node* place = list.update->operand(2)->producer();
      std::vector<Value*> starts(place->operands().begin(), place->operands().end());
      starts[0] = row;
      builder.insert_before(list.update);
      body.set_operand(*list.update, 2,
                       builder.add({Op::PACK, std::move(starts), place->options()}).value()[0]);
    }
    for (const auto& list : lists_.read) {
      narrow(body, list.slot);
      for (Node* gather : list.gathers) body.set_operand(*gather, 1, row);
    }
    builder.insert_before(nullptr);
    body.set_output(lists_.counter, emit::add(e, counter, e.scalar(counter->dtype(), 1)));
    std::vector<Value*> outputs(body.outputs().begin(), body.outputs().end());
    outputs.insert(outputs.end(), {begin_, rounds_});
    body.set_outputs(std::move(outputs));
    ir::remove_dead_nodes(body);
  }

  void replace() {
    std::vector<Type> types;
    for (const Value* input : outer_[0]->inputs()) types.push_back(input->type());
    ir::NodeSpec spec{.op = Op::WHILE,
                      .operands = std::move(operands_),
                      .options = tflite::WhileOptionsT{},
                      .graphs = outer_};
    std::vector<int> same(index(slots()));
    std::iota(same.begin(), same.end(), 0);
    replace_node(loop_, std::move(spec), std::move(types), same);
  }

  const ListLoop& lists_;
  Node& loop_;
  Builder outside_;
  emit::Emitter e_;
  Dim rows_;
  bool is_exact_ = false;
  Value* numbers_outside_ = nullptr;  // 0, 1, … rows−1 where that is not known before
  std::vector<Value*> operands_;      // of the loop over blocks
  std::vector<Graph*> outer_;         // its condition and body
  Value* numbers_ = nullptr;          // in its body
  Value* begin_row_ = nullptr;
  Value* outer_begin_ = nullptr;  // the same, of the counter's type
  Node* inner_ = nullptr;
  Value* begin_ = nullptr;
  Value* rounds_ = nullptr;
};

// What is asked twice must be the same twice.
bool may_repeat(const Graph& condition) {
  for (const Node* node = condition.first(); node; node = node->next()) {
    const ops::OpInfo* info = ops::find(node->op());
    if (!info || !node->graphs().empty()) return false;
    const ops::Effect effect = ops::effect_of(*info, node->spec());
    if (effect != ops::Effect::pure && effect != ops::Effect::read) return false;
  }
  return true;
}

// Sizes that are not known count as one.
double bytes_of(const ir::Type& type) {
  if (!type.shape.is_ranked()) return 0;
  double bytes = std::max(ir::byte_width(type.dtype), 1);
  for (const Dim size : type.shape.dims())
    bytes *= static_cast<double>(size.constant().value_or(1));
  return bytes;
}

// Whether a round takes more from the one before than lists and numbers.
bool has_state(const ListLoop& lists) {
  const auto inputs = lists.body().inputs(), outputs = lists.body().outputs();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool is_written = std::ranges::find(lists.written, static_cast<int>(i),
                                              &ListLoop::Written::slot) != lists.written.end();
    if (inputs[i] != outputs[i] && !is_written && !is_scalar(inputs[i])) return true;
  }
  return false;
}

// Whether the size is that of the first axis of a model's input, and all its inputs have one that
// is free.
bool counts_samples(const ir::Module& module, Dim size) {
  const auto inputs_of = [](const Graph& graph) {
    std::vector<Dim> firsts;
    for (const Value* input : graph.inputs())
      if (input->shape().is_ranked() && input->shape().rank() > 0)
        firsts.push_back(input->shape()[0]);
    return firsts;
  };
  const auto has_samples = [&](const Graph& graph) {
    const std::vector<Dim> firsts = inputs_of(graph);
    return std::ranges::find(firsts, size) != firsts.end() &&
           std::ranges::none_of(firsts, [](Dim first) { return first.is_constant(); });
  };
  return has_samples(*module.graphs().front()) ||
         std::ranges::any_of(module.signatures, [&](const ir::Signature& signature) {
           return has_samples(*signature.graph);
         });
}

ListSizes sizes_of(const ListLoop& lists) {
  ListSizes sizes;
  if (const auto length = lists.length.constant()) {
    const auto limit = emit::known_integers(lists.limit);
    sizes.rounds =
        (limit ? limit->front() : *length) - std::max<std::int64_t>(lists.start.value_or(0), 0);
  }
  sizes.counts_samples =
      !has_state(lists) && counts_samples(lists.loop->graph().module(), lists.length);
  sizes.lists = static_cast<int>(lists.written.size() + lists.read.size());
  const auto operands = lists.loop->operands();
  for (const Value* operand : operands) sizes.carried += bytes_of(operand->type());
  for (const auto& list : lists.written) {
    const ir::Type& type = operands[index(list.slot)]->type();
    sizes.row += bytes_of(with_length(type, Dim(1)));
    sizes.carried -= bytes_of(type);
  }
  for (const auto& list : lists.read) sizes.carried -= bytes_of(operands[index(list.slot)]->type());
  return sizes;
}

// The loop over a block, or null where the loop was left as it is.
Node* block(Node& loop) {
  if (loop.op() != Op::WHILE || !may_repeat(*loop.graphs()[0])) return nullptr;
  const auto lists = ListLoop::of(loop);
  if (!lists) return nullptr;
  const ListSizes sizes = sizes_of(*lists);
  Blocking blocking(*lists);
  try {
    if (sizes.rounds) {
      const auto rows = rows_of_block(sizes);
      if (!rows) return nullptr;
      blocking.choose_rows(*rows);
      return blocking.run();
    }
    const auto free = free_block(sizes);
    if (!free) return nullptr;
    blocking.choose_rows(*free);
    blocking.run();
    // Blocks of blocks would be too many where the loop turns out to be short.
    return nullptr;
  } catch (const emit::Unsupported&) {
    return nullptr;
  }
}

}  // namespace

bool block_lists(ir::Module& module) {
  bool has_changed = false;
  const std::size_t count = module.graphs().size();
  for (std::size_t i = 0; i < count; ++i)
    for (Node *node = module.graphs()[i]->first(), *next; node; node = next) {
      next = node->next();
      // A block may be long enough to consist of blocks.
      for (Node* loop = node; loop; has_changed |= loop != nullptr) loop = block(*loop);
    }
  for (const auto& graph : module.graphs()) ir::remove_dead_nodes(*graph);
  ir::remove_unreached_graphs(module);
  return has_changed;
}

}  // namespace litecast::optimize
