#include "optimize/copy_results.h"

#include <algorithm>
#include <span>

#include "emit/shape.h"

namespace litecast::optimize {
namespace {

using ir::DType;
using ir::Op;
using ir::Value;

Value* copy_of_rows(emit::Emitter& e, Value* x) {
  const auto rank = static_cast<std::size_t>(x->shape().rank());
  return e.add(Op::SLICE, {x, e.i32(std::vector<std::int64_t>(rank, 0)),
                           e.i32(std::vector<std::int64_t>(rank, -1))});
}

// By an op that computes: one that only gives a tensor another shape may share its memory.
Value* copy(emit::Emitter& e, Value* x) {
  switch (x->dtype()) {
    case DType::FLOAT32:
      // Adding 0 would make 0 of −0.
      return e.add(Op::ADD, {x, e.scalar(x->dtype(), -0.0)}, tflite::AddOptionsT{});
    case DType::INT32:
    case DType::INT64:
      return e.add(Op::ADD, {x, e.scalar(x->dtype(), 0)}, tflite::AddOptionsT{});
    case DType::BOOL:
      return e.add(Op::LOGICAL_OR, {x, x});
    default:
      break;
  }
  if (x->shape().is_ranked() && x->shape().rank() == 0)
    return emit::reshape(e, copy_of_rows(e, emit::reshape(e, x, emit::Shape{1})), x->shape());
  return copy_of_rows(e, x);
}

void copy_moved(ir::Graph& body) {
  ir::Builder builder(body);
  emit::Emitter emitter(builder);
  for (std::size_t i = 0; i < body.outputs().size(); ++i) {
    Value* output = body.outputs()[i];
    const auto inputs = body.inputs();
    if (output == inputs[i] || std::ranges::find(inputs, output) == inputs.end()) continue;
    body.set_output(static_cast<int>(i), copy(emitter, output));
  }
}

void copy_repeated(ir::Graph& branch) {
  ir::Builder builder(branch);
  emit::Emitter emitter(builder);
  for (std::size_t i = 1; i < branch.outputs().size(); ++i) {
    Value* output = branch.outputs()[i];
    const auto before = std::span(branch.outputs()).first(i);
    if (!output->producer() || std::ranges::find(before, output) == before.end()) continue;
    branch.set_output(static_cast<int>(i), copy(emitter, output));
  }
}

}  // namespace

void copy_results(ir::Module& module) {
  for (const auto& graph : module.graphs())
    for (const ir::Node* node = graph->first(); node; node = node->next()) {
      if (node->op() == Op::WHILE) copy_moved(*node->graphs()[1]);
      if (node->op() == Op::IF)
        for (ir::Graph* branch : node->graphs()) copy_repeated(*branch);
    }
}

}  // namespace litecast::optimize
