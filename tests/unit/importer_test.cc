#include "sources/tensorflow/importer.h"

#include <gmock/gmock.h>

#include <litecast/error.h>
#include "bundle_writer.h"
#include "saved_model_writer.h"
#include "temporary_folder.h"
#include "tensorflow_writers.h"

namespace litecast::tensorflow {
namespace {

using namespace testing;  // NOLINT: the writers are the language of these tests.
using litecast::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr auto kFloat = DataType::kFloat;
const Pairs kT = {{"T", attr_type(kFloat)}};

std::string call(std::string_view name, std::string_view function,
                 const std::vector<std::string>& inputs, std::size_t outputs = 1) {
  std::vector<DataType> ins(inputs.size(), kFloat), outs(outputs, kFloat);
  return node_def(
      name, "PartitionedCall", inputs,
      {{"f", attr_function(function)}, {"Tin", attr_types(ins)}, {"Tout", attr_types(outs)}});
}

std::string scalar_const(std::string_view name, DataType type, const std::string& value) {
  const std::string tensor = Writer().integer(1, static_cast<int>(type)).bytes(4, value).done();
  return node_def(name, "Const", {},
                  {{"dtype", attr_type(type)}, {"value", Writer().bytes(8, tensor).done()}});
}

// A function of one float tensor made of unary nodes that follow each other, {name, op}.
std::string chain(std::string_view function,
                  const std::vector<std::pair<std::string, std::string>>& ops) {
  std::vector<std::string> nodes;
  std::string last = "x";
  for (const auto& [name, op] : ops) {
    const bool is_call = op.starts_with("call ");
    nodes.push_back(is_call ? call(name, op.substr(5), {last}) : node_def(name, op, {last}, kT));
    last = name + (is_call            ? ":output:0"
                   : op == "Identity" ? ":output:0"
                   : op == "Relu"     ? ":activations:0"
                                      : ":y:0");
  }
  return function_def(function, {{"x", kFloat}}, {{"y", kFloat}}, nodes, {{"y", last}});
}

class ImporterTest : public ::testing::Test {
 protected:
  // A model of one signature.
  std::unique_ptr<ir::Module> import(const std::vector<std::string>& nodes,
                                     const std::vector<std::string>& functions = {},
                                     const Pairs& inputs = {{"x", float_info("x:0", {-1, 4})}},
                                     const Pairs& outputs = {{"y", float_info("y:0", {-1, 4})}}) {
    folder.write("saved_model.pb", saved_model(nodes, functions, inputs, outputs));
    return import_saved_model(folder.path(), options, [] {});
  }

  std::string problem(const std::vector<std::string>& nodes,
                      const std::vector<std::string>& functions = {}) {
    try {
      import(nodes, functions);
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing thrown";
  }

  std::vector<Diagnostic> diagnostics(const std::vector<std::string>& nodes,
                                      const Pairs& inputs = {{"x", float_info("x:0", {-1, 4})}}) {
    try {
      import(nodes, {}, inputs);
    } catch (const ConversionError& error) {
      return error.diagnostics();
    }
    return {};
  }

  static std::vector<std::string> ops(const ir::Module& module) {
    std::vector<std::string> names;
    for (const ir::Node* node = module.graphs()[0]->first(); node; node = node->next())
      names.emplace_back(ir::name(node->op()));
    return names;
  }

  TemporaryFolder folder;
  ConvertOptions options;
};

TEST_F(ImporterTest, GivesInputsAndOutputsTheNamesOfTheirTensors) {
  auto module = import({placeholder("x"), node_def("y", "Relu", {"x"}, kT)});
  const ir::Graph& graph = *module->graphs()[0];
  EXPECT_EQ(graph.name(), "main");
  EXPECT_EQ(graph.inputs()[0]->name(), "x:0");
  EXPECT_EQ(graph.outputs()[0]->name(), "y:0");
  EXPECT_EQ(to_string(graph.outputs()[0]->shape()), "[x_0,4]");
  EXPECT_EQ(module->signatures[0].key, "serving_default");
  EXPECT_EQ(module->signatures[0].inputs[0].name, "x");
}

TEST_F(ImporterTest, ReportsAnInputOfATypeThatTheRuntimeLacksOnce) {
  const std::string other = Writer().bytes(1, "x:0").integer(2, 0).bytes(3, "").done();
  const auto told = diagnostics({placeholder("x"), node_def("sum", "AddV2", {"x", "x"}, kT),
                                 node_def("y", "Relu", {"sum"}, kT)},
                                {{"x", other}});
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].op, "Placeholder");
}

TEST_F(ImporterTest, AnInputThatACutLeavesOutMayBeOfAnyType) {
  const std::string other = Writer().bytes(1, "x:0").integer(2, 0).bytes(3, "").done();
  options.input_arrays = {"sum:0"};
  options.output_arrays = {"y:0"};
  auto module = import({placeholder("x"), node_def("sum", "AddV2", {"x", "x"}, kT),
                        node_def("y", "Relu", {"sum"}, kT)},
                       {}, {{"x", other}});
  EXPECT_EQ(module->graphs()[0]->inputs()[0]->name(), "sum:0");
}

TEST_F(ImporterTest, WalksIntoCallsAndNamesTheLayerOfEachNode) {
  auto module = import({placeholder("x"), call("StatefulPartitionedCall", "outer", {"x"}),
                        node_def("y", "Identity", {"StatefulPartitionedCall"}, kT)},
                       {chain("outer", {{"model/dense/PartitionedCall_1", "call inner"}}),
                        chain("inner", {{"activation/Relu", "Relu"}})});
  ASSERT_THAT(ops(*module), ElementsAre("RELU"));
  EXPECT_EQ(module->graphs()[0]->first()->provenance(), "model/dense/activation/Relu");
}

TEST_F(ImporterTest, CallsAFunctionThatIsNamedLikeAnOp) {
  auto module = import({placeholder("x"), node_def("y", "my_relu", {"x"})},
                       {chain("my_relu", {{"r", "Relu"}})});
  EXPECT_THAT(ops(*module), ElementsAre("RELU"));
}

TEST_F(ImporterTest, RefusesAFunctionThatCallsItself) {
  EXPECT_THAT(problem({placeholder("x"), call("y", "f", {"x"})},
                      {chain("f", {{"a", "call g"}}), chain("g", {{"a", "call f"}})}),
              HasSubstr("function 'f' calls itself"));
}

TEST_F(ImporterTest, RefusesFunctionsThatDoubleAtEachLevel) {
  std::vector<std::string> functions = {chain("f0", {{"a", "Relu"}, {"b", "Relu"}})};
  for (int level = 1; level <= 40; ++level) {
    const std::string callee = "call f" + std::to_string(level - 1);
    functions.push_back(chain("f" + std::to_string(level), {{"a", callee}, {"b", callee}}));
  }
  EXPECT_THAT(problem({placeholder("x"), call("y", "f40", {"x"})}, functions),
              HasSubstr("expand to more than"));
}

TEST_F(ImporterTest, RefusesCallsThatNestTooDeep) {
  std::vector<std::string> functions = {chain("f0", {{"a", "Relu"}})};
  for (int level = 1; level <= 500; ++level)
    functions.push_back(
        chain("f" + std::to_string(level), {{"a", "call f" + std::to_string(level - 1)}}));
  EXPECT_THAT(problem({placeholder("x"), call("y", "f500", {"x"})}, functions),
              HasSubstr("called through more than"));
}

TEST_F(ImporterTest, RefusesACallWithAnotherNumberOfArguments) {
  EXPECT_THAT(
      problem({placeholder("x"), call("y", "f", {"x", "x"})}, {chain("f", {{"a", "Relu"}})}),
      HasSubstr("calls 'f' with 2 arguments, which takes 1"));
}

TEST_F(ImporterTest, ReportsEachUnknownOpOnceAndNotWhatFollowsFromIt) {
  auto found = diagnostics(
      {placeholder("x"), node_def("a", "Unfathomable", {"x"}), node_def("b", "Unfathomable", {"x"}),
       node_def("c", "Inscrutable", {"x"}), node_def("ab", "AddV2", {"a", "b"}, kT),
       node_def("y", "AddV2", {"ab", "c"}, kT)});
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].op, "Unfathomable");
  EXPECT_THAT(found[0].places, ElementsAre("a", "b"));
  EXPECT_EQ(found[1].op, "Inscrutable");
}

TEST_F(ImporterTest, SaysWhereToCutAModelThatDecodesImages) {
  const Pairs string_input = {{"x", Writer().bytes(1, "x:0").integer(2, 7).bytes(3, "").done()}};
  auto found =
      diagnostics({node_def("x", "Placeholder", {}, {{"dtype", attr_type(DataType::kString)}}),
                   node_def("decode", "DecodeJpeg", {"x"}), node_def("y", "Relu", {"decode"}, kT)},
                  string_input);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].remedy, HasSubstr("--input-arrays decode:0"));
}

TEST_F(ImporterTest, BeginsAndEndsWhereTheUserCuts) {
  options.input_arrays = {"a"};
  options.output_arrays = {"b:0"};
  options.input_shapes = {{"a", {2, 3}}};
  auto module = import({placeholder("x"), node_def("a", "Neg", {"x"}, kT),
                        node_def("b", "Relu", {"a"}, kT), node_def("y", "Unfathomable", {"b"})});
  const ir::Graph& graph = *module->graphs()[0];
  EXPECT_THAT(ops(*module), ElementsAre("RELU"));
  ASSERT_THAT(graph.inputs(), SizeIs(1));
  EXPECT_EQ(graph.inputs()[0]->name(), "a:0");
  EXPECT_EQ(to_string(graph.inputs()[0]->shape()), "[2,3]");
  EXPECT_EQ(graph.outputs()[0]->name(), "b:0");
}

TEST_F(ImporterTest, NamesSimilarTensorsWhenACutIsUnknown) {
  options.output_arrays = {"Relu:0"};
  EXPECT_THAT(problem({placeholder("x"), node_def("layer/Relu", "Relu", {"x"}, kT),
                       node_def("y", "Neg", {"layer/Relu"}, kT)}),
              HasSubstr("there are: layer/Relu"));
}

TEST_F(ImporterTest, TakesTheBranchOfAKnownCondition) {
  const Pairs attrs = {{"then_branch", attr_function("yes")},
                       {"else_branch", attr_function("no")},
                       {"Tcond", attr_type(DataType::kBool)},
                       {"Tin", attr_types({kFloat})},
                       {"Tout", attr_types({kFloat})}};
  auto module = import({placeholder("x"), scalar_const("c", DataType::kBool, std::string(1, '\1')),
                        node_def("y", "StatelessIf", {"c", "x"}, attrs)},
                       {chain("yes", {{"r", "Relu"}}), chain("no", {{"n", "Neg"}})});
  EXPECT_THAT(ops(*module), ElementsAre("RELU"));
}

TEST_F(ImporterTest, FixesSizesThatTheModelLeavesFree) {
  options.input_shapes = {{"x", {8, -1}}};
  auto module = import({placeholder("x"), node_def("y", "Relu", {"x"}, kT)});
  EXPECT_EQ(to_string(module->graphs()[0]->inputs()[0]->shape()), "[8,4]");
  options.input_shapes = {{"x", {8, 5}}};
  EXPECT_THAT(problem({placeholder("x"), node_def("y", "Relu", {"x"}, kT)}),
              HasSubstr("contradicts the model's"));
  options.input_shapes = {{"z", {8, 5}}};
  EXPECT_THAT(problem({placeholder("x"), node_def("y", "Relu", {"x"}, kT)}),
              HasSubstr("the inputs are: x"));
}

class VariableTest : public ImporterTest {
 protected:
  static std::vector<std::string> nodes(const std::string& more) {
    const Pairs handle = {{"dtype", attr_type(kFloat)},
                          {"shape", Writer().bytes(7, shape_proto({4})).done()},
                          {"shared_name", attr_string("w")}};
    const Pairs dtype = {{"dtype", attr_type(kFloat)}};
    return {placeholder("x"), node_def("w", "VarHandleOp", {}, handle),
            node_def("read", "ReadVariableOp", {"w"}, dtype), more,
            node_def("y", "AddV2", {"x", "read", "^more"}, kT)};
  }
  void write_checkpoint(const std::string& key = "w") {
    BundleWriter bundle;
    bundle.add(key, kFloat, {4}, std::string(16, '\1'));
    bundle.write(folder, "variables/variables");
  }
};

TEST_F(VariableTest, AVariableThatNothingWritesIsItsConstant) {
  write_checkpoint();
  auto module = import(nodes(node_def("more", "NoOp")));
  EXPECT_THAT(ops(*module), ElementsAre("ADD"));
  EXPECT_TRUE(module->graphs()[0]->first()->operand(1)->is_constant());
}

TEST_F(VariableTest, AVariableThatIsAssignedStaysOne) {
  write_checkpoint();
  auto module = import(
      nodes(node_def("more", "AssignVariableOp", {"w", "x"}, {{"dtype", attr_type(kFloat)}})));
  EXPECT_THAT(ops(*module),
              ElementsAre("CALL_ONCE", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE", "ADD"));
}

TEST_F(VariableTest, AVariableWithoutValueIsReported) {
  write_checkpoint("another");
  auto found = diagnostics(nodes(node_def("more", "NoOp")));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].reason, HasSubstr("no value in the checkpoint"));
}

TEST_F(VariableTest, ACheckpointThatIsMissingIsMalformedInput) {
  EXPECT_THROW(import(nodes(node_def("more", "NoOp"))), MalformedInput);
}

class OrderTest : public ImporterTest {
 protected:
  std::vector<std::string> input_order() {
    const std::vector<std::string> names = {"a", "m", "x", "y"};
    Pairs inputs;
    std::vector<std::string> nodes;
    Args args;
    for (const auto& name : names) {
      inputs.emplace_back(name, float_info(name + ":0", {4}));
      nodes.push_back(placeholder(name));
      args.emplace_back(name, kFloat);
    }
    nodes.push_back(call("out", "wrapper", names));
    const std::vector<std::string> declared = {"x", "a", "y", "m"};
    auto module = import(
        nodes,
        {function_def("wrapper", args, {{"r", kFloat}}, {call("PartitionedCall", "f", declared)},
                      {{"r", "PartitionedCall:output:0"}}),
         function_def("f", {{"x", kFloat}, {"a", kFloat}, {"y", kFloat}, {"m", kFloat}},
                      {{"r", kFloat}}, {node_def("r", "Neg", {"x"}, kT)}, {{"r", "r:y:0"}})},
        inputs, {{"o", float_info("out:0", {4})}});
    std::vector<std::string> order;
    for (const ir::Value* input : module->graphs()[0]->inputs()) order.push_back(input->name());
    return order;
  }
};

TEST_F(OrderTest, IsThatOfTheReferenceConverter) {
  EXPECT_THAT(input_order(), ElementsAre("y:0", "a:0", "x:0", "m:0"));
}

TEST_F(OrderTest, IsThatOfTheFunctionWhenAskedFor) {
  options.io_order = IoOrder::declared;
  EXPECT_THAT(input_order(), ElementsAre("x:0", "a:0", "y:0", "m:0"));
}

}  // namespace
}  // namespace litecast::tensorflow
