// Branches, loops and lists of a SavedModel.
#include <gmock/gmock.h>

#include <litecast/error.h>

#include "ir/print.h"
#include "ir/verify.h"
#include "saved_model_writer.h"
#include "sources/tensorflow/importer.h"
#include "temporary_folder.h"

namespace litecast::tensorflow {
namespace {

using namespace testing;  // NOLINT: the writers are the language of these tests.
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr auto kFloat = DataType::kFloat;
constexpr auto kInt = DataType::kInt32;
constexpr auto kBool = DataType::kBool;
const Pairs kT = {{"T", attr_type(kFloat)}};
const Pairs kTInt = {{"T", attr_type(kInt)}};

std::string int_const(std::string_view name, std::int32_t value) {
  std::string bytes(reinterpret_cast<const char*>(&value), sizeof value);
  const std::string tensor = Writer().integer(1, static_cast<int>(kInt)).bytes(4, bytes).done();
  return node_def(name, "Const", {},
                  {{"dtype", attr_type(kInt)}, {"value", Writer().bytes(8, tensor).done()}});
}

// A function of one float tensor that applies one op.
std::string unary(std::string_view name, std::string_view op, std::string_view output) {
  return function_def(name, {{"x", kFloat}}, {{"y", kFloat}}, {node_def("a", op, {"x"}, kT)},
                      {{"y", fmt::format("a:{}:0", output)}});
}

std::string greater_than_zero(std::string_view name, std::string_view x) {
  return node_def(name, "Greater", {std::string(x), "zero"}, kT);
}

std::string float_zero() {
  const std::string tensor =
      Writer().integer(1, static_cast<int>(kFloat)).bytes(4, std::string(4, '\0')).done();
  return node_def("zero", "Const", {},
                  {{"dtype", attr_type(kFloat)}, {"value", Writer().bytes(8, tensor).done()}});
}

class ControlFlowTest : public ::testing::Test {
 protected:
  std::unique_ptr<ir::Module> import(const std::vector<std::string>& nodes,
                                     const std::vector<std::string>& functions,
                                     const std::vector<std::int64_t>& shape = {},
                                     std::string_view output = "y:0") {
    folder_.write(
        "saved_model.pb",
        saved_model(nodes, functions, {{"x", float_info("x:0", shape)}},
                    {{"y", float_info(output, std::vector<std::int64_t>(shape.size(), -1))}}));
    auto module = import_saved_model(folder_.path(), {}, [] {});
    ir::verify(*module);
    return module;
  }

  litecast::testing::TemporaryFolder folder_;
};

std::string if_node(std::string_view name, const std::vector<std::string>& inputs) {
  return node_def(name, "StatelessIf", inputs,
                  {{"Tcond", attr_type(kBool)},
                   {"Tin", attr_types({kFloat})},
                   {"Tout", attr_types({kFloat})},
                   {"then_branch", attr_function("then")},
                   {"else_branch", attr_function("else")}});
}

std::string while_node(std::string_view name, const std::vector<std::string>& inputs,
                       const std::vector<DataType>& types) {
  return node_def(
      name, "StatelessWhile", inputs,
      {{"T", attr_types(types)}, {"cond", attr_function("cond")}, {"body", attr_function("body")}});
}

std::vector<ir::Op> ops(const ir::Graph& graph) {
  std::vector<ir::Op> all;
  for (const ir::Node* n = graph.first(); n; n = n->next()) all.push_back(n->op());
  return all;
}

TEST_F(ControlFlowTest, ChoosesBetweenTwoGraphsByAnIf) {
  const auto module = import(
      {placeholder("x"), float_zero(), greater_than_zero("c", "x"), if_node("y", {"c", "x"})},
      {unary("then", "Relu", "activations"), unary("else", "Tanh", "y")});
  ASSERT_THAT(ops(*module->graphs()[0]), ElementsAre(ir::Op::GREATER, ir::Op::IF));
  const ir::Node& node = *module->graphs()[0]->last();
  EXPECT_THAT(ops(*node.graphs()[0]), ElementsAre(ir::Op::RELU));
  EXPECT_THAT(ops(*node.graphs()[1]), ElementsAre(ir::Op::TANH));
  EXPECT_THAT(node.operands(), SizeIs(2));
}

TEST_F(ControlFlowTest, NeedsNoIfWhereBothBranchesGiveBackTheSame) {
  const auto module =
      import({placeholder("x"), float_zero(), greater_than_zero("c", "x"), if_node("i", {"c", "x"}),
              node_def("y", "Relu", {"i"}, kT)},
             {unary("then", "Identity", "output"), unary("else", "Identity", "output")});
  EXPECT_THAT(ops(*module->graphs()[0]), ElementsAre(ir::Op::GREATER, ir::Op::RELU));
  EXPECT_THAT(module->graphs(), SizeIs(1));
}

// x and i are carried; `limit` comes back unchanged.
std::vector<std::string> counting_functions(std::string_view step = "Tanh") {
  return {function_def("cond", {{"i", kInt}, {"limit", kInt}, {"x", kFloat}}, {{"go", kBool}},
                       {node_def("less", "Less", {"i", "limit"}, kTInt)}, {{"go", "less:z:0"}}),
          function_def(
              "body", {{"i", kInt}, {"limit", kInt}, {"x", kFloat}},
              {{"i1", kInt}, {"limit1", kInt}, {"x1", kFloat}},
              {int_const("one", 1), node_def("add", "AddV2", {"i", "one:output:0"}, kTInt),
               node_def("same", "Identity", {"limit"}, kTInt), node_def("step", step, {"x"}, kT)},
              {{"i1", "add:z:0"}, {"limit1", "same:output:0"}, {"x1", "step:y:0"}})};
}

TEST_F(ControlFlowTest, RepeatsConstantsInALoopInsteadOfCarryingThem) {
  const auto module = import({placeholder("x"), int_const("zero", 0), int_const("five", 5),
                              while_node("w", {"zero", "five", "x"}, {kInt, kInt, kFloat})},
                             counting_functions(), {-1, 3}, "w:2");
  ASSERT_THAT(ops(*module->graphs()[0]), ElementsAre(ir::Op::WHILE));
  const ir::Node& loop = *module->graphs()[0]->last();
  EXPECT_THAT(loop.operands(), SizeIs(2));
  EXPECT_THAT(ops(*loop.graphs()[0]), ElementsAre(ir::Op::LESS));
  EXPECT_THAT(ops(*loop.graphs()[1]), ElementsAre(ir::Op::ADD, ir::Op::TANH));
  EXPECT_EQ(to_string(loop.result(1)->shape()), "[x_0,3]");
}

TEST_F(ControlFlowTest, LetsASizeThatGrowsBecomeFree) {
  const std::vector<std::string> functions = {
      function_def("cond", {{"x", kFloat}}, {{"go", kBool}},
                   {node_def("sum", "L2Loss", {"x"}, kT), float_zero(),
                    node_def("g", "Greater", {"sum:output:0", "zero:output:0"}, kT)},
                   {{"go", "g:z:0"}}),
      function_def(
          "body", {{"x", kFloat}}, {{"x1", kFloat}},
          {int_const("axis", 0),
           node_def("c", "ConcatV2", {"x", "x", "axis:output:0"},
                    {{"N", attr_int(2)}, {"T", attr_type(kFloat)}, {"Tidx", attr_type(kInt)}})},
          {{"x1", "c:output:0"}})};
  const auto module =
      import({placeholder("x"), while_node("y", {"x"}, {kFloat})}, functions, {2, 3});
  const ir::Node& loop = *module->graphs()[0]->last();
  EXPECT_FALSE(loop.result()->shape()[0].is_constant());
  EXPECT_EQ(loop.result()->shape()[1], ir::Dim(3));
}

TEST_F(ControlFlowTest, ReportsWhatCannotBeConvertedWithinABranch) {
  try {
    import({placeholder("x"), float_zero(), greater_than_zero("c", "x"), if_node("y", {"c", "x"})},
           {unary("then", "Svd", "s"), unary("else", "Tanh", "y")});
    FAIL() << "nothing thrown";
  } catch (const ConversionError& error) {
    ASSERT_THAT(error.diagnostics(), SizeIs(1));
    EXPECT_EQ(error.diagnostics()[0].op, "Svd");
    EXPECT_THAT(error.diagnostics()[0].places, ElementsAre("y/a"));
  }
}

// What the exception of `action` says.
template <typename Exception>
std::string told(const std::function<void()>& action) {
  try {
    action();
  } catch (const Exception& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST_F(ControlFlowTest, RefusesBranchesThatGiveDifferentTypes) {
  const std::string cast = function_def(
      "else", {{"x", kFloat}}, {{"y", kInt}},
      {node_def("a", "Cast", {"x"}, {{"SrcT", attr_type(kFloat)}, {"DstT", attr_type(kInt)}})},
      {{"y", "a:y:0"}});
  EXPECT_THAT(told<Error>([&] {
                import({placeholder("x"), float_zero(), greater_than_zero("c", "x"),
                        if_node("y", {"c", "x"})},
                       {unary("then", "Relu", "activations"), cast});
              }),
              HasSubstr("IF takes branches that give the same types"));
}

TEST_F(ControlFlowTest, RefusesAFunctionThatIsMissing) {
  EXPECT_THAT(told<MalformedInput>([&] {
                import({placeholder("x"), float_zero(), greater_than_zero("c", "x"),
                        if_node("y", {"c", "x"})},
                       {unary("then", "Relu", "activations")});
              }),
              HasSubstr("there is no function 'else'"));
}

TEST_F(ControlFlowTest, RefusesAFunctionThatCallsItself) {
  const std::string recursive =
      function_def("else", {{"x", kFloat}}, {{"y", kFloat}},
                   {float_zero(), node_def("c", "Greater", {"x", "zero:output:0"}, kT),
                    node_def("again", "StatelessIf", {"c:z:0", "x"},
                             {{"Tcond", attr_type(kBool)},
                              {"Tin", attr_types({kFloat})},
                              {"Tout", attr_types({kFloat})},
                              {"then_branch", attr_function("then")},
                              {"else_branch", attr_function("else")}})},
                   {{"y", "again:output:0"}});
  EXPECT_THAT(told<MalformedInput>([&] {
                import({placeholder("x"), float_zero(), greater_than_zero("c", "x"),
                        if_node("y", {"c", "x"})},
                       {unary("then", "Relu", "activations"), recursive});
              }),
              HasSubstr("function 'else' calls itself"));
}

TEST_F(ControlFlowTest, ReportsListsOfElementsOfDifferentShapes) {
  const Pairs element = {{"element_dtype", attr_type(kFloat)}};
  const Pairs reserve = {{"element_dtype", attr_type(kFloat)}, {"shape_type", attr_type(kInt)}};
  EXPECT_THAT(told<ConversionError>([&] {
                import(
                    {placeholder("x"), int_const("any", -1), int_const("n", 2), int_const("i", 0),
                     node_def("list", "TensorListReserve", {"any", "n"}, reserve),
                     node_def("one", "TensorListSetItem", {"list", "i", "x"}, element),
                     node_def("sum", "L2Loss", {"x"}, kT),
                     node_def("two", "TensorListSetItem", {"one", "i", "sum"}, element),
                     node_def("y", "TensorListGetItem", {"two", "i", "any"}, element)},
                    {}, {3});
              }),
              HasSubstr("different shapes"));
}

TEST_F(ControlFlowTest, ReportsAnElementThatAListDoesNotHave) {
  const auto problem = [this](int read, int written) {
    const Pairs element = {{"element_dtype", attr_type(kFloat)}};
    const Pairs reserve = {{"element_dtype", attr_type(kFloat)}, {"shape_type", attr_type(kInt)}};
    return told<ConversionError>([&] {
      import({placeholder("x"), int_const("any", -1), int_const("n", 2), int_const("i", read),
              int_const("j", written), node_def("list", "TensorListReserve", {"any", "n"}, reserve),
              node_def("one", "TensorListSetItem", {"list", "j", "x"}, element),
              node_def("y", "TensorListGetItem", {"one", "i", "any"}, element)},
             {}, {3});
    });
  };
  EXPECT_THAT(problem(5, 1), HasSubstr("element 5 of a list of 2 elements is read"));
  EXPECT_THAT(problem(-1, 1), HasSubstr("element -1 of a list of 2 elements is read"));
  EXPECT_THAT(problem(1, 2), HasSubstr("element 2 of a list of 2 elements is written"));
  EXPECT_THAT(problem(1, 0), HasSubstr("nothing thrown"));
}

TEST_F(ControlFlowTest, RefusesALoopThatChangesTheTypeOfWhatItCarries) {
  std::vector<std::string> functions = {
      function_def("cond", {{"x", kFloat}}, {{"go", kBool}},
                   {float_zero(), node_def("g", "Greater", {"x", "zero:output:0"}, kT)},
                   {{"go", "g:z:0"}}),
      function_def(
          "body", {{"x", kFloat}}, {{"x1", kInt}},
          {node_def("a", "Cast", {"x"}, {{"SrcT", attr_type(kFloat)}, {"DstT", attr_type(kInt)}})},
          {{"x1", "a:y:0"}})};
  EXPECT_THAT(told<MalformedInput>([&] {
                import({placeholder("x"), while_node("y", {"x"}, {kFloat})}, functions);
              }),
              HasSubstr("changes the type of a value that it carries"));
}

TEST_F(ControlFlowTest, ReportsMoreBranchesThanAnyModelHas) {
  Writer branches;
  for (int i = 0; i < 100'000; ++i) branches.bytes(9, Writer().bytes(1, "then").done());
  const std::string list = Writer().bytes(1, branches.done()).done();
  EXPECT_THAT(told<ConversionError>([&] {
                import({placeholder("x"),
                        node_def("i", "Cast", {"x"},
                                 {{"SrcT", attr_type(kFloat)},
                                  { "DstT",
                                    attr_type(kInt) }}),
                        node_def("y", "Case", {"i", "x"},
                                 {{"Tin", attr_types({kFloat})},
                                  {"Tout", attr_types({kFloat})},
                                  { "branches",
                                    list }})},
                       {unary("then", "Relu", "activations")});
              }),
              HasSubstr("it has 100000 branches"));
}

}  // namespace
}  // namespace litecast::tensorflow
