#include "ir/copy_nodes.h"

#include <algorithm>
#include <unordered_map>

namespace litecast::ir {
namespace {

class Copying {
 public:
  Copying(const Graph& from, std::span<Value* const> inputs, Builder& builder) : builder_(builder) {
    for (std::size_t i = 0; i < inputs.size(); ++i) copies_.emplace(from.inputs()[i], inputs[i]);
  }

  Value* copy(const Value* value) {
    if (value->is_constant()) return builder_.constant(value->constant());
    const auto found = copies_.find(value);
    return found == copies_.end() ? nullptr : found->second;
  }

  bool copy(const Node& node) {
    if (!node.graphs().empty()) return false;
    NodeSpec spec = node.spec();
    for (Value*& operand : spec.operands) {
      if (!operand) continue;
      operand = copy(operand);
      if (!operand) return false;
    }
    builder_.set_provenance(node.provenance_ref());
    const std::optional<Values> made = add(node, spec);
    if (!made) return false;
    for (std::size_t i = 0; i < made->size(); ++i) copies_.emplace(node.results()[i], (*made)[i]);
    return true;
  }

 private:
  // Some ops say only by their results' types what they do.
  std::optional<Values> add(const Node& node, const NodeSpec& spec) {
    const ops::OpInfo* info = ops::find(spec.op);
    std::vector<Type> given;
    for (const Value* result : node.results()) given.push_back(result->type());
    if (info && info->infer) {
      auto inferred =
          ops::infer(*info, {spec.op, spec.options, spec.operands, spec.graphs}, builder_.dims());
      if (!inferred) return std::nullopt;
      if (tell_the_same(*inferred, given)) given = std::move(*inferred);
    }
    auto made = builder_.add(spec, std::move(given));
    if (!made) return std::nullopt;
    return *std::move(made);
  }

  static bool tell_the_same(const std::vector<Type>& inferred, const std::vector<Type>& given) {
    return std::ranges::equal(inferred, given, [](const Type& a, const Type& b) {
      return a.dtype == b.dtype && a.quantization == b.quantization &&
             a.shape.is_ranked() == b.shape.is_ranked();
    });
  }

  Builder& builder_;
  std::unordered_map<const Value*, Value*> copies_;
};

}  // namespace

std::optional<Values> copy_nodes(const Graph& from, std::span<Value* const> inputs,
                                 Builder& builder) {
  Copying copying(from, inputs, builder);
  for (const Node* node = from.first(); node; node = node->next())
    if (!copying.copy(*node)) return std::nullopt;
  Values outputs;
  for (const Value* output : from.outputs()) {
    outputs.push_back(copying.copy(output));
    if (!outputs.back()) return std::nullopt;
  }
  return outputs;
}

}  // namespace litecast::ir
