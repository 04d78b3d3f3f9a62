#include "ir/verify.h"

#include <litecast/error.h>

#include "ir/nesting.h"
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
  const auto types = ops::infer(*info, view, dims);
  if (!types) fail(graph, node, types.error().message);
  if (!info->infer) return;
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
  }
}

// What the values know of their uses is what the nodes have as operands.
void verify_uses(const Graph& graph) {
  std::unordered_map<const Value*, std::vector<Use>> found;
  for (Node* n = graph.first(); n; n = n->next())
    for (std::size_t i = 0; i < n->operands().size(); ++i)
      if (const Value* v = n->operands()[i]) found[v].push_back({n, static_cast<int>(i)});
  for (auto& [value, uses] : found) {
    std::vector<Use> known(value->uses().begin(), value->uses().end());
    std::sort(known.begin(), known.end(), [](const Use& a, const Use& b) {
      return std::pair(a.node->order(), a.operand) < std::pair(b.node->order(), b.operand);
    });
    if (known != uses) fail(graph, *uses.front().node, "an operand does not know of its uses");
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
    verify_uses(*graph);
    for (const Value* v : graph->outputs())
      if (&v->graph() != graph.get() || (v->producer() && v->producer()->is_erased()))
        throw Error(fmt::format("graph '{}' returns a value that it does not have", graph->name()));
  }
  for (const Signature& s : module.signatures) verify_signature(s);
  if (const std::string problem = nesting_problem(module); !problem.empty()) throw Error(problem);
}

}  // namespace litecast::ir
