#include "emit/loop.h"

#include "emit/arith.h"
#include "emit_fixture.h"

namespace litecast::emit {
namespace {

using testing::ElementsAre;

class EmitLoop : public EmitFixture {};

TEST_F(EmitLoop, CarriesValuesAndHandsOuterOnesThrough) {
  Value* x = input({symbol("n"), 3});
  Value* sum = input({symbol("n"), 3});
  const auto after =
      repeat(e, e.scalar_i32(4), {sum}, {x, e.scalar(DType::FLOAT32, 2)}, [](Round& round) {
        Value* doubled = mul(round.e, round.outer[0], round.outer[1]);
        return std::vector{add(round.e, round.carried[0], doubled)};
      });
  ASSERT_EQ(after.size(), 1);
  EXPECT_EQ(after[0]->type(), sum->type());
  const ir::Node& loop = *after[0]->producer();
  ASSERT_EQ(loop.op(), Op::WHILE);
  EXPECT_THAT(loop.operands(), ElementsAre(e.scalar_i32(0), sum, e.scalar_i32(4), x));
  const ir::Graph& body = *loop.graphs()[1];
  EXPECT_EQ(body.outputs()[2], body.inputs()[2]);
  EXPECT_EQ(body.outputs()[3], body.inputs()[3]);
  EXPECT_EQ(loop.graphs()[0]->outputs()[0]->producer()->op(), Op::LESS);
}

TEST_F(EmitLoop, RefusesABodyThatChangesTheTypeOfWhatItCarries) {
  Value* x = input({2});
  EXPECT_THROW(
      repeat(e, e.scalar_i32(4), {x}, {}, [](Round& round) { return std::vector{round.number}; }),
      Unsupported);
}

}  // namespace
}  // namespace litecast::emit
