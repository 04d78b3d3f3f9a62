#include "sources/tensorflow/variable_states.h"

#include <fmt/format.h>

#include <algorithm>

namespace litecast::tensorflow {
namespace {

bool has_declared_shape(const Variable& variable) {
  const auto declared = variable.handle->find_attr("shape");
  if (!declared) return false;
  const TensorShape shape = declared->shape();
  return shape.known_rank && std::ranges::none_of(shape.dims, [](auto size) { return size < 0; });
}

// The runtime reads as many bytes as the variable had at first, whatever it holds by now.
void require_same_shape(const Variable& variable, const ir::Value& value) {
  if (has_declared_shape(variable) || value.shape() == variable.value->type().shape) return;
  throw emit::Unsupported(
      fmt::format("variable '{}' may change its shape, which the runtime's variables cannot",
                  variable.name),
      "give the variable the largest shape, and keep what is in use in a second variable");
}

void require_no_text(const Variable& variable) {
  if (variable.value->dtype() != ir::DType::STRING) return;
  throw emit::Unsupported(
      "the runtime's variables hold no text",
      "keep numbers in the variable, and look the text up in a tf.lookup.StaticHashTable");
}

ir::Value* make_handle(emit::Emitter& e, const Variable& variable) {
  tflite::VarHandleOptionsT options;
  options.shared_name = variable.name;
  return e.add(ir::Op::VAR_HANDLE, {}, std::move(options));
}

}  // namespace

ir::Value* VariableStates::handle(emit::Emitter& e, Variable& variable) {
  variables_.value(variable);
  require_no_text(variable);
  return make_handle(e, variable);
}

ir::Value* VariableStates::read(emit::Emitter& e, Variable& variable) {
  const ir::ConstantPtr& initial = variables_.value(variable);
  if (!variable.is_written) return e.constant(initial);
  require_no_text(variable);
  if (const auto known = values_.find(&variable); known != values_.end()) return known->second;
  auto made = e.builder().add({.op = ir::Op::READ_VARIABLE, .operands = {make_handle(e, variable)}},
                              {initial->type()});
  if (!made) throw emit::Unsupported(made.error().message);
  values_.emplace(&variable, made->front());
  return made->front();
}

void VariableStates::assign(emit::Emitter& e, Variable& variable, ir::Value* value) {
  variables_.value(variable);
  if (!variable.is_written)
    throw emit::Unsupported(
        fmt::format("variable '{}' is assigned through a reference that is chosen at run time",
                    variable.name),
        "assign the variable itself");
  require_no_text(variable);
  require_same_shape(variable, *value);
  auto made = e.builder().add(
      {.op = ir::Op::ASSIGN_VARIABLE, .operands = {make_handle(e, variable), value}});
  if (!made) throw emit::Unsupported(made.error().message);
  values_.insert_or_assign(&variable, value);
}

}  // namespace litecast::tensorflow
