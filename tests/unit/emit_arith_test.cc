#include "emit/arith.h"

#include <cmath>
#include <limits>

#include "emit_fixture.h"

namespace litecast::emit {
namespace {

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

class EmitArith : public EmitFixture {
 protected:
  Value* i64(std::vector<std::int64_t> values) {
    const ir::StaticShape shape = {static_cast<std::int64_t>(values.size())};
    return e.constant(ir::Constant::of<std::int64_t>(ir::DType::INT64, shape, values));
  }
  std::vector<std::int64_t> integers(ir::Op op, Value* a, Value* b) {
    return ir::integer_values(*binary(e, op, a, b)->constant());
  }
};

TEST_F(EmitArith, Int64BeyondSizesIsNotNarrowed) {
  constexpr std::int64_t kBig = std::int64_t{3} << 31;
  EXPECT_EQ(integers(ir::Op::FLOOR_DIV, i64({-kBig, 7}), i64({2, 2})),
            (std::vector<std::int64_t>{-kBig / 2, 3}));
}

TEST_F(EmitArith, QuotientsOfAllInt64AreExact) {
  EXPECT_EQ(
      integers(ir::Op::FLOOR_DIV, i64({kLowest, kLowest, kHighest, kHighest, kHighest - 1}),
               i64({3, 1, 2, -3, kHighest})),
      (std::vector<std::int64_t>{kLowest / 3 - 1, kLowest, kHighest / 2, kHighest / -3 - 1, 0}));
}

TEST_F(EmitArith, QuotientsByTheLowestInt64AreExact) {
  EXPECT_EQ(integers(ir::Op::FLOOR_DIV, i64({2, -2, kLowest}), i64({kLowest, kLowest, kLowest})),
            (std::vector<std::int64_t>{-1, 0, 1}));
}

TEST_F(EmitArith, PowersOfInt64LeaveInt32) {
  EXPECT_EQ(integers(ir::Op::POW, i64({2, 10, -3, 1}), i64({40, 15, 3, 100})),
            (std::vector<std::int64_t>{std::int64_t{1} << 40, 1'000'000'000'000'000, -27, 1}));
}

TEST_F(EmitArith, Float64IsComputedWhereAllIsKnown) {
  Value* half =
      binary(e, ir::Op::DIV, e.scalar(ir::DType::FLOAT64, 7), e.scalar(ir::DType::FLOAT64, 2));
  EXPECT_EQ(ir::real_values(*half->constant()), std::vector<double>{3.5});
  EXPECT_EQ(ir::real_values(*unary(e, ir::Op::FLOOR, half)->constant()), std::vector<double>{3});
  EXPECT_THROW(binary(e, ir::Op::DIV, half, input(Shape{}, ir::DType::FLOAT64)), Unsupported);
}

TEST_F(EmitArith, FloorDivisionOfFloatsByZeroIsInfinite) {
  const auto quotients =
      floats(binary(e, ir::Op::FLOOR_DIV, f32({3}, {1, -1, 7}), f32({3}, {0, 0, 2})));
  EXPECT_EQ(quotients, (std::vector<float>{INFINITY, -INFINITY, 3}));
}

// In float64 the quotient is just below 10.
TEST_F(EmitArith, FloorDivisionRoundsTheQuotientAsFloat32) {
  EXPECT_EQ(floats(binary(e, ir::Op::FLOOR_DIV, f32({1}, {1}), f32({1}, {0.1F}))),
            (std::vector<float>{10}));
  binary(e, ir::Op::FLOOR_DIV, input(Shape{3}), input(Shape{3}));
  EXPECT_EQ(ops(), "DIV FLOOR");
}

TEST_F(EmitArith, RemaindersGuardAgainstAZeroThatMayCome) {
  binary(e, ir::Op::FLOOR_MOD, input(Shape{3}), f32({1}, {2}));
  EXPECT_EQ(ops(), "FLOOR_MOD");
  binary(e, ir::Op::FLOOR_MOD, input(Shape{3}), input(Shape{3}));
  EXPECT_THAT(ops(), testing::HasSubstr("EQUAL SELECT_V2 FLOOR_MOD"));
}

}  // namespace
}  // namespace litecast::emit
