#include "sources/tensorflow/attr_value.h"

#include <fmt/format.h>

#include <algorithm>

namespace litecast::tensorflow {

namespace {

using Kind = AttrValue::Kind;

constexpr std::array<std::string_view, 11> kKindNames = {
    "nothing", "a list",  "a string", "an int",        "a float",   "a bool",
    "a type",  "a shape", "a tensor", "a placeholder", "a function"};

[[noreturn]] void wrong_kind(Message message, Kind expected, Kind found) {
  message.malformed(fmt::format("expected an attribute that holds {}, found {}",
                                kKindNames[static_cast<std::size_t>(expected)],
                                kKindNames[static_cast<std::size_t>(found)]));
}

DataType checked_type(MessageReader& field, std::int64_t code) {
  const auto type = data_type_of(code);
  if (!type) field.malformed(fmt::format("there is no data type {}", code));
  return *type;
}

FunctionRef read_function_ref(Message message) {
  FunctionRef function{.attrs = AttrMap(message, 2)};
  for (MessageReader field(message, "NameAttrList"); field.next();) {
    if (field.tag() == 1) function.name = field.bytes();
  }
  return function;
}

// Reads the oneof: `read(field)` where its last member is `kind`.
template <class Read>
auto read_as(Message message, Kind kind, Read read) {
  decltype(read(std::declval<MessageReader&>())) value{};
  Kind found = Kind::kNone;
  for (MessageReader field(message, "AttrValue"); field.next();) {
    if (field.tag() > static_cast<std::uint32_t>(Kind::kFunction)) continue;
    found = static_cast<Kind>(field.tag());
    if (found == kind) value = read(field);
  }
  if (found != kind) wrong_kind(message, kind, found);
  return value;
}

// Calls `read(field)` for each element of a list; the list must hold no other kind of element.
template <class Read>
void read_list(Message message, std::uint32_t tag, Read read) {
  const Message list = read_as(message, Kind::kList, [](auto& field) { return field.message(); });
  for (MessageReader field(list, "AttrValue.ListValue"); field.next();) {
    if (field.tag() != tag) {
      field.malformed(
          fmt::format("expected elements in field {}, found field {}", tag, field.tag()));
    }
    read(field);
  }
}

// A function's field differs between the value and the list.
constexpr std::uint32_t kListFunction = 9;
constexpr std::uint32_t list_tag(Kind kind) { return static_cast<std::uint32_t>(kind); }

std::vector<std::int64_t> list_of_varints(Message message, Kind kind) {
  std::vector<std::int64_t> values;
  read_list(message, list_tag(kind), [&](MessageReader& field) { field.append_to(values); });
  return values;
}

}  // namespace

Kind AttrValue::kind() const {
  Kind found = Kind::kNone;
  for (MessageReader field(message_, "AttrValue"); field.next();) {
    if (field.tag() <= static_cast<std::uint32_t>(Kind::kFunction)) {
      found = static_cast<Kind>(field.tag());
    }
  }
  return found;
}

std::int64_t AttrValue::integer() const {
  return read_as(message_, Kind::kInt, [](MessageReader& field) { return field.integer(); });
}

float AttrValue::floating() const {
  return read_as(message_, Kind::kFloat, [](MessageReader& field) { return field.float32(); });
}

bool AttrValue::boolean() const {
  return read_as(message_, Kind::kBool, [](MessageReader& field) { return field.boolean(); });
}

std::string_view AttrValue::string() const {
  return read_as(message_, Kind::kString, [](MessageReader& field) { return field.bytes(); });
}

DataType AttrValue::type() const {
  return read_as(message_, Kind::kType,
                 [](MessageReader& field) { return checked_type(field, field.integer()); });
}

TensorShape AttrValue::shape() const {
  return read_as(message_, Kind::kShape,
                 [](MessageReader& field) { return read_tensor_shape(field.message()); });
}

TensorProto AttrValue::tensor() const {
  return TensorProto(
      read_as(message_, Kind::kTensor, [](MessageReader& field) { return field.message(); }));
}

FunctionRef AttrValue::function() const {
  return read_as(message_, Kind::kFunction,
                 [](MessageReader& field) { return read_function_ref(field.message()); });
}

std::vector<std::int64_t> AttrValue::integers() const {
  return list_of_varints(message_, Kind::kInt);
}

std::vector<float> AttrValue::floats() const {
  std::vector<float> values;
  read_list(message_, list_tag(Kind::kFloat),
            [&](MessageReader& field) { field.append_to(values); });
  return values;
}

std::vector<bool> AttrValue::booleans() const {
  const auto values = list_of_varints(message_, Kind::kBool);
  return std::vector<bool>(values.begin(), values.end());
}

std::vector<std::string_view> AttrValue::strings() const {
  std::vector<std::string_view> values;
  read_list(message_, list_tag(Kind::kString),
            [&](MessageReader& field) { values.push_back(field.bytes()); });
  return values;
}

std::vector<DataType> AttrValue::types() const {
  std::vector<DataType> types;
  read_list(message_, list_tag(Kind::kType), [&](MessageReader& field) {
    std::vector<std::int64_t> codes;
    field.append_to(codes);
    for (const std::int64_t code : codes) types.push_back(checked_type(field, code));
  });
  return types;
}

std::vector<TensorShape> AttrValue::shapes() const {
  std::vector<TensorShape> shapes;
  read_list(message_, list_tag(Kind::kShape),
            [&](MessageReader& field) { shapes.push_back(read_tensor_shape(field.message())); });
  return shapes;
}

std::vector<FunctionRef> AttrValue::functions() const {
  std::vector<FunctionRef> functions;
  read_list(message_, kListFunction,
            [&](MessageReader& field) { functions.push_back(read_function_ref(field.message())); });
  return functions;
}

std::optional<AttrValue> AttrMap::find(std::string_view name) const {
  std::optional<AttrValue> found;
  for (MessageReader field(message_, "map of attributes"); field.next();) {
    if (field.tag() != tag_) continue;
    const MapEntry entry = read_map_entry(field.message());
    if (entry.key == name) found = AttrValue(entry.value);
  }
  return found;
}

std::vector<AttrMap::Entry> AttrMap::entries() const {
  std::vector<Entry> entries;
  for (MessageReader field(message_, "map of attributes"); field.next();) {
    if (field.tag() != tag_) continue;
    const MapEntry entry = read_map_entry(field.message());
    entries.push_back({entry.key, AttrValue(entry.value)});
  }
  return entries;
}

}  // namespace litecast::tensorflow
