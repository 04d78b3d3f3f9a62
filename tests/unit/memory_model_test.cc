#include <gmock/gmock.h>
#include <litecast/convert.h>

#include <array>

#include "saved_model_writer.h"
#include "sources/tensorflow/importer.h"
#include "temporary_folder.h"
#include "tensorflow_writers.h"

namespace litecast::tensorflow {
namespace {

using namespace testing;  // NOLINT: the writers are the language of these tests.
using litecast::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Pairs kT = {{"T", attr_type(DataType::kFloat)}};

std::string handle(std::string_view name) {
  return node_def(name, "VarHandleOp", {}, {{"dtype", attr_type(DataType::kFloat)}});
}

std::string read(std::string_view name, const std::string& variable) {
  return node_def(name, "ReadVariableOp", {variable}, {{"dtype", attr_type(DataType::kFloat)}});
}

std::vector<std::string> names(std::span<ir::Value* const> values) {
  std::vector<std::string> result;
  for (const ir::Value* value : values) result.push_back(value->name());
  return result;
}

class MemoryModelTest : public ::testing::Test {
 protected:
  std::unique_ptr<ir::Module> import() {
    return import_memory_model(model, options, [] {});
  }

  void set_message(MemoryModel::Kind kind, std::string bytes) {
    message = std::move(bytes);
    model.kind = kind;
    model.message = std::as_bytes(std::span(message.data(), message.size()));
  }
  void set_graph(const std::vector<std::string>& nodes) {
    set_message(MemoryModel::Kind::graph_def, graph_def(nodes, {}));
  }

  std::string problem() {
    try {
      import();
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing thrown";
  }

  std::string message;
  MemoryModel model;
  ConvertOptions options;
};

TEST_F(MemoryModelTest, TakesAVariablesValueFromMemory) {
  set_message(MemoryModel::Kind::saved_model,
              saved_model({placeholder("x"), handle("w"), read("r", "w"),
                           node_def("y", "AddV2", {"x", "r"}, kT)},
                          {}, {{"x", float_info("x:0", {2})}}, {{"y", float_info("y:0", {2})}}));
  const std::array<float, 2> values = {1.5F, 2.5F};
  model.variables.push_back({"w", {2}, std::as_bytes(std::span(values)), nullptr});
  auto module = import();
  const ir::Node* add = module->graphs()[0]->first();
  ASSERT_EQ(add->op(), ir::Op::ADD);
  const ir::ConstantPtr& constant = add->operand(1)->constant();
  ASSERT_NE(constant, nullptr);
  EXPECT_THAT(ir::real_values(*constant), ElementsAre(1.5, 2.5));
}

TEST_F(MemoryModelTest, RefusesAValueOfAnotherSize) {
  set_graph(
      {placeholder("x"), handle("w"), read("r", "w"), node_def("y", "AddV2", {"x", "r"}, kT)});
  const std::array<float, 1> values = {1.0F};
  model.variables.push_back({"w", {2}, std::as_bytes(std::span(values)), nullptr});
  EXPECT_THAT(problem(), HasSubstr("bytes"));
}

TEST_F(MemoryModelTest, SaysThatAGraphIsNotFrozen) {
  set_graph(
      {placeholder("x"), handle("w"), read("r", "w"), node_def("y", "AddV2", {"x", "r"}, kT)});
  EXPECT_THAT(problem(), HasSubstr("the graph is not frozen: the value of variable 'w'"));
}

TEST_F(MemoryModelTest, AGraphRunsFromItsPlaceholdersToWhatNobodyTakes) {
  set_graph({placeholder("b"), placeholder("a"), node_def("s", "AddV2", {"a", "b"}, kT),
             node_def("y", "Relu", {"s"}, kT)});
  auto module = import();
  EXPECT_THAT(names(module->graphs()[0]->inputs()), ElementsAre("b", "a"));
  EXPECT_THAT(names(module->graphs()[0]->outputs()), ElementsAre("y"));
  EXPECT_EQ(module->signatures[0].key, "");
}

TEST_F(MemoryModelTest, AGraphIsCutWhereTheArraysSayInTheirOrder) {
  set_graph({placeholder("x"), node_def("a", "Exp", {"x"}, kT), node_def("b", "Relu", {"a"}, kT),
             node_def("c", "Neg", {"a"}, kT)});
  options.input_arrays = {"a:0"};
  options.output_arrays = {"c", "b"};
  options.input_shapes = {{"a", {3}}};
  auto module = import();
  EXPECT_THAT(names(module->graphs()[0]->inputs()), ElementsAre("a"));
  EXPECT_THAT(names(module->graphs()[0]->outputs()), ElementsAre("c", "b"));
  options.output_arrays = {"c", "nothing"};
  EXPECT_THAT(problem(), HasSubstr("the graph has no tensors 'nothing'"));
}

TEST_F(MemoryModelTest, AGraphHasNoSignaturesToChoose) {
  set_graph({placeholder("x"), node_def("y", "Relu", {"x"}, kT)});
  options.signatures = {"serving_default"};
  EXPECT_THAT(problem(), HasSubstr("neither signatures nor tags"));
}

TEST_F(MemoryModelTest, AGraphInAFileBecomesAModelWithoutSignatures) {
  TemporaryFolder folder;
  const std::string path = folder.write(
      "frozen.pb", graph_def({placeholder("x"), node_def("y", "Relu", {"x"}, kT)}, {}));
  const Report report = convert(path, folder.file("y.tflite"), options);
  ASSERT_EQ(report.signatures.size(), 1U);
  EXPECT_EQ(report.signatures[0].inputs[0].tensor, "x");
  EXPECT_THROW(convert(path, path, options), UsageError);
}

}  // namespace
}  // namespace litecast::tensorflow
