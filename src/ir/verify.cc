#include "ir/verify.h"

#include <litecast/error.h>

#include "ir/print.h"
#include "ops/op_info.h"

namespace litecast::ir {
namespace {

[[noreturn]] void fail(const Graph& graph, const Node& node, std::string_view what) {
  throw Error(fmt::format("graph '{}': {}\n  {}", graph.name(), what, print(node)));
}

// Sizes may be known better than inference finds; they must not contradict each other.
bool agree(Dim a, Dim b) { return !a.is_constant() || !b.is_constant() || a == b; }

bool agree(const Type& inferred, const Type& actual) {
  if (inferred.dtype != actual.dtype) return false;
  if (!inferred.shape.is_ranked() || !actual.shape.is_ranked()) return true;
  return std::equal(inferred.shape.dims().begin(), inferred.shape.dims().end(),
                    actual.shape.dims().begin(), actual.shape.dims().end(),
                    [](Dim a, Dim b) { return agree(a, b); });
}

void verify_types(const Graph& graph, const Node& node, DimContext& dims) {
  const ops::OpInfo* info = ops::find(node.op());
  if (!info) return;
  const ops::OpView view{node.op(), node.options(), node.operands(), node.graphs()};
  if (auto wrong = ops::check_operands(*info, view)) fail(graph, node, wrong->message);
  if (!info->infer) return;
  const auto types = info->infer(view, dims);
  if (!types) fail(graph, node, types.error().message);
  if (types->size() != node.results().size()) fail(graph, node, "wrong number of results");
  for (std::size_t i = 0; i < types->size(); ++i)
    if (!agree((*types)[i], node.results()[i]->type()))
      fail(graph, node, fmt::format("result {} should be {}", i, to_string((*types)[i])));
}

void verify_operands(const Graph& graph, const Node& node) {
  for (std::size_t i = 0; i < node.operands().size(); ++i) {
    const Value* v = node.operands()[i];
    if (!v) continue;
    if (&v->graph() != &graph) fail(graph, node, "an operand belongs to another graph");
    if (v->producer() && (v->producer()->is_erased() || !v->producer()->is_before(node)))
      fail(graph, node, "an operand is not defined before");
    const Use use{const_cast<Node*>(&node), static_cast<int>(i)};
    if (std::find(v->uses().begin(), v->uses().end(), use) == v->uses().end())
      fail(graph, node, "an operand does not know of this use");
  }
}

void verify_signature(const Signature& s) {
  const auto check = [&](const std::vector<SignatureTensor>& tensors, std::size_t count) {
    for (const SignatureTensor& t : tensors)
      if (t.index < 0 || static_cast<std::size_t>(t.index) >= count)
        throw Error(fmt::format("signature '{}': '{}' points nowhere", s.key, t.name));
  };
  check(s.inputs, s.graph->inputs().size());
  check(s.outputs, s.graph->outputs().size());
}

}  // namespace

void verify(const Module& module) {
  DimContext& dims = const_cast<Module&>(module).dims();
  for (const auto& graph : module.graphs()) {
    for (const Node* n = graph->first(); n; n = n->next()) {
      verify_operands(*graph, *n);
      verify_types(*graph, *n, dims);
    }
    for (const Value* v : graph->outputs())
      if (&v->graph() != graph.get() || (v->producer() && v->producer()->is_erased()))
        throw Error(fmt::format("graph '{}' returns a value that it does not have", graph->name()));
  }
  for (const Signature& s : module.signatures) verify_signature(s);
}

}  // namespace litecast::ir
