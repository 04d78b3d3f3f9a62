#include "sources/tensorflow/op_def.h"

#include <algorithm>
#include <array>

namespace litecast::tensorflow {

namespace {

// All definitions one behind the other: no pointer in the table, so nothing is relocated at start.
constexpr char kSerialized[] =
#define OP(size, serialized) serialized
#include "sources/tensorflow/op_defs.inc"
#undef OP
    ;

constexpr std::uint16_t kSizes[] = {
#define OP(size, serialized) size,
#include "sources/tensorflow/op_defs.inc"
#undef OP
};

constexpr std::size_t kCount = std::size(kSizes);

constexpr std::array<std::uint32_t, kCount + 1> make_offsets() {
  std::array<std::uint32_t, kCount + 1> offsets{};
  for (std::size_t i = 0; i < kCount; ++i) offsets[i + 1] = offsets[i] + kSizes[i];
  return offsets;
}

constexpr auto kOffsets = make_offsets();
static_assert(kOffsets[kCount] + 1 == sizeof(kSerialized));

std::string_view serialized(std::size_t index) {
  return {kSerialized + kOffsets[index], kSizes[index]};
}

// A definition begins with its name: tag, length (one byte: names are short), letters.
std::string_view name(std::size_t index) {
  const std::string_view op = serialized(index);
  return op.substr(2, static_cast<std::size_t>(op[1]));
}

std::optional<std::string_view> find_builtin(std::string_view op) {
  std::size_t first = 0;
  for (std::size_t last = kCount; first < last;) {
    const std::size_t middle = (first + last) / 2;
    if (name(middle) < op) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  if (first == kCount || name(first) != op) return std::nullopt;
  return serialized(first);
}

ArgDef read_arg_def(Message message) {
  ArgDef arg;
  for (MessageReader field(message, "OpDef.ArgDef"); field.next();) {
    switch (field.tag()) {
      case 1:
        arg.name = field.bytes();
        break;
      case 3:
        arg.type = data_type_of(field.integer()).value_or(DataType::kInvalid);
        break;
      case 4:
        arg.type_attr = field.bytes();
        break;
      case 5:
        arg.number_attr = field.bytes();
        break;
      case 6:
        arg.type_list_attr = field.bytes();
        break;
      case 16:
        arg.is_ref = field.boolean();
        break;
    }
  }
  return arg;
}

void append_default(Message message, std::vector<AttrDef>& defaults) {
  std::string_view attr_name;
  std::optional<Message> value;
  for (MessageReader field(message, "OpDef.AttrDef"); field.next();) {
    if (field.tag() == 1) attr_name = field.bytes();
    if (field.tag() == 3) value = field.message();
  }
  if (value) defaults.push_back({attr_name, AttrValue(*value)});
}

std::string_view read_name(Message message) {
  std::string_view op;
  for (MessageReader field(message, "OpDef"); field.next();) {
    if (field.tag() == 1) op = field.bytes();
  }
  return op;
}

}  // namespace

std::optional<AttrValue> OpDef::find_default(std::string_view attr_name) const {
  for (const AttrDef& attr : defaults) {
    if (attr.name == attr_name) return attr.default_value;
  }
  return std::nullopt;
}

OpDef read_op_def(Message message) {
  OpDef op;
  for (MessageReader field(message, "OpDef"); field.next();) {
    switch (field.tag()) {
      case 1:
        op.name = field.bytes();
        break;
      case 2:
        op.input_args.push_back(read_arg_def(field.message()));
        break;
      case 3:
        op.output_args.push_back(read_arg_def(field.message()));
        break;
      case 4:
        append_default(field.message(), op.defaults);
        break;
      case 17:
        op.is_stateful = field.boolean();
        break;
    }
  }
  return op;
}

OpDefs::OpDefs()
    : builtin_(Document::of_static("TensorFlow's op definitions",
                                   std::string_view(kSerialized, sizeof(kSerialized) - 1))) {}

OpDefs::OpDefs(Message op_list) : OpDefs() {
  for (MessageReader field(op_list, "OpList"); field.next();) {
    if (field.tag() != 1) continue;
    const Message op = field.message();
    from_file_.emplace(read_name(op), op);
  }
}

OpDefs::~OpDefs() = default;
OpDefs::OpDefs(OpDefs&&) noexcept = default;
OpDefs& OpDefs::operator=(OpDefs&&) noexcept = default;

const OpDef* OpDefs::find(std::string_view op) const {
  const auto known = decoded_.find(op);
  if (known != decoded_.end()) return known->second.get();
  Message message;
  if (const auto builtin = find_builtin(op)) {
    message = Message(*builtin_, *builtin);
  } else if (const auto own = from_file_.find(op); own != from_file_.end()) {
    message = own->second;
  } else {
    return nullptr;
  }
  auto definition = std::make_unique<const OpDef>(read_op_def(message));
  const std::string_view key = definition->name;
  return decoded_.emplace(key, std::move(definition)).first->second.get();
}

}  // namespace litecast::tensorflow
