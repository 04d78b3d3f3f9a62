#include <fmt/format.h>

#include "sources/tensorflow/rule.h"
#include "sources/tensorflow/tensor_constant.h"

namespace litecast::tensorflow {

std::string_view RuleContext::op() const { return node.op(); }
std::string_view RuleContext::name() const { return node.name(); }

std::vector<Value*> RuleContext::inputs(int first, int count) {
  if (count < 1) node.malformed("takes no tensors");
  std::vector<Value*> values;
  for (int i = first; i < first + count; ++i) values.push_back(input(i));
  return values;
}

std::optional<std::vector<Dim>> RuleContext::known_dims(int index) {
  Value* value = input(index);
  if (value->is_constant()) {
    if (!ir::is_integer(value->dtype()) || !value->constant()->is_small()) return std::nullopt;
    auto values = ir::integer_values(*value->constant());
    return std::vector<Dim>(values.begin(), values.end());
  }
  if (value->contents()) return *value->contents();
  return std::nullopt;
}

std::optional<std::vector<std::int64_t>> RuleContext::integers(int index) {
  auto dims = known_dims(index);
  if (!dims) return std::nullopt;
  std::vector<std::int64_t> values;
  for (Dim dim : *dims) {
    if (!dim.is_constant()) return std::nullopt;
    values.push_back(dim.value());
  }
  return values;
}

std::vector<std::int64_t> RuleContext::constant_integers(int index, const char* what) {
  if (auto values = integers(index)) return std::move(*values);
  throw Unsupported(fmt::format("{} must be constant, but is computed at run time", what));
}

std::int64_t RuleContext::constant_integer(int index, const char* what) {
  auto values = constant_integers(index, what);
  if (values.size() != 1)
    node.malformed(fmt::format("{} must be one number, not {}", what, values.size()));
  return values.front();
}

bool RuleContext::has_attr(std::string_view attr_name) const { return node.has_attr(attr_name); }

std::int64_t RuleContext::attr_int(std::string_view attr_name) const {
  return node.attr(attr_name).integer();
}

float RuleContext::attr_float(std::string_view attr_name) const {
  return node.attr(attr_name).floating();
}

bool RuleContext::attr_bool(std::string_view attr_name) const {
  return node.attr(attr_name).boolean();
}

std::string RuleContext::attr_string(std::string_view attr_name) const {
  return std::string(node.attr(attr_name).string());
}

DType RuleContext::attr_type(std::string_view attr_name) const {
  return dtype_of(node.attr(attr_name).type());
}

std::vector<std::int64_t> RuleContext::attr_ints(std::string_view attr_name) const {
  return node.attr(attr_name).integers();
}

std::vector<std::string> RuleContext::attr_strings(std::string_view attr_name) const {
  auto views = node.attr(attr_name).strings();
  return {views.begin(), views.end()};
}

std::vector<float> RuleContext::attr_floats(std::string_view attr_name) const {
  return node.attr(attr_name).floats();
}

Shape RuleContext::attr_shape(std::string_view attr_name) const {
  TensorShape shape = node.attr(attr_name).shape();
  if (!shape.known_rank) return Shape::unranked();
  std::vector<Dim> sizes;
  for (std::int64_t size : shape.dims) sizes.push_back(size < 0 ? e.dims().fresh("d") : Dim(size));
  return Shape(std::move(sizes));
}

}  // namespace litecast::tensorflow
