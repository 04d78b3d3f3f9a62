// Makes nodes. At each op it is asked for, the Builder checks the limits of the runtime's kernel,
// infers the result types, folds the op when its operands are known, and shares it with an
// identical earlier one. So a graph is simplified while it is being made.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "ir/module.h"
#include "ops/op_info.h"
#include "support/pointer_table.h"

namespace litecast::ir {

using Values = std::vector<Value*>;

class Builder {
 public:
  // Appends to `graph`.
  explicit Builder(Graph& graph);
  // Inserts before `before`.
  explicit Builder(Node& before);

  Graph& graph() const { return *graph_; }
  Module& module() const { return graph_->module(); }
  DimContext& dims() const { return graph_->module().dims(); }

  void insert_before(Node* before) { before_ = before; }
  // The node before which the next one goes; null: at the end of the graph.
  Node* insertion_point() const { return before_; }
  // Provenance of the nodes made from now on.
  void set_provenance(const Provenance* provenance) { provenance_ = provenance; }
  const Provenance* provenance() const { return provenance_; }

  // One Value for each result of the op: of a new node, of an earlier equal one, or constants.
  // `results`: types to use where the table cannot infer them (custom ops, bodies).
  tl::expected<Values, ops::LimitViolation> add(NodeSpec spec, std::vector<Type> results = {});

  Value* constant(ConstantPtr constant) { return graph_->constant(std::move(constant)); }
  Value* constant_i32(const std::vector<std::int64_t>& values);  // rank 1
  Value* scalar_i32(std::int64_t value);
  // A scalar of that dtype, converted from a double; any numeric dtype or BOOL.
  Value* scalar(DType dtype, double value);

  // Everything made between a Trial's beginning and its end can be taken back. Trials nest.
  class Trial {
   public:
    explicit Trial(Builder& builder);
    // Takes back what was made, unless committed.
    ~Trial();
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;
    void commit() { committed_ = true; }

   private:
    Builder& builder_;
    Node* last_;
    std::size_t graphs_;
    std::size_t signatures_;
    std::size_t resources_;
    bool committed_ = false;
  };

 private:
  friend class Trial;
  tl::expected<std::vector<Type>, ops::LimitViolation> infer(const ops::OpInfo& info,
                                                             const NodeSpec& spec,
                                                             std::vector<Type> given) const;
  Values insert(NodeSpec spec, std::vector<Type> results);
  Node* find_shared(const NodeSpec& spec, const std::vector<Type>& types, std::size_t hash) const;
  Node* find_sizes(const std::vector<Dim>& contents, const Type& type, std::size_t hash) const;

  Graph* graph_;
  Node* before_ = nullptr;
  const Provenance* provenance_;
  // Nodes made here that may be shared, by a hash of what they are and of the epoch they read.
  support::PointerTable<Node> shared_;
  // Nodes made here whose result holds known sizes, by a hash of these: equal sizes are computed
  // once, whatever tensor they are read from.
  support::PointerTable<Node> sizes_;
  std::size_t epoch_ = 0;  // grows with each op that may change what others read
};

}  // namespace litecast::ir
