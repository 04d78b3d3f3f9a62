// Variables that a model assigns.
#include <gmock/gmock.h>

#include <litecast/error.h>

#include "bundle_writer.h"
#include "ir/verify.h"
#include "optimize/pipeline.h"
#include "saved_model_writer.h"
#include "sources/tensorflow/importer.h"

namespace litecast::tensorflow {
namespace {

using namespace testing;  // NOLINT: the writers are the language of these tests.
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr auto kFloat = DataType::kFloat;
const Pairs kT = {{"T", attr_type(kFloat)}};
const Pairs kDType = {{"dtype", attr_type(kFloat)}};

std::string variable(std::string_view name, const std::vector<std::int64_t>& shape) {
  return node_def(name, "VarHandleOp", {},
                  {{"dtype", attr_type(kFloat)},
                   {"shape", Writer().bytes(7, shape_proto(shape)).done()},
                   {"shared_name", attr_string(name)}});
}

std::string read(std::string_view name, std::string_view after = "w") {
  std::vector<std::string> inputs = {"w"};
  if (after != "w") inputs.push_back("^" + std::string(after));
  return node_def(name, "ReadVariableOp", inputs, kDType);
}

std::string assign(std::string_view name, std::string_view op, std::string_view value,
                   const std::vector<std::string>& after = {}) {
  std::vector<std::string> inputs = {"w", std::string(value)};
  for (const auto& node : after) inputs.push_back("^" + node);
  return node_def(name, op, inputs, kDType);
}

std::vector<std::string> ops(const ir::Graph& graph) {
  std::vector<std::string> names;
  for (const ir::Node* n = graph.first(); n; n = n->next()) names.emplace_back(ir::name(n->op()));
  return names;
}

class StateTest : public ::testing::Test {
 protected:
  StateTest() {
    BundleWriter bundle;
    bundle.add("w", kFloat, {4}, std::string(16, '\1'));
    bundle.write(folder_, "variables/variables");
  }

  std::unique_ptr<ir::Module> import(const std::vector<std::string>& nodes,
                                     const std::vector<std::string>& functions = {}) {
    folder_.write("saved_model.pb", saved_model(nodes, functions, {{"x", float_info("x:0", {4})}},
                                                {{"y", float_info("y:0", {4})}}));
    auto module = import_saved_model(folder_.path(), {}, [] {});
    ir::verify(*module);
    return module;
  }

  std::vector<Diagnostic> diagnostics(const std::vector<std::string>& nodes) {
    try {
      import(nodes);
    } catch (const ConversionError& error) {
      return error.diagnostics();
    }
    return {};
  }

  litecast::testing::TemporaryFolder folder_;
};

TEST_F(StateTest, AReadBeforeAnAssignmentIsAnotherThanOneBehindIt) {
  const auto module = import({placeholder("x"), variable("w", {4}), read("before"),
                              assign("add", "AssignAddVariableOp", "x", {"before"}),
                              read("after", "add"), node_def("y", "Sub", {"after", "before"}, kT)});
  const ir::Graph& graph = *module->graphs()[0];
  ASSERT_THAT(ops(graph), ElementsAre("CALL_ONCE", "VAR_HANDLE", "READ_VARIABLE", "ADD",
                                      "ASSIGN_VARIABLE", "SUB"));
  const ir::Node& sub = *graph.last();
  EXPECT_EQ(sub.operand(0)->producer()->op(), ir::Op::ADD);
  EXPECT_EQ(sub.operand(1)->producer()->op(), ir::Op::READ_VARIABLE);
}

TEST_F(StateTest, ControlInputsDecideTheOrderOfAssignments) {
  // In the file the second assignment stands first.
  const auto module = import(
      {placeholder("x"), variable("w", {4}), assign("second", "AssignVariableOp", "x", {"first"}),
       node_def("n", "Neg", {"x"}, kT), assign("first", "AssignVariableOp", "n"),
       node_def("y", "Relu", {"x", "^second"}, kT)});
  std::vector<const ir::Value*> assigned;
  for (const ir::Node* n = module->graphs()[0]->first(); n; n = n->next())
    if (n->op() == ir::Op::ASSIGN_VARIABLE) assigned.push_back(n->operand(1));
  ASSERT_THAT(assigned, SizeIs(2));
  EXPECT_EQ(assigned[0]->producer()->op(), ir::Op::NEG);
  EXPECT_EQ(assigned[1]->producer(), nullptr);
}

TEST_F(StateTest, TheFirstValueIsAssignedByAGraphThatRunsOnce) {
  const auto module =
      import({placeholder("x"), variable("w", {4}), assign("a", "AssignVariableOp", "x"),
              node_def("y", "Relu", {"x", "^a"}, kT)});
  const ir::Node& once = *module->graphs()[0]->first();
  ASSERT_THAT(once.graphs(), SizeIs(1));
  EXPECT_THAT(ops(*once.graphs()[0]), ElementsAre("VAR_HANDLE", "ASSIGN_VARIABLE"));
  EXPECT_TRUE(once.graphs()[0]->last()->operand(1)->is_constant());
  ASSERT_THAT(module->resources, SizeIs(1));
  EXPECT_EQ(module->resources[0].shared_name, "w");
}

std::string branch(std::string_view name, const std::vector<std::string>& nodes,
                   const Pairs& control) {
  return function_def(name, {{"w", DataType::kResource}, {"x", kFloat}}, {{"r", kFloat}}, nodes,
                      {{"r", "x"}}, control);
}

std::vector<std::string> branching_nodes(const std::vector<std::string>& y_inputs) {
  return {
      placeholder("x"),
      variable("w", {4}),
      node_def(
          "all", "Const", {},
          {{"dtype", attr_type(DataType::kInt32)},
           {"value",
            Writer()
                .bytes(8, Writer().integer(1, 3).bytes(2, shape_proto({1})).integer(7, 0).done())
                .done()}}),
      node_def("sum", "Sum", {"x", "all"},
               {{"T", attr_type(kFloat)}, {"Tidx", attr_type(DataType::kInt32)}}),
      node_def("c", "Cast", {"sum"},
               {{"SrcT", attr_type(kFloat)}, {"DstT", attr_type(DataType::kBool)}}),
      node_def("i", "If", {"c", "w", "x"},
               {{"Tcond", attr_type(DataType::kBool)},
                {"Tin", attr_types({DataType::kResource, kFloat})},
                {"Tout", attr_types({kFloat})},
                {"then_branch", attr_function("then")},
                {"else_branch", attr_function("else")}}),
      read("after", "i"),
      node_def("y", "AddV2", y_inputs, kT)};
}

std::vector<std::string> branches() {
  return {branch("then", {assign("a", "AssignVariableOp", "x")}, {{"a", "a"}}),
          branch("else", {}, {})};
}

TEST_F(StateTest, AnIfThatOnlyAssignsStays) {
  const auto module = import(branching_nodes({"after", "x"}), branches());
  optimize::optimize(*module);
  std::vector<std::string> names = ops(*module->graphs()[0]);
  EXPECT_EQ(std::ranges::count(names, "IF"), 1);
  // What it may have assigned is read behind it.
  const auto found = std::ranges::find(names, "IF");
  EXPECT_EQ(std::count(found, names.end(), "READ_VARIABLE"), 1);
}

TEST_F(StateTest, AValueReadBeforeAnIfThatAssignsIsReadAgainBehindIt) {
  auto nodes = branching_nodes({"after", "before"});
  nodes.insert(nodes.begin() + 2, read("before"));
  nodes.back() = node_def("y", "AddV2", {"after", "before"}, kT);
  const auto module = import(nodes, branches());
  const ir::Node& add = *module->graphs()[0]->last();
  EXPECT_NE(add.operand(0), add.operand(1));
}

TEST_F(StateTest, AVariableThatMayChangeItsShapeIsRefused) {
  const auto found = diagnostics(
      {placeholder("x"), variable("w", {-1}), read("r"),
       node_def("axis", "Const", {},
                {{"dtype", attr_type(DataType::kInt32)},
                 {"value", Writer().bytes(8, Writer().integer(1, 3).integer(7, 0).done()).done()}}),
       node_def(
           "longer", "ConcatV2", {"r", "x", "axis"},
           {{"T", attr_type(kFloat)}, {"N", attr_int(2)}, {"Tidx", attr_type(DataType::kInt32)}}),
       assign("a", "AssignVariableOp", "longer"), node_def("y", "Relu", {"x", "^a"}, kT)});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].reason, HasSubstr("change its shape"));
  EXPECT_THAT(found[0].remedy, HasSubstr("largest shape"));
}

TEST_F(StateTest, AnOptimizerThatHasNoCounterpartIsReportedWithARemedy) {
  const auto found =
      diagnostics({placeholder("x"), variable("w", {4}),
                   node_def("a", "ResourceSparseApplyAdagrad", {"w", "w", "x", "x", "x"}, kT),
                   node_def("y", "Relu", {"x", "^a"}, kT)});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].remedy, HasSubstr("variable.assign"));
}

TEST_F(StateTest, AVariableOfReferenceTypeIsReadWhereItIsUsed) {
  const Pairs attrs = {{"dtype", attr_type(kFloat)},
                       {"shape", Writer().bytes(7, shape_proto({4})).done()}};
  const auto module =
      import({placeholder("x"), node_def("w", "VariableV2", {}, attrs),
              node_def("read", "Identity", {"w"}, kT), node_def("a", "AssignAdd", {"w", "x"}, kT),
              node_def("y", "Mul", {"read", "x", "^a"}, kT)});
  const ir::Node& mul = *module->graphs()[0]->last();
  EXPECT_EQ(mul.operand(0)->producer()->op(), ir::Op::ADD);
}

}  // namespace
}  // namespace litecast::tensorflow
