#include "ir/parse.h"

#include <litecast/error.h>

#include <cstring>

#include "ir/lexer.h"
#include "ir/nesting.h"
#include "ir/parse_elements.h"
#include "ir/parse_options.h"

namespace litecast::ir {
namespace {

// A constant of more elements than this is not one that somebody wrote.
constexpr std::int64_t kMaxElements = 1 << 24;
// Repeated elements that have to be in memory, over the whole text.
constexpr std::size_t kMaxSplatBytes = std::size_t{1} << 24;
constexpr int kMaxRank = 64;

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
    if (const std::string problem = nesting_problem(*module_); !problem.empty())
      lexer_.fail(fmt::format("graphs that can be walked ({})", problem));
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
        dims.push_back(dim());
      } while (lexer_.take(","));
      lexer_.expect("]");
      type.shape = Shape(std::move(dims));
    }
    if (lexer_.take("quantized")) type.quantization = quantization();
    return type;
  }

  Dim dim() {
    const std::string_view text = lexer_.until(",]");
    try {
      return module_->dims().parse(text);
    } catch (const MalformedInput& error) {
      lexer_.fail(fmt::format("the size of an axis before it ({})", error.what()));
    }
  }

  const Quantization* quantization() {
    Quantization q;
    lexer_.expect("(");
    lexer_.expect("axis");
    lexer_.expect(":");
    q.axis = to_integer<std::int32_t>(lexer_.until(","), lexer_);
    lexer_.expect(",");
    lexer_.expect("scales");
    lexer_.expect(":");
    list("[", "]", [&](std::string_view text) {
      q.scales.push_back(static_cast<float>(to_double(text, lexer_)));
    });
    lexer_.expect(",");
    lexer_.expect("zero_points");
    lexer_.expect(":");
    list("[", "]", [&](std::string_view text) {
      q.zero_points.push_back(to_integer<std::int64_t>(text, lexer_));
    });
    lexer_.expect(")");
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
    if (lexer_.sees("\"")) tensor_name = lexer_.quoted();
    lexer_.expect(":");
    define(name, graph_->add_input(type(), std::move(tensor_name)));
  }

  Value* output() {
    Value* v = value();
    if (!v) lexer_.fail("a value");
    if (lexer_.sees("\"")) {
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
    check_elements(t.shape);
    define(name, graph_->constant(lexer_.take("splat") ? splat(t) : listed(t)));
  }

  void check_elements(const Shape& shape) const {
    if (!shape.is_static()) lexer_.fail("a static shape");
    std::int64_t elements = 1;
    for (const std::int64_t size : shape.static_dims())
      if (size < 0 || __builtin_mul_overflow(elements, size, &elements) || elements > kMaxElements)
        lexer_.fail(fmt::format("a shape of at most {} elements before it", kMaxElements));
  }

  ConstantPtr splat(const Type& t) {
    std::vector<std::byte> element;
    append_element(element, t.dtype, lexer_.expect_number(), lexer_);
    const std::size_t elements = static_cast<std::size_t>(t.shape.elements().value());
    const std::size_t size = elements * element.size();
    if (size > kEagerBytes && !t.quantization)
      return Constant::splat(t.dtype, t.shape.static_dims(), std::move(element));
    if (size > splat_bytes_left_) lexer_.fail("fewer repeated elements before it");
    splat_bytes_left_ -= size;
    std::vector<std::byte> bytes(size);
    for (std::size_t at = 0; at < size; at += element.size())
      std::memcpy(bytes.data() + at, element.data(), element.size());
    return owned(t, std::move(bytes));
  }

  ConstantPtr listed(const Type& t) {
    std::vector<std::byte> bytes;
    list("{", "}", [&](std::string_view text) {
      if (text.starts_with("0x"))
        bytes = from_hex(text, lexer_);
      else
        append_element(bytes, t.dtype, text, lexer_);
    });
    return owned(t, std::move(bytes));
  }

  ConstantPtr owned(const Type& t, std::vector<std::byte> bytes) const {
    try {
      return Constant::owned(t.dtype, t.shape.static_dims(), std::move(bytes), t.quantization);
    } catch (const MalformedInput& error) {
      lexer_.fail(fmt::format("elements that fill the shape before it ({})", error.what()));
    }
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
    const Provenance* provenance = module_->provenance("");
    if (lexer_.take("@")) provenance = module_->provenance(lexer_.quoted());
    Node* n = graph_->insert(std::move(spec), std::move(types), provenance);
    for (std::size_t i = 0; i < names.size(); ++i) define(names[i], n->result(static_cast<int>(i)));
  }

  void node_attributes(NodeSpec& spec) {
    for (;;) {
      if (lexer_.take("pure")) {
        spec.custom_effect = CustomEffect::pure;
      } else if (lexer_.take("read")) {
        spec.custom_effect = CustomEffect::read;
      } else if (lexer_.take("graphs")) {
        lexer_.expect("(");
        do spec.graphs.push_back(&named_graph());
        while (lexer_.take(","));
        lexer_.expect(")");
      } else if (lexer_.sees("0x")) {
        for (std::byte b : from_hex(lexer_.word(), lexer_))
          spec.custom_bytes.push_back(static_cast<std::uint8_t>(b));
      } else if (const std::string_view type = lexer_.word_before('{'); !type.empty()) {
        std::string error;
        auto options = options_.parse(type, lexer_.braces(), error);
        if (!options) lexer_.fail(error);
        spec.options = std::move(*options);
      } else {
        return;
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
      const auto index = to_integer<std::int32_t>(lexer_.expect_word("an index"), lexer_);
      if (index < 0 || static_cast<std::size_t>(index) >= count) lexer_.fail("an index in range");
      out.push_back({std::move(name), index});
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
  std::size_t splat_bytes_left_ = kMaxSplatBytes;
};

}  // namespace

std::unique_ptr<Module> parse(std::string_view text, std::string_view file) {
  return Parser(text, file).parse();
}

}  // namespace litecast::ir
