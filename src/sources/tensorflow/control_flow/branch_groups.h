// Which nodes of a body become one If.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sources/tensorflow/control_flow/liveness.h"

namespace litecast::tensorflow {

// The outermost decision of some nodes, made at one point of the execution.
struct BranchGroup {
  Edge predicate;
  std::vector<std::vector<NodeId>> nodes;  // by branch
  std::vector<NodeId> merges;              // which give the results
};

// Values of which a branch has one for itself: constants, and what says that the branch runs.
// Everything else runs in one group.
class BranchGroups {
 public:
  // Adds to the problems what depends on its own branch.
  BranchGroups(const Body& body, std::span<const NodeId> order, Liveness& liveness);

  const std::vector<BranchGroup>& all() const { return groups_; }

  // Whether a node runs in a branch.
  bool is_inner(NodeId node) const;
  // Whether each group that needs such an inner node has its own.
  bool is_repeated(NodeId node) const { return is_repeated_[node]; }
  // Whether a node is a Merge that ends a group.
  bool is_end(NodeId node) const;
  // The group of an inner node, or of a Merge that ends one; none where it cannot be converted.
  std::optional<std::uint32_t> group_of(NodeId node) const;

 private:
  using Piece = NodeId;  // one of the nodes of a connected piece stands for it

  void find_repeated();
  bool waits_for_branch_alone(NodeId node) const;
  bool is_plain_switch(const Edge& edge) const;
  void connect();
  void join_pieces(NodeId a, NodeId b);
  Piece piece_of(NodeId node) const;
  void schedule();
  void add_group(const Edge& predicate, std::uint32_t branches, std::span<const Piece> pieces);
  void collect_nodes();

  class Schedule;

  const Body& body_;
  std::span<const NodeId> order_;
  Liveness& liveness_;
  std::vector<bool> is_repeated_;
  mutable std::vector<NodeId> parent_;  // of the forest of pieces
  std::vector<BranchGroup> groups_;
  std::vector<std::uint32_t> group_of_piece_;
};

}  // namespace litecast::tensorflow
