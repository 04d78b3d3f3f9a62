#include "ir/print.h"

#include <flatbuffers/reflection.h>

#include <Eigen/Core>
#include <cmath>
#include <cstring>

#include "schema_text.h"
#include "support/crc32c.h"

namespace litecast::ir {
namespace {

constexpr std::int64_t kMaxPrintedElements = 4096;

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (static_cast<unsigned char>(c) < 32 || static_cast<unsigned char>(c) >= 127)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out += '"';
}

template <class T>
std::string number(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  }
  return fmt::format("{}", value);  // floats: the shortest that reads back equal
}

// ---- options, by reflection ----

class OptionsPrinter {
 public:
  explicit OptionsPrinter(const reflection::Schema& schema) : schema_(schema) {}

  std::string table(const reflection::Object& type, const flatbuffers::Table& table) const {
    std::map<int, std::string> fields;
    for (const reflection::Field* field : *type.fields()) {
      if (!table.CheckField(field->offset())) continue;
      if (const std::string text = value(*field, table); !text.empty())
        fields[field->id()] = fmt::format("{}: {}", field->name()->string_view(), text);
    }
    std::vector<std::string> texts;
    for (auto& [id, text] : fields) texts.push_back(std::move(text));
    return fmt::format("{{{}}}", fmt::join(texts, ", "));
  }

 private:
  std::string value(const reflection::Field& field, const flatbuffers::Table& table) const {
    switch (field.type()->base_type()) {
      case reflection::String:
        return in_quotes(
            table.GetPointer<const flatbuffers::String*>(field.offset())->string_view());
      case reflection::Vector:
        return vector(field, table);
      case reflection::Obj:
        return this->table(*schema_.objects()->Get(static_cast<unsigned>(field.type()->index())),
                           *table.GetPointer<const flatbuffers::Table*>(field.offset()));
      case reflection::Float:
      case reflection::Double:
        return number(static_cast<float>(flatbuffers::GetAnyFieldF(table, field)));
      default:
        return integer(field, flatbuffers::GetAnyFieldI(table, field));
    }
  }

  std::string integer(const reflection::Field& field, std::int64_t value) const {
    if (field.type()->base_type() == reflection::Bool) return value ? "true" : "false";
    if (field.type()->index() >= 0) {
      const auto* values =
          schema_.enums()->Get(static_cast<unsigned>(field.type()->index()))->values();
      if (const auto* named = values->LookupByKey(value)) return named->name()->str();
    }
    return number(value);
  }

  std::string vector(const reflection::Field& field, const flatbuffers::Table& table) const {
    const auto* v = table.GetPointer<const flatbuffers::VectorOfAny*>(field.offset());
    const auto element = field.type()->element();
    std::vector<std::string> texts;
    for (unsigned i = 0; i < v->size(); ++i) {
      if (element == reflection::Obj) {
        const auto& type = *schema_.objects()->Get(static_cast<unsigned>(field.type()->index()));
        texts.push_back(this->table(
            type, *flatbuffers::GetAnyVectorElemPointer<const flatbuffers::Table>(v, i)));
      } else if (element == reflection::Float || element == reflection::Double) {
        texts.push_back(number(static_cast<float>(flatbuffers::GetAnyVectorElemF(v, element, i))));
      } else {
        texts.push_back(number(flatbuffers::GetAnyVectorElemI(v, element, i)));
      }
    }
    return fmt::format("[{}]", fmt::join(texts, ", "));
  }

  const reflection::Schema& schema_;
};

template <class Union>
std::string print_union(const Union& options, std::string_view type_name) {
  const auto binary = options_binary_schema();
  const auto& schema = *reflection::GetSchema(binary.data());
  const auto* type = schema.objects()->LookupByKey(fmt::format("tflite.{}", type_name).c_str());
  if (!type) return {};
  flatbuffers::FlatBufferBuilder builder;
  const auto packed = options.Pack(builder);
  builder.Finish(flatbuffers::Offset<flatbuffers::Table>(packed.o));
  const auto& root = *flatbuffers::GetRoot<flatbuffers::Table>(builder.GetBufferPointer());
  return std::string(type_name) + OptionsPrinter(schema).table(*type, root);
}

// ---- constants ----

template <class T>
std::string elements(std::span<const std::byte> bytes) {
  std::vector<std::string> texts;
  for (std::size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof(T));
    if constexpr (std::is_same_v<T, Eigen::half> || std::is_same_v<T, Eigen::bfloat16>)
      texts.push_back(number(static_cast<float>(value)));
    else if constexpr (sizeof(T) == 1)
      texts.push_back(number(static_cast<int>(value)));
    else
      texts.push_back(number(value));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string hex(std::span<const std::byte> bytes) {
  std::string out = "0x";
  for (std::byte b : bytes) out += fmt::format("{:02x}", static_cast<unsigned>(b));
  return out;
}

std::string elements(DType dtype, std::span<const std::byte> bytes) {
  switch (dtype) {
    case DType::FLOAT32:
      return elements<float>(bytes);
    case DType::FLOAT64:
      return elements<double>(bytes);
    case DType::FLOAT16:
      return elements<Eigen::half>(bytes);
    case DType::BFLOAT16:
      return elements<Eigen::bfloat16>(bytes);
    case DType::INT8:
      return elements<std::int8_t>(bytes);
    case DType::INT16:
      return elements<std::int16_t>(bytes);
    case DType::INT32:
      return elements<std::int32_t>(bytes);
    case DType::INT64:
      return elements<std::int64_t>(bytes);
    case DType::UINT8:
    case DType::BOOL:
      return elements<std::uint8_t>(bytes);
    case DType::UINT16:
      return elements<std::uint16_t>(bytes);
    case DType::UINT32:
      return elements<std::uint32_t>(bytes);
    case DType::UINT64:
      return elements<std::uint64_t>(bytes);
    default:
      return hex(bytes);
  }
}

std::string contents_of(const Constant& constant) {
  if (auto element = constant.splat_element(); element && constant.elements() > 1)
    return "splat " + elements(constant.dtype(), *element);
  if (constant.elements() <= kMaxPrintedElements)
    return fmt::format("{{{}}}", elements(constant.dtype(), constant.bytes()));
  std::uint32_t crc = 0;
  std::map<std::uint64_t, std::uint32_t> pieces;
  constant.for_each_tile(1 << 20, [&](std::uint64_t offset, std::span<const std::byte> piece) {
    pieces[offset] = support::crc32c(0, piece);
  });
  for (const auto& [offset, piece] : pieces)
    crc = support::crc32c(crc, std::as_bytes(std::span(&piece, 1)));
  return fmt::format("#{:08x}", crc);
}

std::string print_type(const Type& type) {
  std::string text = to_string(type);
  if (const Quantization* q = type.quantization) {
    std::vector<std::string> scales;
    for (float s : q->scales) scales.push_back(number(s));
    text += fmt::format(" quantized(axis: {}, scales: [{}], zero_points: [{}])", q->axis,
                        fmt::join(scales, ", "), fmt::join(q->zero_points, ", "));
  }
  return text;
}

// Numbers values in the order in which they are printed, so that equal graphs print alike.
class Numbering {
 public:
  std::string operator()(const Value* value) {
    if (!value) return "_";
    return fmt::format("%{}", numbers_.try_emplace(value, numbers_.size()).first->second);
  }
  std::string operator()(std::span<Value* const> values) {
    std::vector<std::string> texts;
    for (const Value* v : values) texts.push_back((*this)(v));
    return fmt::format("{}", fmt::join(texts, ", "));
  }
  bool is_new(const Value* value) const { return !numbers_.contains(value); }

 private:
  std::unordered_map<const Value*, std::size_t> numbers_;
};

std::string named(const std::vector<SignatureTensor>& tensors) {
  std::vector<std::string> texts;
  for (const SignatureTensor& t : tensors)
    texts.push_back(fmt::format("{}: {}", in_quotes(t.name), t.index));
  return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace

std::string print(const Options& options) {
  if (options.first())
    return print_union(*options.first(), tflite::EnumNameBuiltinOptions(options.first()->type));
  if (options.second())
    return print_union(*options.second(), tflite::EnumNameBuiltinOptions2(options.second()->type));
  return {};
}

namespace {

std::string print_node(const Node& node, Numbering& number_of) {
  // Operands first: a constant that is printed just before has the lower number.
  const std::string operands = number_of(node.operands());
  std::string text;
  if (!node.results().empty()) text = number_of(node.results()) + " = ";
  text += name(node.op());
  if (node.op() == Op::CUSTOM) text += " " + in_quotes(node.custom_name());
  text += fmt::format("({})", operands);
  if (node.spec().custom_effect == CustomEffect::pure) text += " pure";
  if (node.spec().custom_effect == CustomEffect::read) text += " read";
  if (const std::string options = print(node.options()); !options.empty()) text += " " + options;
  if (!node.custom_bytes().empty()) text += " " + hex(std::as_bytes(node.custom_bytes()));
  if (!node.graphs().empty()) {
    std::vector<std::string> names;
    for (const Graph* g : node.graphs()) names.push_back(in_quotes(g->name()));
    text += fmt::format(" graphs({})", fmt::join(names, ", "));
  }
  std::vector<std::string> types;
  for (const Value* v : node.results()) types.push_back(print_type(v->type()));
  if (!types.empty()) text += fmt::format(": {}", fmt::join(types, "; "));
  if (!node.provenance().empty()) text += " @" + in_quotes(node.provenance());
  return text;
}

}  // namespace

std::string print(const Node& node) {
  Numbering numbering;
  return print_node(node, numbering);
}

std::string print(const Graph& graph) {
  Numbering number_of;
  std::string text = fmt::format("graph {} {{\n", in_quotes(graph.name()));
  for (const Value* v : graph.inputs())
    text += fmt::format("  input {} {}: {}\n", number_of(v), in_quotes(v->name()),
                        print_type(v->type()));
  const auto print_constant = [&](const Value* v) {
    if (v && v->is_constant() && number_of.is_new(v))
      text += fmt::format("  const {} = {} {}\n", number_of(v), print_type(v->type()),
                          contents_of(*v->constant()));
  };
  for (const Node* n = graph.first(); n; n = n->next()) {
    for (const Value* v : n->operands()) print_constant(v);
    text += "  " + print_node(*n, number_of) + "\n";
  }
  for (const Value* v : graph.outputs()) print_constant(v);
  for (const Value* v : graph.outputs())
    text += fmt::format("  output {} {}\n", number_of(v), in_quotes(v->name()));
  return text + "}\n";
}

std::string print(const Module& module) {
  std::string text;
  for (const auto& g : module.graphs()) text += print(*g);
  for (const Signature& s : module.signatures)
    text += fmt::format("signature {} graph {} inputs({}) outputs({})\n", in_quotes(s.key),
                        in_quotes(s.graph->name()), named(s.inputs), named(s.outputs));
  return text;
}

}  // namespace litecast::ir
