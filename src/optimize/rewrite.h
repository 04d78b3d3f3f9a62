// Local rewrites: each looks at one node (its root) and what feeds it, and may replace it. The
// driver tries them until none applies any more.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "emit/emitter.h"
#include "ir/builder.h"

namespace litecast::optimize {

using ir::Builder;
using ir::Dim;
using ir::DType;
using ir::Node;
using ir::Op;
using ir::Value;

// Replaces the node when its pattern stands there: returns the value that takes the place of the
// node's single result (made by `builder`, which inserts before the node), or null to leave it.
using RewriteFn = Value* (*)(Node& node, Builder& builder);

struct Rewrite {
  const char* name;
  std::vector<Op> roots;
  RewriteFn apply;
};

// Applies the rewrites to a fixpoint, dropping nodes that nothing uses any more. Whether anything
// changed.
bool rewrite(ir::Graph& graph, std::span<const Rewrite* const> rewrites);

// The node that makes `value`, if it is an `op`.
inline Node* producer(const Value* value, Op op) {
  Node* n = value ? value->producer() : nullptr;
  return n && n->op() == op ? n : nullptr;
}
// The same where nothing else uses the value, so that the node can be replaced for good.
inline Node* only_producer(const Value* value, Op op) {
  return value && value->has_one_use() ? producer(value, op) : nullptr;
}

// The op with those operands, or null where the kernel would not take it.
Value* try_add(Builder& builder, Op op, std::vector<Value*> operands, ir::Options options = {});

// Splits a commutative node with one constant operand: {the other, the constant}.
struct ConstantOperand {
  Value* other = nullptr;
  Value* constant = nullptr;
  explicit operator bool() const { return constant != nullptr; }
};
ConstantOperand constant_operand(const Node& node);

// Whether every element of a float constant equals `value` (to float precision).
bool is_splat_of(const Value* value, double element);
std::optional<double> splat_value(const Value* value);

}  // namespace litecast::optimize
