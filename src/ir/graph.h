// The program: a Module of Graphs, each a list of Nodes in execution order over Values (SSA).
//
// What a node is (operator, options, operands) never changes after it is made: a rewrite builds a
// replacement and calls replace_all_uses. The few edits of operands go through set_operand. Only
// so may the Builder share a node that it has made earlier.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "ir/constant.h"
#include "ir/dim.h"
#include "ir/op.h"
#include "ir/options.h"
#include "ir/provenance.h"
#include "ir/type.h"

namespace litecast::ir {

class Graph;
class Module;
class Node;

struct Use {
  Node* node;
  int operand;
  friend bool operator==(const Use&, const Use&) = default;
};

// A graph input, a result of a node, a constant, or a variable.
class Value {
 public:
  const Type& type() const { return type_; }
  const Shape& shape() const { return type_.shape; }
  DType dtype() const { return type_.dtype; }
  Graph& graph() const { return *graph_; }

  // Null for inputs, constants and variables.
  Node* producer() const { return producer_; }
  int result_index() const { return result_index_; }
  bool is_constant() const { return constant_ != nullptr; }
  const ConstantPtr& constant() const { return constant_; }

  bool is_variable() const { return is_variable_; }

  // By nodes of the same graph, in no particular order.
  std::span<const Use> uses() const { return uses_; }
  // How many times the graph returns it.
  int output_uses() const { return output_uses_; }
  bool has_one_use() const { return uses_.size() + static_cast<std::size_t>(output_uses_) == 1; }
  bool is_unused() const { return uses_.empty() && output_uses_ == 0; }

  // The elements of a small integer tensor as Dims, when they are known; row-major.
  const std::vector<Dim>* contents() const { return contents_.get(); }
  void set_contents(std::vector<Dim> contents);

  // The tensor's name in the file; empty: the writer makes one.
  const std::string& name() const { return name_; }
  void set_name(std::string name) { name_ = std::move(name); }

  // Position of its making within the graph; unique there.
  std::uint32_t id() const { return id_; }

 private:
  friend class Graph;
  friend class Node;
  Type type_;
  Graph* graph_ = nullptr;
  Node* producer_ = nullptr;
  int result_index_ = 0;
  ConstantPtr constant_;
  std::vector<Use> uses_;
  int output_uses_ = 0;
  bool is_variable_ = false;
  std::unique_ptr<std::vector<Dim>> contents_;
  std::string name_;
  std::uint32_t id_ = 0;
};

// What a custom op does besides computing its results: anything, read what others write, nothing.
enum class CustomEffect : std::uint8_t { opaque, read, pure };

// What a node is made of.
struct NodeSpec {
  Op op;
  std::vector<Value*> operands = {};  // null where an optional operand is absent
  Options options = {};
  std::string custom_name = {};                 // of Op::CUSTOM
  std::vector<std::uint8_t> custom_bytes = {};  // options of a custom op
  CustomEffect custom_effect = CustomEffect::opaque;
  std::vector<Graph*> graphs = {};  // bodies: cond and body, then and else, …
};

class Node {
 public:
  Op op() const { return spec_.op; }
  const Options& options() const { return spec_.options; }
  template <class T>
  const T& options_as() const {
    return spec_.options.as<T>();
  }
  std::span<Value* const> operands() const { return spec_.operands; }
  // Null when absent, also beyond the end.
  Value* operand(int index) const {
    return index < static_cast<int>(spec_.operands.size())
               ? spec_.operands[static_cast<std::size_t>(index)]
               : nullptr;
  }
  std::span<Value* const> results() const { return results_; }
  Value* result(int index = 0) const { return results_[static_cast<std::size_t>(index)]; }
  std::span<Graph* const> graphs() const { return spec_.graphs; }
  const std::string& custom_name() const { return spec_.custom_name; }
  std::span<const std::uint8_t> custom_bytes() const { return spec_.custom_bytes; }
  const NodeSpec& spec() const { return spec_; }
  Graph& graph() const { return *graph_; }
  bool is_erased() const { return erased_; }
  // Position of its making within the graph; unique there.
  std::uint32_t id() const { return id_; }

  Node* next() const { return next_; }
  Node* previous() const { return previous_; }
  // Grows along the list.
  std::uint64_t order() const { return order_; }
  bool is_before(const Node& other) const { return order_ < other.order_; }

  // Where it came from in the source: the layer or function path; interned by the Module, never
  // null.
  const std::string& provenance() const { return provenance_->path; }
  const Provenance* provenance_ref() const { return provenance_; }
  void set_provenance(const Provenance* provenance) { provenance_ = provenance; }

 private:
  friend class Graph;
  NodeSpec spec_;
  // Where each operand's uses() list this node, so that a use of a value with very many goes at
  // once.
  std::vector<std::uint32_t> use_positions_;
  std::vector<Value*> results_;
  Graph* graph_ = nullptr;
  Node* next_ = nullptr;
  Node* previous_ = nullptr;
  std::uint64_t order_ = 0;
  std::uint32_t id_ = 0;
  bool erased_ = false;
  const Provenance* provenance_ = nullptr;
};

class Graph {
 public:
  Graph(Module& module, std::string name);
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  Module& module() const { return *module_; }
  const std::string& name() const { return name_; }
  void set_name(std::string name) { name_ = std::move(name); }

  Value* add_input(Type type, std::string name = {});
  // A tensor that keeps its contents from one run to the next and that a kernel updates in place,
  // as files made by others have it: neither input nor constant, without producer.
  Value* add_variable(Type type, std::string name = {});
  // Gives the inputs another order; those that are left out must be unused.
  void set_inputs(std::vector<Value*> inputs) { inputs_ = std::move(inputs); }
  std::span<Value* const> inputs() const { return inputs_; }
  std::span<Value* const> outputs() const { return outputs_; }
  void set_outputs(std::vector<Value*> outputs);
  void set_output(int index, Value* value);

  Node* first() const { return first_; }
  Node* last() const { return last_; }
  std::size_t node_count() const { return node_count_; }

  // The value that stands for `constant` in this graph; one for all that are `identical`.
  Value* constant(ConstantPtr constant);

  // Puts a node before `before` (null: at the end). Results get the given types. Checks nothing:
  // use a Builder.
  Node* insert(NodeSpec spec, std::vector<Type> results, const Provenance* provenance,
               Node* before = nullptr);
  // Every use of `from`, graph outputs included, becomes one of `to`. `to` takes over the name of a
  // graph output where it has none.
  void replace_all_uses(Value* from, Value* to);
  void set_operand(Node& node, int index, Value* value);
  // A node without used results.
  void erase(Node& node);
  // Moves `node` directly before `before` (null: to the end).
  void move_before(Node& node, Node* before);
  // Refines what is known of a value's type.
  void set_type(Value& value, Type type) { value.type_ = std::move(type); }

 private:
  void link(Node& node, Node* before);
  void unlink(Node& node);
  void renumber();
  Value* new_value(Type type);
  static std::uint32_t& position_of(Use use);
  static void add_use(Value* value, Use use);
  static void remove_use(Value* value, Use use);

  Module* module_;
  std::string name_;
  std::deque<Value> values_;
  std::deque<Node> nodes_;  // erased ones stay, unlinked, until the graph ends
  std::vector<Value*> inputs_;
  std::vector<Value*> outputs_;
  std::unordered_multimap<std::size_t, Value*> constants_;
  Node* first_ = nullptr;
  Node* last_ = nullptr;
  std::size_t node_count_ = 0;
};

}  // namespace litecast::ir
