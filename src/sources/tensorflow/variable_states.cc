#include "sources/tensorflow/variable_states.h"

namespace litecast::tensorflow {
namespace {

// Sizes that an assignment may change are new at each reading.
ir::Type state_type(const Variable& variable, ir::DimContext& dims) {
  const ir::ConstantPtr& initial = variable.value;
  const auto declared = variable.handle->find_attr("shape");
  if (!declared) return initial->type();
  const TensorShape shape = declared->shape();
  if (!shape.known_rank) return {initial->dtype(), ir::Shape::unranked()};
  std::vector<ir::Dim> sizes;
  for (const std::int64_t size : shape.dims)
    sizes.push_back(size < 0 ? dims.fresh("state") : ir::Dim(size));
  return {initial->dtype(), ir::Shape(std::move(sizes))};
}

ir::Value* make_handle(emit::Emitter& e, const Variable& variable) {
  tflite::VarHandleOptionsT options;
  options.shared_name = variable.name;
  return e.add(ir::Op::VAR_HANDLE, {}, std::move(options));
}

}  // namespace

ir::Value* VariableStates::read(emit::Emitter& e, Variable& variable) {
  const ir::ConstantPtr& initial = variables_.value(variable);
  if (!variable.is_written) return e.constant(initial);
  auto [known, is_new] = values_.try_emplace(&variable);
  if (!is_new) return known->second;
  auto made = e.builder().add({.op = ir::Op::READ_VARIABLE, .operands = {make_handle(e, variable)}},
                              {state_type(variable, e.dims())});
  if (!made) throw emit::Unsupported(made.error().message);
  return known->second = made->front();
}

void VariableStates::assign(emit::Emitter& e, Variable& variable, ir::Value* value) {
  variables_.value(variable);
  auto made = e.builder().add(
      {.op = ir::Op::ASSIGN_VARIABLE, .operands = {make_handle(e, variable), value}});
  if (!made) throw emit::Unsupported(made.error().message);
  values_.insert_or_assign(&variable, value);
}

}  // namespace litecast::tensorflow
