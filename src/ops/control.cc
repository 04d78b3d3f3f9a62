// Control flow, and ops of which the table knows nothing more. What a node with bodies may do is
// what its bodies do: `effect` says what the op does by itself.
#include "ops/families.h"
#include "ops/infer.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;
using Kind = LimitViolation::Kind;

std::optional<LimitViolation> check_bodies(const OpView& node, std::size_t count) {
  if (node.graphs.size() == count) return std::nullopt;
  return LimitViolation{Kind::option, -1, std::string(ir::name(node.op)) + " lacks a body"};
}

std::optional<LimitViolation> check_arity(const OpView& node, std::size_t expected,
                                          std::size_t given, const char* what) {
  if (expected == given) return std::nullopt;
  return LimitViolation{Kind::option, -1,
                        std::string(ir::name(node.op)) + " has " + std::to_string(expected) + " " +
                            what + ", but its body has " + std::to_string(given)};
}

// The slots of a loop have the types with which its condition takes them.
Results infer_while(const OpView& node, ir::DimContext&) {
  if (auto bad = check_bodies(node, 2)) return tl::unexpected(*bad);
  const ir::Graph& condition = *node.graphs[0];
  const ir::Graph& body = *node.graphs[1];
  const std::size_t slots = node.operands.size();
  for (const std::size_t given :
       {condition.inputs().size(), body.inputs().size(), body.outputs().size()})
    if (auto bad = check_arity(node, slots, given, "slots")) return tl::unexpected(*bad);
  if (auto bad = check_arity(node, 1, condition.outputs().size(), "condition"))
    return tl::unexpected(*bad);
  if (condition.outputs()[0]->dtype() != BOOL)
    return violation(Kind::dtype, -1, "WHILE takes a condition that gives a truth value");
  std::vector<ir::Type> types;
  for (std::size_t i = 0; i < slots; ++i) {
    const DType dtype = node.operands[i]->dtype();
    if (body.inputs()[i]->dtype() != dtype || body.outputs()[i]->dtype() != dtype)
      return violation(Kind::dtype, static_cast<int>(i), "WHILE keeps the type of a slot");
    types.push_back(condition.inputs()[i]->type());
  }
  return types;
}

// What both branches agree on.
ir::Type joined(const ir::Type& a, const ir::Type& b, ir::DimContext& dims) {
  ir::Type type = a;
  if (a.quantization != b.quantization) type.quantization = nullptr;
  if (!a.shape.is_ranked() || !b.shape.is_ranked() || a.shape.rank() != b.shape.rank()) {
    type.shape = ir::Shape::unranked();
    return type;
  }
  std::vector<ir::Dim> sizes;
  for (int i = 0; i < a.shape.rank(); ++i)
    sizes.push_back(a.shape[i] == b.shape[i] ? a.shape[i] : dims.fresh("branch"));
  type.shape = ir::Shape(std::move(sizes));
  return type;
}

Results infer_if(const OpView& node, ir::DimContext& dims) {
  if (auto bad = check_bodies(node, 2)) return tl::unexpected(*bad);
  const ir::Graph& then = *node.graphs[0];
  const ir::Graph& otherwise = *node.graphs[1];
  for (const ir::Graph* branch : {&then, &otherwise}) {
    if (auto bad = check_arity(node, node.operands.size() - 1, branch->inputs().size(), "operands"))
      return tl::unexpected(*bad);
  }
  if (auto bad = check_arity(node, then.outputs().size(), otherwise.outputs().size(), "results"))
    return tl::unexpected(*bad);
  std::vector<ir::Type> types;
  for (std::size_t i = 0; i < then.outputs().size(); ++i) {
    const ir::Type& a = then.outputs()[i]->type();
    const ir::Type& b = otherwise.outputs()[i]->type();
    if (a.dtype != b.dtype)
      return violation(Kind::dtype, -1, "IF takes branches that give the same types");
    types.push_back(joined(a, b, dims));
  }
  return types;
}

Results infer_call_once(const OpView& node, ir::DimContext&) {
  if (auto bad = check_bodies(node, 1)) return tl::unexpected(*bad);
  const ir::Graph& body = *node.graphs[0];
  if (!body.inputs().empty() || !body.outputs().empty())
    return violation(Kind::option, -1, "CALL_ONCE takes a body without inputs and outputs");
  return std::vector<ir::Type>{};
}

OpInfo opaque(Op op, const char* runtime = "") {
  return {.op = op,
          .operands = {{.name = "input", .optional = true, .variadic = true}},
          .effect = Effect::opaque,
          .min_runtime = {runtime}};
}

}  // namespace

std::span<const OpInfo> control_family() {
  static const OpInfo family[] = {
      {.op = Op::WHILE,
       .operands = {{.name = "slot", .variadic = true}},
       .infer = infer_while,
       .min_runtime = {"1.15.0"}},
      {.op = Op::IF,
       .operands = {{.name = "condition", .dtypes = {BOOL}}, {.name = "operand", .variadic = true}},
       .infer = infer_if,
       .min_runtime = {"1.15.0"}},
      {.op = Op::CALL_ONCE,
       .infer = infer_call_once,
       .effect = Effect::opaque,
       .min_runtime = {"2.5.0"}},
      // What a custom op does is its kernel's business: result types come from the caller.
      opaque(Op::CUSTOM),
      // These have numbers in the format, but no kernel, or one that nothing emits.
      opaque(Op::CALL),
      opaque(Op::CONCAT_EMBEDDINGS),
      opaque(Op::REDUCE_WINDOW, "2.15.0"),
  };
  return family;
}

}  // namespace litecast::ops
