// When the nodes of a body run: in which branches of which decisions. A Switch gives its value to
// one of two branches; what depends on it runs only there; a Merge ends both.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "sources/tensorflow/body.h"

namespace litecast::tensorflow {

// A path of decisions, the outermost first.
using StateId = std::uint32_t;
inline constexpr StateId kAlways = 0;
inline constexpr StateId kNever = ~StateId{0};

// The last decision of a path.
struct Decision {
  StateId before = kAlways;
  Edge predicate;
  std::uint32_t branch = 0;  // the output of the Switch: 1 where the predicate is true
  std::uint32_t branches = 2;
  std::uint32_t depth = 0;
  StateId outermost = kAlways;  // the first decision of the path

  // Whether another decision takes the same branch.
  bool decides_as(const Decision& other) const {
    return predicate == other.predicate && branches == other.branches;
  }
};

class Liveness {
 public:
  // `order` is an execution order of the body, in which there are no loops. Throws MalformedInput
  // for decisions that nest too deep.
  Liveness(const Body& body, std::span<const NodeId> order);

  StateId of(NodeId node) const { return of_node_[node]; }
  // Of a value, or (for a control edge) of the node.
  StateId of(const Edge& edge) const;
  const Decision& decision(StateId state) const { return decisions_[state]; }

  // The inputs of a node that can have a value. Those of a Switch whose branch is known are what
  // the Switch takes; the nodes in problems() have none.
  std::vector<Edge> inputs(NodeId node) const;
  // The same for one edge.
  Edge resolve(const Edge& edge) const;

  // A Merge of all branches of a decision, and what it takes of each.
  bool is_join(NodeId node) const { return is_join_[node]; }
  std::vector<Edge> joined(NodeId node) const;
  // Where a predicate comes from, behind ops that hand it on.
  Edge source(const Edge& value) const;

  // Nodes that cannot be made part of a branch, with the reasons.
  const std::unordered_map<NodeId, std::string>& problems() const { return problems_; }
  void add_problem(NodeId node, const std::string& reason) { problems_.try_emplace(node, reason); }

 private:
  StateId state_of(NodeId node);
  StateId state_of_merge(NodeId node);
  StateId join(NodeId node, StateId a, StateId b);
  // Of an edge that was not asked for before.
  StateId new_state_of(const Edge& edge);
  // Of which all but depth and outermost are told.
  StateId extend(NodeId node, Decision decision);
  Decision decision_behind(const Edge& edge) const;
  bool joins_all_branches(const std::vector<Edge>& values) const;
  StateId common(StateId a, StateId b) const;
  // The branch of a decision that a path has taken already.
  std::optional<std::uint32_t> taken(StateId state, const Decision& asked) const;
  std::optional<std::uint32_t> known_branch(NodeId node, const Edge& predicate) const;
  Edge same_read(NodeId node);
  void visit_switch(NodeId node);
  void refuse_branch_number(const Edge& value);

  using Key = std::tuple<StateId, int, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;
  static Key key_of(const Decision& decision);

  const Body& body_;
  std::vector<Decision> decisions_ = {{}};
  std::map<Key, StateId> by_key_;
  std::vector<StateId> of_node_;
  std::vector<std::optional<Edge>> handed_on_;       // what a node hands on
  std::unordered_map<NodeId, std::uint32_t> known_;  // the branch of a Switch
  std::unordered_map<NodeId, Edge> passed_;          // the value that such a Switch passes on
  std::unordered_map<NodeId, Edge> only_input_;      // of a Merge that has one
  std::map<std::vector<std::uint64_t>, Edge> reads_;
  std::vector<bool> is_join_;
  std::unordered_map<NodeId, std::string> problems_;
};

}  // namespace litecast::tensorflow
