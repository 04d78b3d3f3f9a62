#include "sources/tensorflow/body_graph.h"

#include "emit/loop.h"

namespace litecast::tensorflow {

Value* tensor_of(const Binding& binding) {
  if (auto* value = std::get_if<Value*>(&binding)) return *value;
  if (auto* list = std::get_if<TensorList>(&binding)) return list->stacked;
  return nullptr;
}

Binding with_tensor(const Binding& binding, Value* tensor) {
  if (auto* list = std::get_if<TensorList>(&binding)) {
    TensorList other = *list;
    other.stacked = tensor;
    return other;
  }
  return tensor;
}

bool same_handle(const Binding& a, const Binding& b) {
  if (a.index() != b.index()) return false;
  if (auto* variable = std::get_if<VariableHandle>(&a))
    return variable->variable == std::get<VariableHandle>(b).variable;
  if (auto* handle = std::get_if<TableHandle>(&a))
    return handle->table == std::get<TableHandle>(b).table;
  if (auto* handle = std::get_if<OpaqueHandle>(&a))
    return handle->origin == std::get<OpaqueHandle>(b).origin;
  if (auto* path = std::get_if<AssetPath>(&a))
    return path->filename == std::get<AssetPath>(b).filename;
  if (auto* list = std::get_if<TensorList>(&a)) {
    const auto& other = std::get<TensorList>(b);
    return list->dtype == other.dtype && list->element == other.element &&
           list->length == other.length && list->stacked == other.stacked;
  }
  return std::holds_alternative<std::monostate>(a);
}

Binding enter(ir::Graph& graph, const Binding& outside) {
  Value* tensor = tensor_of(outside);
  return tensor ? with_tensor(outside, emit::enter(graph, tensor)) : outside;
}

Value* truth(Emitter& e, Value* x) {
  const int rank = emit::rank_of(x);
  if (rank == 0 && x->dtype() == DType::BOOL) return x;
  Value* number = rank == 0 ? x : emit::dim_value(e, x->shape().elements());
  return emit::binary(e, Op::NOT_EQUAL, number, e.scalar(number->dtype(), 0));
}

}  // namespace litecast::tensorflow
