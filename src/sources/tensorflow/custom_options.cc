#include "sources/tensorflow/custom_options.h"

#include <flatbuffers/flexbuffers.h>
#include <fmt/format.h>

#include <map>
#include <protozero/pbf_writer.hpp>

#include "emit/emitter.h"

namespace litecast::tensorflow {
namespace {

enum NodeDefField : std::uint32_t { kNodeOp = 2, kNodeInput = 3, kNodeAttr = 5 };
// Fields of an AttrValue, and of the list in it.
enum AttrField : std::uint32_t {
  kAttrList = 1,
  kAttrString = 2,
  kAttrType = 6,
  kAttrFunctions = 9
};

using Attrs = std::map<std::string_view, AttrValue>;

// All that a kernel may ask for; names that begin with an underscore are notes between programs.
Attrs all_attrs(const AttrMap& given, const OpDef* op_def) {
  Attrs attrs;
  for (const AttrMap::Entry& entry : given.entries())
    if (!entry.name.starts_with('_')) attrs.insert_or_assign(entry.name, entry.value);
  if (op_def)
    for (const AttrDef& attr : op_def->defaults) attrs.try_emplace(attr.name, attr.default_value);
  return attrs;
}

bool holds_function(const AttrValue& value) {
  if (value.kind() == AttrValue::Kind::kFunction) return true;
  if (value.kind() != AttrValue::Kind::kList) return false;
  for (MessageReader attr(value.message(), "AttrValue"); attr.next();) {
    if (attr.tag() != kAttrList) continue;
    for (MessageReader list(attr.message(), "AttrValue.ListValue"); list.next();)
      if (list.tag() == kAttrFunctions) return true;
  }
  return false;
}

void add_attr(protozero::pbf_writer& node, std::string_view name, std::string_view value) {
  protozero::pbf_writer entry(node, kNodeAttr);
  entry.add_string(1, name.data(), name.size());
  entry.add_message(2, value.data(), value.size());
}

std::string string_value(std::string_view text) {
  std::string bytes;
  protozero::pbf_writer(bytes).add_string(kAttrString, text.data(), text.size());
  return bytes;
}

protozero::pbf_writer begin_node(std::string& bytes, std::string_view op, std::size_t inputs) {
  protozero::pbf_writer writer(bytes);
  writer.add_string(kNodeOp, op.data(), op.size());
  for (std::size_t i = 0; i < inputs; ++i) writer.add_string(kNodeInput, "", 0);
  return writer;
}

std::string anonymous_node(const NodeDef& node, std::size_t inputs, std::string_view shared_name) {
  std::string bytes;
  protozero::pbf_writer writer = begin_node(bytes, node.op(), inputs);
  Attrs attrs = all_attrs(node.attrs(), node.op_def());
  if (!shared_name.empty()) attrs.erase("shared_name");
  for (const auto& [name, value] : attrs) {
    if (value.kind() == AttrValue::Kind::kPlaceholder)
      throw emit::Unsupported(
          fmt::format("its attribute '{}' is left to a function's caller", name));
    add_attr(writer, name, value.message().bytes());
  }
  if (!shared_name.empty()) add_attr(writer, "shared_name", string_value(shared_name));
  return bytes;
}

std::string as_text(std::string_view view) { return std::string(view); }

std::vector<std::uint8_t> select_tf_vector(std::string_view op, const std::string& node_def) {
  flexbuffers::Builder builder;
  builder.Vector([&] {
    builder.String(as_text(op));
    builder.String(node_def);
  });
  builder.Finish();
  return builder.GetBuffer();
}

void add_list(flexbuffers::Builder& builder, const char* key, const AttrValue& value) {
  bool is_text = false, is_integer = false, is_float = false;
  for (MessageReader attr(value.message(), "AttrValue"); attr.next();) {
    if (attr.tag() != kAttrList) continue;
    for (MessageReader list(attr.message(), "AttrValue.ListValue"); list.next();) {
      is_text |= list.tag() == 2;
      is_integer |= list.tag() == 3;
      is_float |= list.tag() == 4;
    }
  }
  if (is_text + is_integer + is_float != 1) return;
  const std::size_t start = builder.StartVector(key);
  if (is_text)
    for (std::string_view item : value.strings()) builder.String(as_text(item));
  if (is_integer)
    for (std::int64_t item : value.integers()) builder.Int(item);
  if (is_float)
    for (float item : value.floats()) builder.Float(item);
  builder.EndVector(start, true, false);
}

void add_option(flexbuffers::Builder& builder, const char* key, const AttrValue& value) {
  switch (value.kind()) {
    case AttrValue::Kind::kString:
      builder.String(key, as_text(value.string()));
      break;
    case AttrValue::Kind::kInt:
      builder.Int(key, value.integer());
      break;
    case AttrValue::Kind::kFloat:
      builder.Float(key, value.floating());
      break;
    case AttrValue::Kind::kBool:
      builder.Bool(key, value.boolean());
      break;
    case AttrValue::Kind::kType:
      if (const auto type = tflite_type_of(value.type()))
        builder.Int(key, static_cast<std::int64_t>(*type));
      break;
    case AttrValue::Kind::kList:
      add_list(builder, key, value);
      break;
    default:
      break;
  }
}

std::vector<std::uint8_t> custom_map(const Attrs& all) {
  flexbuffers::Builder builder;
  const std::size_t start = builder.StartMap();
  for (const auto& [name, value] : all) {
    // A key ends where its first zero is.
    if (name.find('\0') == name.npos) add_option(builder, as_text(name).c_str(), value);
  }
  builder.EndMap(start);
  builder.Finish();
  return builder.GetBuffer();
}

}  // namespace

bool takes_function(const NodeDef& node) {
  for (const AttrMap::Entry& entry : node.attrs().entries())
    if (!entry.name.starts_with('_') && holds_function(entry.value)) return true;
  return false;
}

std::vector<std::uint8_t> select_tf_options(const NodeDef& node, std::size_t inputs,
                                            std::string_view shared_name) {
  return select_tf_vector(node.op(), anonymous_node(node, inputs, shared_name));
}

std::vector<std::uint8_t> select_tf_options(
    std::string_view op, std::size_t inputs,
    std::span<const std::pair<std::string_view, DataType>> attrs) {
  std::string bytes;
  protozero::pbf_writer writer = begin_node(bytes, op, inputs);
  for (const auto& [name, type] : attrs) {
    std::string value;
    protozero::pbf_writer(value).add_enum(kAttrType, static_cast<std::int32_t>(type));
    add_attr(writer, name, value);
  }
  return select_tf_vector(op, bytes);
}

std::vector<std::uint8_t> custom_options(const AttrMap& attrs, const OpDef* defaults) {
  return custom_map(all_attrs(attrs, defaults));
}

std::vector<std::uint8_t> composite_options(const AttrMap& attrs) {
  Attrs all = all_attrs(attrs, nullptr);
  all.erase("tfl_fusable_op");
  return custom_map(all);
}

}  // namespace litecast::tensorflow
