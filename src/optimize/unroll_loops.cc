#include "optimize/unroll_loops.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "emit/shape.h"
#include "ir/copy_nodes.h"
#include "ir/dead_nodes.h"
#include "optimize/loop_condition.h"
#include "optimize/rewrite.h"

namespace litecast::optimize {
namespace {

using ir::Graph;

// Measured on x86-64 (docs/rnn.md): a loop takes about as many bytes of a file as a dozen nodes,
// and the more rounds, the less the loop itself matters.
constexpr std::size_t kMostWrittenOut = 32;
constexpr std::uint64_t kMostWeights = 512 * 1024;  // bytes, of all rounds

// Of the products in a body, whose kernels repack them.
std::uint64_t weights_of(const Graph& body) {
  std::uint64_t bytes = 0;
  for (const Node* node = body.first(); node; node = node->next()) {
    if (node->op() != Op::FULLY_CONNECTED && node->op() != Op::CONV_2D &&
        node->op() != Op::DEPTHWISE_CONV_2D && node->op() != Op::TRANSPOSE_CONV &&
        node->op() != Op::BATCH_MATMUL)
      continue;
    for (const Value* operand : node->operands())
      if (operand && operand->is_constant()) bytes += operand->constant()->byte_size();
  }
  return bytes;
}

class Unrolling {
 public:
  explicit Unrolling(Node& loop)
      : loop_(loop), graph_(loop.graph()), before_(loop.previous()), builder_(loop) {}

  bool run() {
    const auto results = rounds();
    if (!results || is_too_much()) {
      take_back();
      return false;
    }
    for (std::size_t i = 0; i < results->size(); ++i)
      graph_.replace_all_uses(loop_.results()[i], (*results)[i]);
    graph_.erase(loop_);
    return true;
  }

 private:
  // What the loop's values are after the last round; nothing where data decide which it is, or
  // where there are too many.
  std::optional<ir::Values> rounds() {
    ir::Values values(loop_.operands().begin(), loop_.operands().end());
    for (;; ++count_) {
      const auto goes_on = ir::copy_nodes(*loop_.graphs()[0], values, builder_);
      const auto is_true = goes_on ? known_truth(goes_on->front()) : std::nullopt;
      if (!is_true) return std::nullopt;
      if (!*is_true) return values;
      if (count_ > 0 && is_too_much()) return std::nullopt;
      auto next = ir::copy_nodes(*loop_.graphs()[1], values, builder_);
      if (!next) return std::nullopt;
      values = *std::move(next);
    }
  }

  bool is_too_much() const {
    if (count_ <= 1) return false;
    const auto rounds = static_cast<std::uint64_t>(count_);
    std::size_t nodes = 0;
    for (const Node* node = loop_.previous(); node != before_; node = node->previous()) {
      // Each copy of a kernel that is not the runtime's own is set up by itself.
      if (node->op() == Op::CUSTOM) return true;
      nodes += ir::is_dead(*node) ? 0 : 1;
    }
    return rounds > kMostWrittenOut || nodes > kMostWrittenOut ||
           weights_of(*loop_.graphs()[1]) * rounds > kMostWeights;
  }

  void take_back() {
    while (loop_.previous() != before_) graph_.erase(*loop_.previous());
  }

  Node& loop_;
  Graph& graph_;
  const Node* before_;
  Builder builder_;
  int count_ = 0;
};

// The rows of a list that are taken one by one.
using Rows = std::map<std::int64_t, std::vector<Node*>>;

Rows rows_taken(const Value& list) {
  Rows rows;
  for (const ir::Use& use : list.uses()) {
    if (use.node->op() != Op::GATHER || use.operand != 0) continue;
    const auto& options = use.node->options_as<tflite::GatherOptionsT>();
    const auto row = emit::known_integers(use.node->operand(1));
    if (options.axis == 0 && options.batch_dims == 0 && row && is_scalar(use.node->operand(1)))
      rows[row->front()].push_back(use.node);
  }
  return rows;
}

void unpack(Graph& graph, Value& list) {
  if (!list.shape().is_ranked() || list.shape().rank() == 0) return;
  const std::int64_t length = list.shape()[0].constant().value_or(0);
  if (length < 2 || length > static_cast<std::int64_t>(kMostWrittenOut)) return;
  const Rows rows = rows_taken(list);
  if (std::ssize(rows) != length || rows.begin()->first != 0 || rows.rbegin()->first != length - 1)
    return;
  Node* first = rows.begin()->second.front();
  for (const auto& [row, gathers] : rows)
    for (Node* gather : gathers)
      if (gather->is_before(*first)) first = gather;
  Builder builder(*first);
  const auto parts =
      builder.add({Op::UNPACK, {&list}, tflite::UnpackOptionsT{.num = static_cast<int>(length)}});
  if (!parts) return;
  for (const auto& [row, gathers] : rows)
    for (Node* gather : gathers) {
      graph.replace_all_uses(gather->result(), (*parts)[static_cast<std::size_t>(row)]);
      graph.erase(*gather);
    }
}

void unpack_lists(Graph& graph) {
  std::vector<Value*> lists;
  std::unordered_set<const Value*> seen;
  for (const Node* node = graph.first(); node; node = node->next())
    if (node->op() == Op::GATHER && node->operand(1)->is_constant() &&
        seen.insert(node->operand(0)).second)
      lists.push_back(node->operand(0));
  for (Value* list : lists) unpack(graph, *list);
}

bool unroll_loops_of(Graph& graph) {
  std::vector<Node*> loops;
  for (Node* node = graph.first(); node; node = node->next())
    if (node->op() == Op::WHILE) loops.push_back(node);
  bool has_changed = false;
  for (Node* loop : loops) has_changed |= Unrolling(*loop).run();
  if (has_changed) unpack_lists(graph);
  ir::remove_dead_nodes(graph);
  return has_changed;
}

}  // namespace

bool unroll_loops(ir::Module& module) {
  bool has_changed = false;
  // From the inside to the outside, so that a loop of loops may become none.
  const auto& graphs = module.graphs();
  for (std::size_t i = graphs.size(); i-- > 0;) has_changed |= unroll_loops_of(*graphs[i]);
  if (has_changed) ir::remove_unreached_graphs(module);
  return has_changed;
}

}  // namespace litecast::optimize
