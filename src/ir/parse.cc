#include "ir/parse.h"

#include <flatbuffers/idl.h>
#include <litecast/error.h>

#include <Eigen/Core>
#include <charconv>
#include <cmath>

#include "ir/lexer.h"
#include "schema_text.h"

namespace litecast::ir {
namespace {

// A splat in the text may not ask for more than this.
constexpr std::int64_t kMaxElements = 1 << 28;
constexpr int kMaxRank = 64;

class OptionsParser {
 public:
  OptionsParser() {
    flatbuffers::IDLOptions options;
    options.strict_json = false;
    parser_ = std::make_unique<flatbuffers::Parser>(options);
    if (!parser_->Parse(std::string(options_schema_text()).c_str()))
      throw Error("the schema of the options does not parse: " + parser_->error_);
  }

  // `error` is what is wrong when nothing is returned.
  std::optional<Options> parse(std::string_view type, std::string_view fields, std::string& error) {
    if (!parser_->SetRootType(fmt::format("tflite.{}", type).c_str())) {
      error = "the name of an options table";
      return std::nullopt;
    }
    if (!parser_->ParseJson(std::string(fields).c_str())) {
      error = "fields of " + std::string(type) + " (" + parser_->error_ + ")";
      return std::nullopt;
    }
    const void* root =
        flatbuffers::GetRoot<flatbuffers::Table>(parser_->builder_.GetBufferPointer());
    for (const auto v : tflite::EnumValuesBuiltinOptions())
      if (v != tflite::BuiltinOptions::NONE && type == tflite::EnumNameBuiltinOptions(v)) {
        auto u = std::make_shared<tflite::BuiltinOptionsUnion>();
        u->type = v;
        u->value = tflite::BuiltinOptionsUnion::UnPack(root, v, nullptr);
        return Options(std::shared_ptr<const tflite::BuiltinOptionsUnion>(std::move(u)));
      }
    for (const auto v : tflite::EnumValuesBuiltinOptions2())
      if (v != tflite::BuiltinOptions2::NONE && type == tflite::EnumNameBuiltinOptions2(v)) {
        auto u = std::make_shared<tflite::BuiltinOptions2Union>();
        u->type = v;
        u->value = tflite::BuiltinOptions2Union::UnPack(root, v, nullptr);
        return Options(std::shared_ptr<const tflite::BuiltinOptions2Union>(std::move(u)));
      }
    error = "the name of an options table";
    return std::nullopt;
  }

 private:
  std::unique_ptr<flatbuffers::Parser> parser_;
};

template <class T>
void append(std::vector<std::byte>& out, T value) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

double to_double(std::string_view text, Lexer& lexer) {
  if (text == "nan") return std::nan("");
  if (text == "inf") return INFINITY;
  if (text == "-inf") return -INFINITY;
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) lexer.fail("a number");
  return value;
}

template <class T>
void append_integer(std::vector<std::byte>& out, std::string_view text, Lexer& lexer) {
  T value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    lexer.fail(fmt::format("an integer of {} bits", 8 * sizeof(T)));
  append(out, value);
}

void append_element(std::vector<std::byte>& out, DType dtype, std::string_view text, Lexer& lexer) {
  switch (dtype) {
    case DType::FLOAT32:
      return append(out, static_cast<float>(to_double(text, lexer)));
    case DType::FLOAT64:
      return append(out, to_double(text, lexer));
    case DType::FLOAT16:
      return append(out, Eigen::half(static_cast<float>(to_double(text, lexer))));
    case DType::BFLOAT16:
      return append(out, Eigen::bfloat16(static_cast<float>(to_double(text, lexer))));
    case DType::INT8:
      return append_integer<std::int8_t>(out, text, lexer);
    case DType::INT16:
      return append_integer<std::int16_t>(out, text, lexer);
    case DType::INT32:
      return append_integer<std::int32_t>(out, text, lexer);
    case DType::INT64:
      return append_integer<std::int64_t>(out, text, lexer);
    case DType::UINT8:
    case DType::BOOL:
      return append_integer<std::uint8_t>(out, text, lexer);
    case DType::UINT16:
      return append_integer<std::uint16_t>(out, text, lexer);
    case DType::UINT32:
      return append_integer<std::uint32_t>(out, text, lexer);
    case DType::UINT64:
      return append_integer<std::uint64_t>(out, text, lexer);
    default:
      lexer.fail("bytes as 0x…, which this type is written in");
  }
}

std::vector<std::byte> from_hex(std::string_view text, Lexer& lexer) {
  std::vector<std::byte> out;
  if (!text.starts_with("0x") || text.size() % 2 != 0) lexer.fail("bytes as 0x…");
  for (std::size_t i = 2; i < text.size(); i += 2) {
    unsigned value = 0;
    auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    if (error != std::errc() || end != text.data() + i + 2) lexer.fail("bytes as 0x…");
    out.push_back(static_cast<std::byte>(value));
  }
  return out;
}

class Parser {
 public:
  Parser(std::string_view text, std::string_view file)
      : lexer_(text, file), scan_(text, file), module_(std::make_unique<Module>()) {}

  std::unique_ptr<Module> parse() {
    declare_graphs();
    while (!lexer_.at_end()) {
      if (lexer_.take("graph"))
        graph();
      else if (lexer_.take("signature"))
        signature();
      else
        lexer_.fail("'graph' or 'signature'");
    }
    return std::move(module_);
  }

 private:
  // Bodies are known by name before the nodes that use them.
  void declare_graphs() {
    while (!scan_.at_end()) {
      if (scan_.take("graph")) {
        const std::string name = scan_.quoted();
        if (graphs_.contains(name)) scan_.fail("a graph name that is not taken");
        graphs_[name] = &module_->add_graph(name);
        scan_.braces();
      } else if (scan_.until("\n").empty()) {
        scan_.fail("'graph' or 'signature'");
      }
    }
  }

  Graph& named_graph() {
    const std::string name = lexer_.quoted();
    const auto at = graphs_.find(name);
    if (at == graphs_.end()) lexer_.fail("the name of a graph");
    return *at->second;
  }

  void graph() {
    graph_ = &named_graph();
    values_.clear();
    std::vector<Value*> outputs;
    lexer_.expect("{");
    while (!lexer_.take("}")) {
      if (lexer_.take("input"))
        input();
      else if (lexer_.take("const"))
        constant();
      else if (lexer_.take("output"))
        outputs.push_back(output());
      else
        node();
    }
    graph_->set_outputs(std::move(outputs));
  }

  std::string_view new_name() {
    lexer_.expect("%");
    return lexer_.expect_word("the name of a value");
  }
  void define(std::string_view name, Value* value) {
    if (!values_.emplace(name, value).second) lexer_.fail("a value name that is not taken");
  }
  Value* value() {
    if (lexer_.take("_")) return nullptr;
    lexer_.expect("%");
    const auto at = values_.find(lexer_.expect_word("the name of a value"));
    if (at == values_.end()) lexer_.fail("a value that is defined above");
    return at->second;
  }

  Type type() {
    Type type;
    const auto dtype = dtype_from_short_name(lexer_.expect_word("a type such as f32[1,8]"));
    if (!dtype) lexer_.fail("an element type such as f32");
    type.dtype = *dtype;
    lexer_.expect("[");
    if (lexer_.take("*")) {
      type.shape = Shape::unranked();
      lexer_.expect("]");
    } else if (!lexer_.take("]")) {
      std::vector<Dim> dims;
      do {
        if (dims.size() == kMaxRank) lexer_.fail("a lower rank");
        dims.push_back(module_->dims().parse(lexer_.until(",]")));
      } while (lexer_.take(","));
      lexer_.expect("]");
      type.shape = Shape(std::move(dims));
    }
    if (lexer_.take("quantized")) type.quantization = quantization();
    return type;
  }

  const Quantization* quantization() {
    Quantization q;
    std::vector<std::byte> scales, zero_points, axis;
    lexer_.expect("(");
    lexer_.expect("axis");
    lexer_.expect(":");
    append_integer<std::int32_t>(axis, lexer_.until(","), lexer_);
    std::memcpy(&q.axis, axis.data(), sizeof q.axis);
    lexer_.expect(",");
    lexer_.expect("scales");
    lexer_.expect(":");
    list("[", "]", [&](std::string_view text) {
      q.scales.push_back(static_cast<float>(to_double(text, lexer_)));
    });
    lexer_.expect(",");
    lexer_.expect("zero_points");
    lexer_.expect(":");
    list("[", "]",
         [&](std::string_view text) { append_integer<std::int64_t>(zero_points, text, lexer_); });
    lexer_.expect(")");
    q.zero_points.resize(zero_points.size() / sizeof(std::int64_t));
    if (!zero_points.empty())
      std::memcpy(q.zero_points.data(), zero_points.data(), zero_points.size());
    return module_->quantization(std::move(q));
  }

  template <class Item>
  void list(std::string_view open, std::string_view close, Item item) {
    lexer_.expect(open);
    if (lexer_.take(close)) return;
    const std::string stops = fmt::format(",{}", close);
    do item(lexer_.until(stops));
    while (lexer_.take(","));
    lexer_.expect(close);
  }

  void input() {
    const auto name = new_name();
    std::string tensor_name;
    if (lexer_.sees('"')) tensor_name = lexer_.quoted();
    lexer_.expect(":");
    define(name, graph_->add_input(type(), std::move(tensor_name)));
  }

  Value* output() {
    Value* v = value();
    if (!v) lexer_.fail("a value");
    if (lexer_.sees('"')) {
      std::string name = lexer_.quoted();
      if (!v->producer() && !v->is_constant()) return v;  // an input keeps its own name
      if (!name.empty()) v->set_name(std::move(name));
    }
    return v;
  }

  void constant() {
    const auto name = new_name();
    lexer_.expect("=");
    const Type t = type();
    if (!t.shape.is_static()) lexer_.fail("a static shape");
    const std::int64_t elements = t.shape.elements().value();
    if (elements < 0 || elements > kMaxElements) lexer_.fail("fewer elements");
    std::vector<std::byte> bytes;
    if (lexer_.take("splat")) {
      append_element(bytes, t.dtype, lexer_.expect_word("a number"), lexer_);
      std::vector<std::byte> all;
      for (std::int64_t i = 0; i < elements; ++i) all.insert(all.end(), bytes.begin(), bytes.end());
      bytes = std::move(all);
    } else {
      list("{", "}", [&](std::string_view text) {
        if (text.starts_with("0x"))
          bytes = from_hex(text, lexer_);
        else
          append_element(bytes, t.dtype, text, lexer_);
      });
    }
    define(name, graph_->constant(Constant::owned(t.dtype, t.shape.static_dims(), std::move(bytes),
                                                  t.quantization)));
  }

  Op op() {
    const std::string_view word = lexer_.expect_word("an operator");
    for (const Op op : tflite::EnumValuesBuiltinOperator())
      if (word == name(op)) return op;
    lexer_.fail("an operator before it");
  }

  void node() {
    std::vector<std::string_view> names;
    if (lexer_.take("%")) {
      names.push_back(lexer_.expect_word("the name of a value"));
      while (lexer_.take(",")) names.push_back(new_name());
      lexer_.expect("=");
    }
    NodeSpec spec{op()};
    if (spec.op == Op::CUSTOM) spec.custom_name = lexer_.quoted();
    lexer_.expect("(");
    if (!lexer_.take(")")) {
      do spec.operands.push_back(value());
      while (lexer_.take(","));
      lexer_.expect(")");
    }
    node_attributes(spec);
    std::vector<Type> types;
    if (lexer_.take(":")) {
      do types.push_back(type());
      while (lexer_.take(";"));
    }
    if (types.size() != names.size()) lexer_.fail("a type for each result before it");
    const std::string* provenance = module_->provenance("");
    if (lexer_.take("@")) provenance = module_->provenance(lexer_.quoted());
    Node* n = graph_->insert(std::move(spec), std::move(types), provenance);
    for (std::size_t i = 0; i < names.size(); ++i) define(names[i], n->result(static_cast<int>(i)));
  }

  void node_attributes(NodeSpec& spec) {
    for (;;) {
      const std::string_view word = lexer_.word();
      if (word.empty()) return;
      if (word == "graphs") {
        lexer_.expect("(");
        do spec.graphs.push_back(&named_graph());
        while (lexer_.take(","));
        lexer_.expect(")");
      } else if (word.starts_with("0x")) {
        for (std::byte b : from_hex(word, lexer_))
          spec.custom_bytes.push_back(static_cast<std::uint8_t>(b));
      } else {
        std::string error;
        auto options = options_.parse(word, lexer_.braces(), error);
        if (!options) lexer_.fail(error);
        spec.options = std::move(*options);
      }
    }
  }

  std::vector<SignatureTensor> tensors(std::size_t count) {
    std::vector<SignatureTensor> out;
    lexer_.expect("(");
    if (lexer_.take(")")) return out;
    do {
      std::string name = lexer_.quoted();
      lexer_.expect(":");
      std::vector<std::byte> index;
      append_integer<std::int32_t>(index, lexer_.expect_word("an index"), lexer_);
      SignatureTensor& t = out.emplace_back(SignatureTensor{std::move(name), 0});
      std::memcpy(&t.index, index.data(), sizeof t.index);
      if (t.index < 0 || static_cast<std::size_t>(t.index) >= count)
        lexer_.fail("an index in range");
    } while (lexer_.take(","));
    lexer_.expect(")");
    return out;
  }

  void signature() {
    Signature s;
    s.key = lexer_.quoted();
    lexer_.expect("graph");
    s.graph = &named_graph();
    lexer_.expect("inputs");
    s.inputs = tensors(s.graph->inputs().size());
    lexer_.expect("outputs");
    s.outputs = tensors(s.graph->outputs().size());
    module_->signatures.push_back(std::move(s));
  }

  Lexer lexer_;
  Lexer scan_;  // runs ahead to find the graphs
  std::unique_ptr<Module> module_;
  OptionsParser options_;
  std::map<std::string, Graph*> graphs_;
  Graph* graph_ = nullptr;
  std::map<std::string_view, Value*> values_;
};

}  // namespace

std::unique_ptr<Module> parse(std::string_view text, std::string_view file) {
  return Parser(text, file).parse();
}

}  // namespace litecast::ir
