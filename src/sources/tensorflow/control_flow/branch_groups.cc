#include "sources/tensorflow/control_flow/branch_groups.h"

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "sources/tensorflow/control_flow/body_builder.h"
#include "sources/tensorflow/control_flow/flow_op.h"

namespace litecast::tensorflow {
namespace {

constexpr std::uint32_t kNoGroup = ~std::uint32_t{0};

}  // namespace

BranchGroups::BranchGroups(const Body& body, std::span<const NodeId> order, Liveness& liveness)
    : body_(body),
      order_(order),
      liveness_(liveness),
      is_repeated_(body.nodes.size()),
      parent_(body.nodes.size()),
      group_of_piece_(body.nodes.size(), kNoGroup) {
  std::iota(parent_.begin(), parent_.end(), NodeId{0});
  find_repeated();
  connect();
  schedule();
  collect_nodes();
}

bool BranchGroups::is_inner(NodeId node) const {
  return liveness_.of(node) != kAlways && liveness_.of(node) != kNever;
}

bool BranchGroups::is_end(NodeId node) const {
  return liveness_.is_join(node) && liveness_.of(node) == kAlways &&
         !liveness_.problems().contains(node);
}

bool BranchGroups::is_plain_switch(const Edge& edge) const {
  return edge.kind != Edge::Kind::kArg && liveness_.of(edge.index) == kAlways &&
         flow_op(body_.nodes[edge.index].op()) == FlowOp::kSwitch &&
         body_.control_inputs(edge.index).empty();
}

// An Identity behind a Switch of the predicate itself stands for the branch: constants wait for it.
void BranchGroups::find_repeated() {
  for (const NodeId node : order_) {
    if (!is_inner(node) || liveness_.decision(liveness_.of(node)).depth != 1) continue;
    const auto data = body_.data_inputs(node);
    const std::string_view op = body_.nodes[node].op();
    const bool is_pivot =
        op == "Identity" && data.size() == 1 && is_plain_switch(data[0]) &&
        liveness_.source(data[0]) == liveness_.decision(liveness_.of(node)).predicate;
    is_repeated_[node] =
        (is_pivot || (op == "Const" && data.empty())) && waits_for_branch_alone(node);
  }
}

bool BranchGroups::waits_for_branch_alone(NodeId node) const {
  return std::ranges::all_of(body_.control_inputs(node), [&](const Edge& control) {
    if (is_plain_switch(control)) return true;
    return is_repeated_[control.index] && body_.control_inputs(control.index).empty();
  });
}

BranchGroups::Piece BranchGroups::piece_of(NodeId node) const {
  while (parent_[node] != node) {
    parent_[node] = parent_[parent_[node]];
    node = parent_[node];
  }
  return node;
}

void BranchGroups::join_pieces(NodeId a, NodeId b) {
  a = piece_of(a);
  b = piece_of(b);
  // The first node in the file stands for the piece.
  parent_[std::max(a, b)] = std::min(a, b);
}

void BranchGroups::connect() {
  const auto outermost = [&](NodeId node) {
    return liveness_.decision(liveness_.of(node)).outermost;
  };
  for (const NodeId node : order_) {
    if (!is_end(node) && (!is_inner(node) || is_repeated_[node])) continue;
    for (const Edge& input : liveness_.inputs(node)) {
      if (input.kind == Edge::Kind::kArg || !is_inner(input.index) || is_repeated_[input.index])
        continue;
      if (is_end(node) || outermost(node) == outermost(input.index)) {
        join_pieces(node, input.index);
      } else {
        liveness_.add_problem(node, "it takes values from branches of different conditions");
        break;
      }
    }
  }
}

// Takes the pieces of a decision together as far as their order allows: whatever is ready when
// nothing else can run becomes one group.
class BranchGroups::Schedule {
 public:
  explicit Schedule(BranchGroups& groups)
      : groups_(groups), waits_for_(groups.body_.nodes.size()), users_(groups.body_.nodes.size()) {
    for (const NodeId node : groups.order_) add(node);
  }

  void run() {
    for (const NodeId node : groups_.order_)
      if (is_unit(node) && waits_for_[node] == 0) ready(node);
    while (true) {
      if (!plain_.empty()) {
        const NodeId node = plain_.front();
        plain_.pop_front();
        finish(node);
      } else if (!take_pieces(whole_) && !take_pieces(partial_)) {
        return;
      }
    }
  }

 private:
  struct Decided {
    Edge predicate;
    std::uint32_t branches = 2;
    std::size_t remaining = 0;
    std::vector<Piece> ready;
  };

  bool is_piece(NodeId node) const { return groups_.is_inner(node) || groups_.is_end(node); }
  bool is_unit(NodeId node) const {
    if (groups_.liveness_.of(node) == kNever || is_repeated(node)) return false;
    return groups_.piece_of(node) == node;
  }
  bool is_repeated(NodeId node) const { return groups_.is_repeated_[node]; }

  void add(NodeId node) {
    if (groups_.liveness_.of(node) == kNever || is_repeated(node)) return;
    const NodeId unit = groups_.piece_of(node);
    for (const Edge& input : groups_.liveness_.inputs(node)) add_edge(input, unit);
    if (!is_piece(node)) return;
    // Every piece has a node or a Merge that tells the decision.
    const Decision& decision = decision_of(node);
    if (is_unit(node)) ++decided(decision).remaining;
    add_edge(decision.predicate, unit);
  }

  const Decision& decision_of(NodeId node) const {
    const Liveness& live = groups_.liveness_;
    StateId state = live.of(node);
    if (state == kAlways) state = live.of(live.inputs(node).front());
    return live.decision(live.decision(state).outermost);
  }

  void add_edge(const Edge& from, NodeId unit) {
    if (from.kind == Edge::Kind::kArg || is_repeated(from.index)) return;
    const NodeId source = groups_.piece_of(from.index);
    if (source == unit) return;
    users_[source].push_back(unit);
    ++waits_for_[unit];
  }

  Decided& decided(const Decision& decision) {
    const Edge& predicate = decision.predicate;
    return decided_[{static_cast<int>(predicate.kind), predicate.index, predicate.port,
                     decision.branches}];
  }

  void ready(NodeId unit) {
    if (!is_piece(unit)) return plain_.push_back(unit);
    const Decision& told = decision_of(unit);
    Decided& decision = decided(told);
    decision.predicate = told.predicate;
    decision.branches = told.branches;
    decision.ready.push_back(unit);
    if (decision.ready.size() == 1) partial_.push_back(&decision);
    if (decision.ready.size() == decision.remaining) whole_.push_back(&decision);
  }

  bool take_pieces(std::deque<Decided*>& queue) {
    while (!queue.empty()) {
      Decided& decision = *queue.front();
      queue.pop_front();
      if (decision.ready.empty()) continue;
      const std::vector<Piece> pieces = std::exchange(decision.ready, {});
      decision.remaining -= pieces.size();
      groups_.add_group(decision.predicate, decision.branches, pieces);
      for (const Piece piece : pieces) finish(piece);
      return true;
    }
    return false;
  }

  void finish(NodeId unit) {
    for (const NodeId user : users_[unit])
      if (--waits_for_[user] == 0) ready(user);
  }

  BranchGroups& groups_;
  std::vector<std::uint32_t> waits_for_;
  std::vector<std::vector<NodeId>> users_;
  std::map<std::tuple<int, std::uint32_t, std::uint32_t, std::uint32_t>, Decided> decided_;
  std::deque<NodeId> plain_;
  std::deque<Decided*> whole_, partial_;  // decisions of which all pieces, or some, are ready
};

void BranchGroups::schedule() { Schedule(*this).run(); }

void BranchGroups::add_group(const Edge& predicate, std::uint32_t branches,
                             std::span<const Piece> pieces) {
  for (const Piece piece : pieces)
    group_of_piece_[piece] = static_cast<std::uint32_t>(groups_.size());
  groups_.push_back({.predicate = predicate, .nodes = {}, .merges = {}});
  groups_.back().nodes.resize(branches);
}

std::optional<std::uint32_t> BranchGroups::group_of(NodeId node) const {
  const std::uint32_t group = group_of_piece_[piece_of(node)];
  return group == kNoGroup ? std::nullopt : std::optional(group);
}

void BranchGroups::collect_nodes() {
  for (const NodeId node : order_) {
    if (!is_end(node) && (!is_inner(node) || is_repeated_[node])) continue;
    const auto group = group_of(node);
    if (!group) {
      if (is_end(node)) liveness_.add_problem(node, "its branch depends on what it gives");
      continue;
    }
    if (is_end(node)) {
      groups_[*group].merges.push_back(node);
    } else {
      const Decision& outermost =
          liveness_.decision(liveness_.decision(liveness_.of(node)).outermost);
      groups_[*group].nodes[outermost.branch].push_back(node);
    }
  }
  for (BranchGroup& group : groups_) {
    for (std::vector<NodeId>& nodes : group.nodes) std::ranges::sort(nodes);
    std::ranges::sort(group.merges);
  }
}

}  // namespace litecast::tensorflow
