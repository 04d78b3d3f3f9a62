// Shows what the op table makes of single ops, for a comparison with the runtime.
//
//   litecast_op_cases CASES FOLDER
//
// CASES holds modules of one node over constants in textual IR, separated by lines of "---". For
// each one line of JSON is printed: what refuses it, or the inferred types and the folded bytes.
// The module itself is written to FOLDER/<number>.tflite, with the inferred types, whether or not
// the table takes it.
#include <fmt/format.h>
#include <litecast/error.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "ir/builder.h"
#include "ir/parse.h"
#include "tflite/writer.h"

namespace litecast {
namespace {

using nlohmann::json;

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte b : bytes) text += fmt::format("{:02x}", static_cast<int>(b));
  return text;
}

json describe(const ir::Type& type) {
  json shape = nullptr;
  if (type.shape.is_ranked()) {
    shape = json::array();
    for (const ir::Dim dim : type.shape.dims())
      shape.push_back(dim.is_constant() ? json(dim.value()) : json(to_string(dim)));
  }
  return {{"dtype", ir::short_name(type.dtype)}, {"shape", shape}};
}

// The node asked for again through a Builder, which folds it where it can.
json folded(const ir::Node& node) {
  ir::Module module;
  ir::Graph& graph = module.add_graph("main");
  ir::Builder builder(graph);
  ir::NodeSpec spec = node.spec();
  for (ir::Value*& operand : spec.operands)
    if (operand) operand = graph.constant(operand->constant());
  const auto values = builder.add(std::move(spec));
  json results = json::array();
  if (!values) return results;
  for (const ir::Value* value : *values) {
    if (!value->is_constant()) return json::array();
    results.push_back(hex(value->constant()->bytes()));
  }
  return results;
}

json run(const std::string& text, const std::string& path) {
  const auto module = ir::parse(text);
  ir::Graph& graph = *module->graphs().at(0);
  const ir::Node& node = *graph.first();
  const ops::OpInfo* info = ops::find(node.op());
  if (!info) return {{"refused", "the table has no entry"}};
  json line;
  const ops::OpView view{node.op(), node.options(), node.operands(), node.graphs()};
  const auto types = ops::infer(*info, view, module->dims());
  if (!types) {
    line["refused"] = types.error().message;
  } else {
    for (std::size_t i = 0; i < types->size() && i < node.results().size(); ++i) {
      ir::Type type = (*types)[i];
      const ir::Type& asked = node.results()[i]->type();
      if (asked.quantization != nullptr) type.quantization = asked.quantization;
      graph.set_type(*node.results()[i], type);
      line["types"].push_back(describe(type));
    }
    line["results"] = types->size();
    line["folded"] = folded(node);
  }
  tflite::write_file(*module, path);
  return line;
}

}  // namespace
}  // namespace litecast

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::ifstream file(argv[1]);
  std::string line, text;
  int number = 0;
  while (std::getline(file, line)) {
    if (line != "---") {
      text += line + "\n";
      continue;
    }
    nlohmann::json result;
    try {
      result = litecast::run(text, fmt::format("{}/{}.tflite", argv[2], number++));
    } catch (const litecast::Error& error) {
      result["error"] = error.what();
    }
    std::cout << result.dump() << "\n";
    text.clear();
  }
}
