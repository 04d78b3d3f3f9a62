#include "optimize/fill_lists.h"

#include <unordered_map>

#include "ops/op_info.h"
#include "optimize/rewrite.h"

namespace litecast::optimize {
namespace {

constexpr std::uint64_t kLeastBytes = 4096;

// The constant made by FILL before the node; null where that cannot be.
Value* filled(Node& before, const Value& constant) {
  const auto element = constant.constant()->splat_element();
  if (!element || constant.type().quantization) return nullptr;
  ir::Graph& graph = before.graph();
  Builder builder(before);
  Value* sizes = builder.constant_i32(constant.constant()->shape());
  Value* number = builder.constant(ir::Constant::owned(constant.dtype(), {}, *element));
  ir::NodeSpec spec{Op::FILL, {sizes, number}, tflite::FillOptionsT()};
  const ops::OpInfo* info = ops::find(Op::FILL);
  if (!ops::infer(*info, {spec.op, spec.options, spec.operands}, builder.dims())) return nullptr;
  // Not by the builder, which would fold it.
  return graph.insert(std::move(spec), {constant.type()}, before.provenance_ref(), &before)
      ->result();
}

void fill_lists(ir::Graph& graph) {
  std::unordered_map<const Value*, Value*> made;
  for (Node* node = graph.first(); node; node = node->next()) {
    if (node->op() != Op::WHILE && node->op() != Op::DYNAMIC_UPDATE_SLICE) continue;
    const std::size_t count = node->op() == Op::WHILE ? node->operands().size() : 1;
    for (std::size_t i = 0; i < count; ++i) {
      Value* operand = node->operands()[i];
      if (!operand->is_constant() || operand->constant()->byte_size() < kLeastBytes) continue;
      Value*& value = made[operand];
      if (!value) value = filled(*node, *operand);
      if (value) graph.set_operand(*node, static_cast<int>(i), value);
    }
  }
}

}  // namespace

void fill_lists(ir::Module& module) {
  for (const auto& graph : module.graphs()) fill_lists(*graph);
}

}  // namespace litecast::optimize
