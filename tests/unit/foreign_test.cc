// Ops that kernels outside of the runtime run.
#include <flatbuffers/flexbuffers.h>
#include <gmock/gmock.h>

#include <litecast/error.h>

#include "ir/print.h"
#include "optimize/pipeline.h"
#include "saved_model_writer.h"
#include "sources/tensorflow/custom_options.h"
#include "sources/tensorflow/flex_ops.h"
#include "sources/tensorflow/importer.h"
#include "temporary_folder.h"

namespace litecast::tensorflow {
namespace {

using namespace testing;  // NOLINT: the writers are the language of these tests.
using litecast::testing::TemporaryFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kFloat = DataType::kFloat;
const Pairs kT = {{"T", attr_type(kFloat)}};

class ForeignTest : public ::testing::Test {
 protected:
  std::unique_ptr<ir::Module> import(const std::vector<std::string>& nodes,
                                     const std::vector<std::string>& functions = {}) {
    folder.write("saved_model.pb",
                 saved_model(nodes, functions, {{"x", float_info("x:0", {-1, 4, 3})}},
                             {{"y", float_info("y:0", {-1, 4, 3})}}));
    auto module = import_saved_model(folder.path(), options, [] {});
    optimize::optimize(*module);
    return module;
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

  static std::vector<std::string> ops(const ir::Module& module) {
    std::vector<std::string> names;
    for (const ir::Node* node = module.graphs()[0]->first(); node; node = node->next())
      names.push_back(node->op() == ir::Op::CUSTOM ? node->custom_name()
                                                   : std::string(ir::name(node->op())));
    return names;
  }

  TemporaryFolder folder;
  ConvertOptions options;
};

const std::vector<std::string> kQr = {placeholder("x"), node_def("qr", "Qr", {"x"}, kT),
                                      node_def("y", "Relu", {"qr"}, kT)};

TEST_F(ForeignTest, OpsWithoutCounterpartAreLeftToTensorFlowWhereThatIsAllowed) {
  EXPECT_THAT(problem(kQr), AllOf(HasSubstr("Qr: "), HasSubstr("--select-tf-ops")));
  options.select_tf_ops = SelectTfOps::where_needed;
  auto module = import(kQr);
  EXPECT_THAT(ops(*module), ElementsAre("FlexQr", "RELU"));
  const ir::Node& node = *module->graphs()[0]->first();
  EXPECT_EQ(to_string(node.result(0)->shape()), "[x_0,4,3]");
  EXPECT_EQ(to_string(node.result(1)->shape()), "[x_0,3,3]");
}

TEST_F(ForeignTest, TheirOptionsAreNameAndNodeWithoutNames) {
  options.select_tf_ops = SelectTfOps::where_needed;
  auto module = import(kQr);
  const auto bytes = module->graphs()[0]->first()->custom_bytes();
  const auto vector = flexbuffers::GetRoot(bytes.data(), bytes.size()).AsVector();
  ASSERT_EQ(vector.size(), 2u);
  EXPECT_EQ(vector[0].AsString().str(), "Qr");
  // The default of full_matrices stands in no node of the file.
  EXPECT_EQ(vector[1].AsString().str(),
            Writer()
                .bytes(2, "Qr")
                .bytes(3, "")
                .map(5, {{"T", attr_type(kFloat)}, {"full_matrices", attr_bool(false)}})
                .done());
}

TEST_F(ForeignTest, AreSharedAndDroppedAsOtherOpsAre) {
  options.select_tf_ops = SelectTfOps::where_needed;
  auto module =
      import({placeholder("x"), node_def("a", "Qr", {"x"}, kT), node_def("b", "Qr", {"x"}, kT),
              node_def("unused", "Qr", {"a"}, kT), node_def("y", "AddV2", {"a", "b"}, kT)});
  EXPECT_THAT(ops(*module), ElementsAre("FlexQr", "ADD"));
}

TEST_F(ForeignTest, StatefulOpsAreNeitherSharedNorDropped) {
  options.select_tf_ops = SelectTfOps::where_needed;
  const Pairs types = {{"T", attr_type(kFloat)}, {"S", attr_type(DataType::kInt32)}};
  auto module =
      import({placeholder("x"), node_def("shape", "Shape", {"x"}, kT),
              node_def("a", "RandomGamma", {"shape", "x"}, types),
              node_def("b", "RandomGamma", {"shape", "x"}, types),
              node_def("sum", "Sub", {"a", "b"}, kT), node_def("y", "Relu", {"sum"}, kT)});
  int gammas = 0;
  for (const std::string& op : ops(*module)) gammas += op == "FlexRandomGamma";
  EXPECT_EQ(gammas, 2);
}

TEST_F(ForeignTest, AreForcedWithTheTypesThatTheOpsLoweringFinds) {
  options.select_tf_ops = SelectTfOps::always;
  const std::string axes =
      Writer().integer(1, 3).bytes(2, shape_proto({3})).packed_integers(7, {0, 2, 1}).done();
  auto module =
      import({placeholder("x"),
              node_def("axes", "Const", {},
                       {{"dtype", attr_type(DataType::kInt32)},
                        {"value", Writer().bytes(8, axes).done()}}),
              node_def("t", "Transpose", {"x", "axes"}, kT), node_def("y", "Relu", {"t"}, kT)});
  EXPECT_THAT(ops(*module), ElementsAre("FlexTranspose", "FlexRelu"));
  EXPECT_EQ(to_string(module->graphs()[0]->first()->result()->shape()), "[x_0,3,4]");
}

TEST_F(ForeignTest, OnlyOpsOnTheListAreSelectTfOps) {
  EXPECT_TRUE(is_select_tf_op("Qr"));
  EXPECT_TRUE(is_select_tf_op("SentencepieceOp"));
  EXPECT_FALSE(is_select_tf_op("Qr "));
  EXPECT_FALSE(is_select_tf_op(""));
  options.select_tf_ops = SelectTfOps::where_needed;
  const std::vector<std::string> svd = {placeholder("x"), node_def("svd", "Svd", {"x"}, kT),
                                        node_def("y", "Relu", {"svd:1"}, kT)};
  EXPECT_THAT(problem(svd), AllOf(HasSubstr("--allow-custom-ops=Svd"), Not(HasSubstr("select"))));
  options.select_user_tf_ops = {"Svd"};
  EXPECT_THAT(ops(*import(svd)), ElementsAre("FlexSvd", "RELU"));
  options.select_user_tf_ops = {};
  options.select_all_tf_ops = true;
  EXPECT_THAT(ops(*import(svd)), ElementsAre("FlexSvd", "RELU"));
}

TEST_F(ForeignTest, AssertionsAreKeptWhereThatIsAsked) {
  const std::string truth = Writer().integer(1, 10).bytes(2, "").integer(11, 1).done();
  const std::vector<std::string> nodes = {
      placeholder("x"),
      node_def("true", "Const", {},
               {{"dtype", attr_type(DataType::kBool)}, {"value", Writer().bytes(8, truth).done()}}),
      node_def("check", "Assert", {"true", "x"}, {{"T", attr_types({kFloat})}}),
      node_def("y", "Relu", {"x", "^check"}, kT)};
  EXPECT_THAT(ops(*import(nodes)), ElementsAre("RELU"));
  options.preserve_asserts = true;
  EXPECT_THAT(problem(nodes), HasSubstr("Assert: no builtin operator checks an assertion"));
  options.select_tf_ops = SelectTfOps::where_needed;
  EXPECT_THAT(ops(*import(nodes)), ElementsAre("FlexAssert", "RELU"));
}

TEST_F(ForeignTest, AnyOpMayBeASelectTfOp) {
  const std::vector<std::string> svd = {placeholder("x"), node_def("svd", "Svd", {"x"}, kT),
                                        node_def("y", "Relu", {"svd:1"}, kT)};
  options.select_all_tf_ops = true;
  EXPECT_THAT(problem(svd), HasSubstr("Svd: "));
  options.select_tf_ops = SelectTfOps::where_needed;
  EXPECT_THAT(ops(*import(svd)), ElementsAre("FlexSvd", "RELU"));
  options.select_tf_ops = SelectTfOps::always;
  EXPECT_THAT(ops(*import(svd)), ElementsAre("FlexSvd", "FlexRelu"));
}

TEST_F(ForeignTest, AssertionsStayInBranchesOfTensorFlow1) {
  const Pairs bools = {{"T", attr_type(DataType::kBool)}};
  const Pairs data = {{"T", attr_types({kFloat})}};
  const std::string numbers =
      Writer().integer(1, 3).bytes(2, shape_proto({3})).packed_integers(7, {0, 1, 2}).done();
  const Pairs axes = {{"dtype", attr_type(DataType::kInt32)},
                      {"value", Writer().bytes(8, numbers).done()}};
  const std::vector<std::string> nodes = {
      placeholder("x"),
      node_def("less", "Less", {"x", "x"}, kT),
      node_def("axes", "Const", {}, axes),
      node_def("all", "All", {"less", "axes"}),
      node_def("switch", "Switch", {"all", "all"}, bools),
      node_def("value", "Switch", {"x", "all"}, kT),
      node_def("fine", "Identity", {"switch:1"}, bools),
      node_def("assert", "Assert", {"switch", "value"}, data),
      node_def("failed", "Identity", {"switch", "^assert"}, bools),
      node_def("merge", "Merge", {"failed", "fine"},
               {{"T", attr_type(DataType::kBool)}, {"N", attr_int(2)}}),
      node_def("y", "Relu", {"x", "^merge"}, kT)};
  options.select_tf_ops = SelectTfOps::where_needed;
  EXPECT_THAT(ops(*import(nodes)), ElementsAre("RELU"));
  options.preserve_asserts = true;
  EXPECT_THAT(ops(*import(nodes)), ElementsAre("LESS", "REDUCE_ALL", "IF", "RELU"));
}

TEST_F(ForeignTest, CustomOpsKeepTheirAttributes) {
  options.allow_custom_ops = true;
  options.custom_ops = {"Other"};
  EXPECT_THAT(problem(kQr), HasSubstr("Qr: "));
  options.custom_ops = {"Other", "Qr"};
  auto module = import(kQr);
  EXPECT_THAT(ops(*module), ElementsAre("Qr", "RELU"));
  const auto bytes = module->graphs()[0]->first()->custom_bytes();
  const auto map = flexbuffers::GetRoot(bytes.data(), bytes.size()).AsMap();
  ASSERT_EQ(map.size(), 2u);
  EXPECT_EQ(map["T"].AsInt32(), 0);
  EXPECT_FALSE(map["full_matrices"].AsBool());
}

TEST_F(ForeignTest, SelectTfOpsComeBeforeCustomOps) {
  options.allow_custom_ops = true;
  options.select_tf_ops = SelectTfOps::where_needed;
  EXPECT_THAT(ops(*import(kQr)), ElementsAre("FlexQr", "RELU"));
}

TEST_F(ForeignTest, WhatBelongsToTheGraphIsNoKernels) {
  options.select_tf_ops = SelectTfOps::where_needed;
  options.allow_custom_ops = true;
  EXPECT_THAT(problem({placeholder("x"), placeholder("z"), node_def("y", "AddV2", {"x", "z"}, kT)}),
              HasSubstr("Placeholder: "));
  const std::string identity =
      function_def("f", {{"x", kFloat}}, {{"y", kFloat}}, {}, {{"y", "x"}});
  EXPECT_THAT(problem({placeholder("x"),
                       node_def("map", "MapDefun", {"x"},
                                {{"f", attr_function("f")},
                                 {"Targuments", attr_types({kFloat})},
                                 {"Tcaptured", attr_types({})},
                                 {"output_types", attr_types({kFloat})}}),
                       node_def("y", "Relu", {"map"}, kT)},
                      {identity}),
              HasSubstr("MapDefun: "));
}

TEST_F(ForeignTest, AFewBytesDoNotClaimManyResults) {
  options.select_tf_ops = SelectTfOps::where_needed;
  EXPECT_THAT(problem({placeholder("x"),
                       node_def("a", "CTCBeamSearchDecoder", {"x", "x"},
                                {{"beam_width", attr_int(1)}, {"top_paths", attr_int(300000)}}),
                       node_def("y", "Relu", {"a"}, kT)}),
              HasSubstr("900001 results"));
}

TEST_F(ForeignTest, OpsThatNobodyDefinesAreRefused) {
  options.allow_custom_ops = true;
  EXPECT_THAT(problem({placeholder("x"), node_def("a", "Mine", {"x"}, kT),
                       node_def("y", "Relu", {"a"}, kT)}),
              HasSubstr("what it takes and gives"));
}

}  // namespace
}  // namespace litecast::tensorflow
