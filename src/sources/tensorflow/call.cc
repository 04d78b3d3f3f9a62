#include "sources/tensorflow/call.h"

namespace litecast::tensorflow {
namespace {

bool is_call(std::string_view op) {
  return op == "PartitionedCall" || op == "StatefulPartitionedCall";
}
bool is_if(std::string_view op) { return op == "If" || op == "StatelessIf"; }
bool is_case(std::string_view op) { return op == "Case" || op == "StatelessCase"; }
bool is_while(std::string_view op) { return op == "While" || op == "StatelessWhile"; }

std::string_view function_name(const NodeDef& node, std::string_view attr) {
  return node.attr(attr).function().name;
}

}  // namespace

std::optional<Call> call_of(const NodeDef& node, const Library& library) {
  using Kind = Call::Kind;
  const std::string_view op = node.op();
  if (is_call(op)) return Call{Kind::call, {function_name(node, "f")}};
  if (is_while(op))
    return Call{Kind::loop, {function_name(node, "cond"), function_name(node, "body")}};
  // Branches in the order of the number that chooses one: false is 0.
  if (is_if(op))
    return Call{Kind::branches,
                {function_name(node, "else_branch"), function_name(node, "then_branch")},
                1};
  if (is_case(op)) {
    Call call{Kind::branches, {}, 1};
    for (const FunctionRef& branch : node.attr("branches").functions())
      call.functions.push_back(branch.name);
    return call;
  }
  if (library.has_function(op)) return Call{Kind::call, {op}};
  return std::nullopt;
}

}  // namespace litecast::tensorflow
