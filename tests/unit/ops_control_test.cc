#include "op_fixture.h"

namespace litecast::ops {
namespace {

using testing::Optional;
using Kind = LimitViolation::Kind;
using Control = OpFixture;
using Resource = OpFixture;
using Random = OpFixture;

TEST_F(Control, BranchesAgreeOnWhatTheyShare) {
  const ir::Dim n = symbol("n");
  ir::Graph& then = module_.add_graph("then");
  ir::Graph& otherwise = module_.add_graph("else");
  then.set_outputs({then.add_input({FLOAT32, {n, 3}})});
  otherwise.set_outputs({otherwise.add_input({FLOAT32, {n, 4}})});
  const auto result = builder_.add({.op = Op::IF,
                                    .operands = {input(BOOL, {}), input(FLOAT32, {n, 3})},
                                    .graphs = {&then, &otherwise}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->at(0)->shape()[0], n);
  EXPECT_FALSE(result->at(0)->shape()[1].is_constant());
}

TEST_F(Control, ALoopNeedsBothBodiesAndTheirSlots) {
  ir::Graph& condition = module_.add_graph("condition");
  ir::Graph& body = module_.add_graph("body");
  condition.add_input({INT32, {}});
  condition.set_outputs({condition.add_input({BOOL, {}})});
  body.set_outputs({body.add_input({INT32, {}})});
  const ir::Values slots = {input(INT32, {})};
  EXPECT_FALSE(builder_.add({.op = Op::WHILE, .operands = slots}));
  EXPECT_FALSE(builder_.add({.op = Op::WHILE, .operands = slots, .graphs = {&condition, &body}}));
}

TEST_F(Control, AnAbsentSlotIsRefused) {
  EXPECT_THAT(refusal(Op::WHILE, {nullptr}), Optional(Kind::option));
}

TEST_F(Resource, TablesMapBetweenIntegersAndStrings) {
  tflite::HashtableOptionsT options;
  options.key_dtype = STRING;
  options.value_dtype = INT64;
  ir::Value* table = add(Op::HASHTABLE, {}, options);
  ir::Value* found = add(Op::HASHTABLE_FIND, {table, input(STRING, {5}), input(INT64, {})});
  EXPECT_EQ(found->type(), (ir::Type{INT64, {5}}));
  options.value_dtype = FLOAT32;
  EXPECT_THAT(refusal(Op::HASHTABLE, {}, options), Optional(Kind::dtype));
}

TEST_F(Resource, AWriteSeparatesReads) {
  ir::Value* variable = add(Op::VAR_HANDLE, {});
  const ir::Type type = {FLOAT32, {2}};
  ir::Value* first = ask(Op::READ_VARIABLE, {variable}, {}, {type})->at(0);
  ir::Value* again = ask(Op::READ_VARIABLE, {variable}, {}, {type})->at(0);
  ASSERT_TRUE(ask(Op::ASSIGN_VARIABLE, {variable, first}));
  ir::Value* after = ask(Op::READ_VARIABLE, {variable}, {}, {type})->at(0);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, after);
}

TEST_F(Random, IsNeitherSharedNorFolded) {
  ir::Value* shape = i32({2}, {2, 3});
  ir::Value* a = add(Op::RANDOM_UNIFORM, {shape});
  EXPECT_NE(a, add(Op::RANDOM_UNIFORM, {shape}));
  EXPECT_FALSE(a->is_constant());
  EXPECT_EQ(a->shape(), (ir::Shape{2, 3}));
}

TEST_F(Random, RefusesNegativeSizes) {
  EXPECT_THAT(refusal(Op::RANDOM_UNIFORM, {i32({1}, {-4})}), Optional(Kind::shape));
}

}  // namespace
}  // namespace litecast::ops
