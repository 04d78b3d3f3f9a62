// Loops and branches of TensorFlow 1.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <litecast/error.h>

#include "ir/verify.h"
#include "saved_model_writer.h"
#include "sources/tensorflow/importer.h"
#include "temporary_folder.h"

namespace litecast::tensorflow {
namespace {

using namespace testing;  // NOLINT: the writers are the language of these tests.
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr auto kFloat = DataType::kFloat;
constexpr auto kInt = DataType::kInt32;
const Pairs kT = {{"T", attr_type(kFloat)}};
const Pairs kTInt = {{"T", attr_type(kInt)}};

using Inputs = std::vector<std::string>;

std::string float_op(std::string_view op, std::string_view name, const Inputs& inputs) {
  return node_def(name, op, inputs, kT);
}

template <typename T>
std::string constant(std::string_view name, DataType type, T value, const Inputs& controls = {}) {
  std::string bytes(reinterpret_cast<const char*>(&value), sizeof value);
  const std::string tensor = Writer().integer(1, static_cast<int>(type)).bytes(4, bytes).done();
  return node_def(name, "Const", controls,
                  {{"dtype", attr_type(type)}, {"value", Writer().bytes(8, tensor).done()}});
}

std::string enter(std::string_view name, std::string_view input, std::string_view frame,
                  DataType type = kFloat, bool is_constant = false) {
  return node_def(name, "Enter", {std::string(input)},
                  {{"T", attr_type(type)},
                   {"frame_name", attr_string(frame)},
                   {"is_constant", attr_bool(is_constant)}});
}

std::string merge(std::string_view name, const Inputs& inputs, DataType type = kFloat) {
  const auto count = static_cast<std::int64_t>(inputs.size());
  return node_def(name, "Merge", inputs, {{"T", attr_type(type)}, {"N", attr_int(count)}});
}

std::string flow(std::string_view op, std::string_view name, const Inputs& inputs,
                 DataType type = kFloat) {
  return node_def(name, op, inputs, {{"T", attr_type(type)}});
}

using Nodes = std::vector<std::string>;

Nodes joined(std::initializer_list<Nodes> parts) {
  Nodes all;
  for (const Nodes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// x, and the predicate p: whether x > 0.
Nodes predicate() {
  return {placeholder("x"), constant("zero", kFloat, 0.0F),
          float_op("Greater", "p", {"x", "zero"})};
}

// name = p ? then(input) : otherwise(input), of names with that prefix.
Nodes branch(const std::string& name, const std::string& input, std::string_view then,
             std::string_view otherwise) {
  return {flow("Switch", name + "/switch", {input, "p"}),
          float_op(then, name + "/then", {name + "/switch:1"}),
          float_op(otherwise, name + "/else", {name + "/switch:0"}),
          merge(name, {name + "/else", name + "/then"})};
}

// while i < limit: y = step(y), which begins as `input`; `name` is the result.
Nodes loop(const std::string& name, const std::string& input, const Nodes& step,
           const std::string& last_step) {
  return joined({{constant(name + "/start", kInt, 0), constant(name + "/limit", kInt, 5),
                  enter(name + "/i_enter", name + "/start", name, kInt),
                  enter(name + "/y_enter", input, name),
                  enter(name + "/limit_enter", name + "/limit", name, kInt, true),
                  merge(name + "/i", {name + "/i_enter", name + "/i_next"}, kInt),
                  merge(name + "/y", {name + "/y_enter", name + "/y_next"}),
                  node_def(name + "/less", "Less", {name + "/i", name + "/limit_enter"}, kTInt),
                  node_def(name + "/go", "LoopCond", {name + "/less"}),
                  flow("Switch", name + "/i_switch", {name + "/i", name + "/go"}, kInt),
                  flow("Switch", name + "/y_switch", {name + "/y", name + "/go"}),
                  node_def(name + "/pivot", "Identity", {name + "/i_switch:1"}, kTInt),
                  constant(name + "/one", kInt, 1, {"^" + name + "/pivot"}),
                  node_def(name + "/add", "AddV2", {name + "/i_switch:1", name + "/one"}, kTInt)},
                 step,
                 {flow("NextIteration", name + "/i_next", {name + "/add"}, kInt),
                  flow("NextIteration", name + "/y_next", {last_step}),
                  flow("Exit", name, {name + "/y_switch"})}});
}

std::vector<ir::Op> ops(const ir::Graph& graph) {
  std::vector<ir::Op> all;
  for (const ir::Node* n = graph.first(); n; n = n->next()) all.push_back(n->op());
  return all;
}

class OldControlFlow : public ::testing::Test {
 protected:
  std::unique_ptr<ir::Module> import(const Nodes& nodes, std::string_view output = "y:0",
                                     const std::vector<std::string>& functions = {}) {
    folder_.write("saved_model.pb", saved_model(nodes, functions, {{"x", float_info("x:0", {})}},
                                                {{"y", float_info(output, {})}}));
    auto module = import_saved_model(folder_.path(), {}, [] {});
    ir::verify(*module);
    return module;
  }

  // What is reported: "op place: reason".
  std::vector<std::string> problems(const Nodes& nodes, std::string_view output = "y:0") {
    std::vector<std::string> all;
    try {
      import(nodes, output);
    } catch (const ConversionError& error) {
      for (const auto& d : error.diagnostics())
        all.push_back(fmt::format("{} {}: {}", d.op, d.places.front(), d.reason));
    }
    return all;
  }

  std::string malformed(const Nodes& nodes) {
    try {
      import(nodes);
    } catch (const MalformedInput& error) {
      return error.what();
    }
    return "nothing thrown";
  }

  litecast::testing::TemporaryFolder folder_;
};

TEST_F(OldControlFlow, MakesAnIfOfSwitchAndMerge) {
  const auto module = import(joined({predicate(), branch("y", "x", "Relu", "Tanh")}));
  ASSERT_THAT(ops(*module->graphs()[0]), ElementsAre(ir::Op::GREATER, ir::Op::IF));
  const ir::Node& node = *module->graphs()[0]->last();
  EXPECT_THAT(ops(*node.graphs()[0]), ElementsAre(ir::Op::RELU));
  EXPECT_THAT(ops(*node.graphs()[1]), ElementsAre(ir::Op::TANH));
  EXPECT_THAT(node.operands(), SizeIs(2));
}

TEST_F(OldControlFlow, OneIfHoldsWhatOneConditionDecidesAtOnce) {
  const auto module = import(joined({predicate(),
                                     branch("a", "x", "Relu", "Tanh"),
                                     branch("b", "x", "Exp", "Neg"),
                                     {float_op("AddV2", "y", {"a", "b"})}}));
  EXPECT_THAT(ops(*module->graphs()[0]), ElementsAre(ir::Op::GREATER, ir::Op::IF, ir::Op::ADD));
}

TEST_F(OldControlFlow, AnIfFollowsWhereABranchNeedsTheResultOfAnother) {
  const auto module = import(
      joined({predicate(), branch("a", "x", "Relu", "Tanh"), branch("y", "a", "Exp", "Neg")}));
  EXPECT_THAT(ops(*module->graphs()[0]), ElementsAre(ir::Op::GREATER, ir::Op::IF, ir::Op::IF));
}

// A constant that two branches share does not tie them together.
TEST_F(OldControlFlow, EachIfHasItsOwnCopyOfAConstant) {
  const auto module =
      import(joined({predicate(),
                     {flow("Switch", "pivot", {"p", "p"}, DataType::kBool),
                      node_def("yes", "Identity", {"pivot:1"}, {{"T", attr_type(DataType::kBool)}}),
                      constant("two", kFloat, 2.0F, {"^yes"}), flow("Switch", "sx", {"x", "p"}),
                      merge("a", {"sx", "two"}), flow("Switch", "sa", {"a", "p"}),
                      float_op("Mul", "more", {"sa:1", "two"}), merge("y", {"sa", "more"})}}));
  EXPECT_THAT(ops(*module->graphs()[0]), ElementsAre(ir::Op::GREATER, ir::Op::IF, ir::Op::IF));
}

TEST_F(OldControlFlow, TakesTheBranchOfAConstant) {
  const auto module = import(joined(
      {{placeholder("x"), constant("p", DataType::kBool, true)}, branch("y", "x", "Relu", "Svd")}));
  EXPECT_THAT(ops(*module->graphs()[0]), ElementsAre(ir::Op::RELU));
}

TEST_F(OldControlFlow, AKnownSwitchNeedsNoMerge) {
  const Nodes nodes = {placeholder("x"), constant("p", DataType::kBool, false),
                       flow("Switch", "s", {"x", "p"}), float_op("Relu", "y", {"s"})};
  EXPECT_THAT(ops(*import(nodes)->graphs()[0]), ElementsAre(ir::Op::RELU));
}

TEST_F(OldControlFlow, ABranchWithinABranchOfTheSameConditionIsKnown) {
  const auto module = import(joined(
      {predicate(),
       {flow("Switch", "outer", {"x", "p"}), flow("Switch", "inner_p", {"p", "p"}, DataType::kBool),
        flow("Switch", "inner", {"outer:1", "inner_p:1"}), float_op("Relu", "a", {"inner:1"}),
        float_op("Tanh", "b", {"inner"}), merge("m", {"a", "b"}), merge("y", {"outer", "m"})}}));
  const ir::Node& node = *module->graphs()[0]->last();
  ASSERT_EQ(node.op(), ir::Op::IF);
  EXPECT_THAT(ops(*node.graphs()[0]), ElementsAre(ir::Op::RELU));
}

// x > 0 as a number, and y of one branch for each of the ops.
Nodes many_branches(const std::vector<std::string>& unary_ops) {
  Nodes nodes =
      joined({predicate(),
              {node_def("number", "Cast", {"p"},
                        {{"SrcT", attr_type(DataType::kBool)}, {"DstT", attr_type(kInt)}}),
               node_def("s", "_SwitchN", {"x", "number"},
                        {{"T", attr_type(kFloat)},
                         {"num_outs", attr_int(static_cast<std::int64_t>(unary_ops.size()))}})}});
  Inputs results;
  for (std::size_t i = 0; i < unary_ops.size(); ++i) {
    results.push_back(fmt::format("branch{}", i));
    nodes.push_back(float_op(unary_ops[i], results.back(), {fmt::format("s:{}", i)}));
  }
  nodes.push_back(merge("y", results));
  return nodes;
}

TEST_F(OldControlFlow, ASwitchMayHaveManyBranches) {
  const auto module = import(many_branches({"Relu", "Tanh", "Exp"}));
  const ir::Node& node = *module->graphs()[0]->last();
  ASSERT_EQ(node.op(), ir::Op::IF);
  EXPECT_THAT(ops(*node.graphs()[0]), ElementsAre(ir::Op::RELU));
  EXPECT_THAT(ops(*node.graphs()[1]), ElementsAre(ir::Op::EQUAL, ir::Op::IF));
}

TEST_F(OldControlFlow, ReportsMoreBranchesThanAnyModelHas) {
  Nodes nodes = many_branches({"Relu", "Tanh"});
  nodes.push_back(node_def("t", "_SwitchN", {"x", "number"},
                           {{"T", attr_type(kFloat)}, {"num_outs", attr_int(1000)}}));
  nodes.push_back(merge("z", {"t:0", "t:999"}));
  EXPECT_THAT(problems(nodes, "z:0"), ElementsAre(HasSubstr("_SwitchN t:")));
}

TEST_F(OldControlFlow, MakesAWhileOfAFrame) {
  const auto module = import(
      joined({{placeholder("x")}, loop("y", "x", {float_op("Tanh", "t", {"y/y_switch:1"})}, "t")}));
  ASSERT_THAT(ops(*module->graphs()[0]), ElementsAre(ir::Op::WHILE));
  const ir::Node& node = *module->graphs()[0]->last();
  EXPECT_THAT(ops(*node.graphs()[0]), ElementsAre(ir::Op::LESS));
  EXPECT_THAT(ops(*node.graphs()[1]), ElementsAre(ir::Op::ADD, ir::Op::TANH));
  EXPECT_THAT(node.operands(), SizeIs(2));
}

// As TensorFlow's optimizer leaves a loop that never runs.
TEST_F(OldControlFlow, ALoopThatGoesRoundNoMoreGivesBackWhatEnters) {
  const auto module =
      import({placeholder("x"), float_op("Relu", "a", {"x"}), enter("e", "a", "f"),
              constant("go", DataType::kBool, false, {"^e"}), node_def("c", "LoopCond", {"go"}),
              flow("Switch", "s", {"e", "c"}), flow("Exit", "y", {"s"})});
  EXPECT_THAT(ops(*module->graphs()[0]), ElementsAre(ir::Op::RELU));
}

TEST_F(OldControlFlow, ALoopWithinALoopStandsInItsBody) {
  const Nodes inner =
      loop("inner", "y/y_switch:1", {float_op("Exp", "e", {"inner/y_switch:1"})}, "e");
  // The inner loop's constants stand in the outer loop, as what waits for its condition.
  Nodes within;
  for (const std::string& node : inner) within.push_back(node);
  within[0] = constant("inner/start", kInt, 0, {"^y/pivot"});
  within[1] = constant("inner/limit", kInt, 3, {"^y/pivot"});
  const auto module = import(joined({{placeholder("x")}, loop("y", "x", within, "inner")}));
  ASSERT_THAT(ops(*module->graphs()[0]), ElementsAre(ir::Op::WHILE));
  const ir::Graph& body = *module->graphs()[0]->last()->graphs()[1];
  EXPECT_THAT(ops(body), ElementsAre(ir::Op::ADD, ir::Op::WHILE));
}

TEST_F(OldControlFlow, BranchesOfALoopStandInItsBody) {
  const Nodes step = {constant("zero", kFloat, 0.0F, {"^y/pivot"}),
                      float_op("Greater", "p", {"y/y_switch:1", "zero"})};
  const auto module = import(
      joined({{placeholder("x")},
              loop("y", "x", joined({step, branch("b", "y/y_switch:1", "Relu", "Exp")}), "b")}));
  const ir::Graph& body = *module->graphs()[0]->last()->graphs()[1];
  EXPECT_THAT(ops(body), ElementsAre(ir::Op::ADD, ir::Op::GREATER, ir::Op::IF));
}

TEST_F(OldControlFlow, WorksInFunctions) {
  const std::string function = function_def(
      "f", {{"x", kFloat}}, {{"y", kFloat}},
      {constant("zero", kFloat, 0.0F), float_op("Greater", "p", {"x", "zero:output:0"}),
       flow("Switch", "s", {"x", "p:z:0"}), float_op("Relu", "a", {"s:output_true:0"}),
       float_op("Tanh", "b", {"s:output_false:0"}), merge("m", {"a:activations:0", "b:y:0"})},
      {{"y", "m:output:0"}});
  const auto module = import({placeholder("x"), node_def("y", "PartitionedCall", {"x"},
                                                         {{"Tin", attr_types({kFloat})},
                                                          {"Tout", attr_types({kFloat})},
                                                          {"f", attr_function("f")}})},
                             "y:0", {function});
  EXPECT_THAT(ops(*module->graphs()[0]), ElementsAre(ir::Op::GREATER, ir::Op::IF));
}

TEST_F(OldControlFlow, NodesKeepTheirNamesInReports) {
  EXPECT_THAT(problems(joined({predicate(), branch("y", "x", "Relu", "Svd")})),
              ElementsAre(HasSubstr("Svd y/else:")));
}

// ---- what is no loop and no branch ----

TEST_F(OldControlFlow, ReportsAnExitThatEndsNoLoop) {
  EXPECT_THAT(problems({placeholder("x"), flow("Exit", "y", {"x"})}),
              ElementsAre(AllOf(HasSubstr("Exit y:"), HasSubstr("it ends no loop"))));
}

TEST_F(OldControlFlow, ReportsALoopThatNothingEnters) {
  EXPECT_THAT(problems({placeholder("x"), merge("m", {"x", "n"}), flow("NextIteration", "n", {"m"}),
                        float_op("Relu", "y", {"m"})}),
              ElementsAre(HasSubstr("Merge m:")));
}

TEST_F(OldControlFlow, ReportsALoopWithoutACondition) {
  EXPECT_THAT(problems({placeholder("x"), enter("e", "x", "f"), merge("m", {"e", "n"}),
                        flow("NextIteration", "n", {"m"}), flow("Exit", "y", {"m"})}),
              ElementsAre(AllOf(HasSubstr("Enter e:"), HasSubstr("0 conditions"))));
}

TEST_F(OldControlFlow, ReportsAMergeOfWhatAlwaysRuns) {
  EXPECT_THAT(problems({placeholder("x"), float_op("Relu", "a", {"x"}), float_op("Exp", "b", {"x"}),
                        merge("y", {"a", "b"})}),
              ElementsAre(HasSubstr("Merge y:")));
}

TEST_F(OldControlFlow, ReportsAMergeOfBranchesOfTwoConditions) {
  EXPECT_THAT(
      problems(joined({predicate(),
                       {float_op("Less", "q", {"x", "zero"}), flow("Switch", "s", {"x", "p"}),
                        flow("Switch", "t", {"x", "q"}), merge("y", {"s", "t:1"})}})),
      ElementsAre(HasSubstr("Merge y:")));
}

// b takes what the branch of a computes, and what a gives: they are neither one If nor two.
TEST_F(OldControlFlow, ReportsABranchThatDependsOnItsOwnResult) {
  EXPECT_THAT(problems(joined({predicate(),
                               {flow("Switch", "s", {"x", "p"}), float_op("Relu", "r", {"s:1"}),
                                merge("a", {"s", "r"}), flow("Switch", "t", {"a", "p"}),
                                float_op("AddV2", "b", {"t:1", "r"}), merge("y", {"t", "b"})}})),
              Each(HasSubstr("depends on what it gives")));
}

// The reason is told once, where it is, not at all Merges behind it.
TEST_F(OldControlFlow, ReportsABrokenBranchWithinABranchOnce) {
  EXPECT_THAT(
      problems(joined({predicate(),
                       {float_op("Less", "q", {"x", "zero"}), flow("Switch", "s", {"x", "p"}),
                        flow("Switch", "q_p", {"q", "p"}, DataType::kBool),
                        flow("Switch", "t", {"s:1", "q_p:1"}), float_op("Exp", "e", {"s:1"}),
                        merge("m", {"t", "e"}), merge("y", {"s", "m"})}})),
      ElementsAre(HasSubstr("Merge m:")));
}

TEST_F(OldControlFlow, ReportsAResultThatIsThereInOneBranchAlone) {
  EXPECT_THAT(problems(joined({predicate(),
                               {flow("Switch", "s", {"x", "p"}), float_op("Relu", "y", {"s:1"})}})),
              ElementsAre(HasSubstr("Relu y:")));
}

TEST_F(OldControlFlow, ReportsAResultFromWithinALoop) {
  EXPECT_THAT(problems(joined({{placeholder("x")},
                               loop("l", "x", {float_op("Tanh", "t", {"l/y_switch:1"})}, "t")}),
                       "t:0"),
              ElementsAre(HasSubstr("Tanh t:")));
}

TEST_F(OldControlFlow, ReportsTheNumberOfTheBranchAsAResult) {
  EXPECT_THAT(
      problems(joined({predicate(),
                       branch("m", "x", "Relu", "Exp"),
                       {node_def("y", "Cast", {"m:1"},
                                 {{"SrcT", attr_type(kInt)}, {"DstT", attr_type(kFloat)}})}})),
      ElementsAre(HasSubstr("Merge m:")));
}

TEST_F(OldControlFlow, ReportsLoopsThatTakeEachOthersValues) {
  Nodes nodes = joined({{placeholder("x")},
                        loop("a", "x", {float_op("Tanh", "t", {"a/y_switch:1"})}, "t"),
                        loop("b", "x", {float_op("AddV2", "u", {"b/y_switch:1", "t"})}, "u"),
                        {float_op("AddV2", "y", {"a", "b"})}});
  EXPECT_THAT(problems(nodes), SizeIs(1));
}

TEST_F(OldControlFlow, ReportsABodyThatTakesWhatTheLoopEndsWith) {
  EXPECT_THAT(problems(joined({{placeholder("x")},
                               loop("y", "x", {float_op("Tanh", "t", {"y/y_switch:0"})}, "t")})),
              ElementsAre(HasSubstr("Enter y/")));
}

TEST_F(OldControlFlow, RefusesALoopWithoutAName) {
  EXPECT_THAT(
      malformed({placeholder("x"), node_def("e", "Enter", {"x"}, kT), flow("Exit", "y", {"e"})}),
      HasSubstr("frame_name"));
}

TEST_F(OldControlFlow, RefusesACycleThatIsNoLoop) {
  EXPECT_THAT(malformed({placeholder("x"), flow("Switch", "s", {"m", "x"}), merge("m", {"x", "s"}),
                         float_op("Relu", "y", {"m"})}),
              HasSubstr("cycle"));
}

TEST_F(OldControlFlow, RefusesASwitchWithoutAPredicate) {
  EXPECT_THAT(
      malformed({placeholder("x"), flow("Switch", "s", {"x"}), float_op("Relu", "y", {"s"})}),
      HasSubstr("'s'"));
}

TEST_F(OldControlFlow, RefusesBranchesThatNestTooDeep) {
  Nodes nodes = {placeholder("x"), constant("zero", kFloat, 0.0F)};
  std::string value = "x";
  for (int i = 0; i < 200; ++i) {
    const std::string p = fmt::format("p{}", i), s = fmt::format("s{}", i);
    nodes.push_back(float_op("Greater", p, {value, "zero"}));
    nodes.push_back(flow("Switch", s, {value, p}));
    value = s + ":1";
  }
  nodes.push_back(float_op("Relu", "y", {value}));
  EXPECT_THAT(malformed(nodes), HasSubstr("nest deeper"));
}

TEST_F(OldControlFlow, RefusesLoopsThatNestTooDeep) {
  Nodes nodes = {placeholder("x")};
  std::string value = "x";
  for (int i = 0; i < 200; ++i) {
    nodes.push_back(enter(fmt::format("e{}", i), value, fmt::format("f{}", i)));
    value = fmt::format("e{}", i);
  }
  nodes.push_back(float_op("Relu", "y", {value}));
  EXPECT_THAT(malformed(nodes), HasSubstr("loop within"));
}

// A chain of thousands of branches neither recurses nor takes quadratic time.
TEST_F(OldControlFlow, ConvertsThousandsOfBranchesInARow) {
  Nodes nodes = predicate();
  std::string value = "x";
  for (int i = 0; i < 2000; ++i) {
    const std::string name = fmt::format("b{}", i);
    for (std::string& node : branch(name, value, "Relu", "Tanh")) nodes.push_back(std::move(node));
    value = name;
  }
  nodes.push_back(float_op("Neg", "y", {value}));
  EXPECT_THAT(ops(*import(nodes)->graphs()[0]), SizeIs(2002));
}

}  // namespace
}  // namespace litecast::tensorflow
