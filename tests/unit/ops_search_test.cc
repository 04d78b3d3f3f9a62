#include "op_fixture.h"

namespace litecast::ops {
namespace {

using testing::ElementsAre;
using testing::Optional;
using Kind = LimitViolation::Kind;
using Search = OpFixture;
using Select = OpFixture;
using Segment = OpFixture;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

tflite::ArgMaxOptionsT as_int64() {
  tflite::ArgMaxOptionsT options;
  options.output_type = INT64;
  return options;
}

TEST_F(Search, ArgMaxGivesTheFirstOfTheGreatestAndSkipsNaN) {
  ir::Value* x = f32({2, 4}, {1, 9, 9, 0, kNaN, 2, 3, 3});
  ir::Value* place = add(Op::ARG_MAX, {x, i32({}, {-1})}, as_int64());
  EXPECT_EQ(place->type(), (ir::Type{INT64, {2}}));
  EXPECT_THAT(elements<std::int64_t>(place), ElementsAre(1, 2));
  EXPECT_THAT(elements<std::int64_t>(
                  add(Op::ARG_MAX, {f32({2, 2}, {1, 2, 3, 0}), i32({}, {0})}, as_int64())),
              ElementsAre(1, 0));
}

TEST_F(Search, ArgMaxNeedsATypeForItsIndices) {
  EXPECT_THAT(refusal(Op::ARG_MAX, {input(FLOAT32, {2}), i32({}, {0})}), Optional(Kind::option));
}

TEST_F(Search, TopKIsSortedAndStable) {
  const auto found = ask(Op::TOPK_V2, {f32({4}, {1, 3, 2, 3}), i32({}, {3})});
  ASSERT_TRUE(found);
  EXPECT_THAT(elements<float>(found->at(0)), ElementsAre(3, 3, 2));
  EXPECT_THAT(elements<std::int32_t>(found->at(1)), ElementsAre(1, 3, 2));
}

TEST_F(Search, TopKOfMoreThanThereIsIsRefused) {
  EXPECT_THAT(refusal(Op::TOPK_V2, {input(FLOAT32, {4}), i32({}, {5})}), Optional(Kind::shape));
  EXPECT_THAT(refusal(Op::TOPK_V2, {input(FLOAT32, {4}), i32({}, {-1})}), Optional(Kind::shape));
}

TEST_F(Search, UniqueKeepsTheOrderOfAppearance) {
  const auto found = ask(Op::UNIQUE, {i32({5}, {7, 3, 7, 7, 1})});
  ASSERT_TRUE(found);
  EXPECT_THAT(elements<std::int32_t>(found->at(0)), ElementsAre(7, 3, 1));
  EXPECT_THAT(elements<std::int32_t>(found->at(1)), ElementsAre(0, 1, 0, 0, 2));
}

TEST_F(Search, BucketsIncludeTheirLowerBoundary) {
  tflite::BucketizeOptionsT options;
  options.boundaries = {0, 10};
  EXPECT_THAT(elements<std::int32_t>(add(Op::BUCKETIZE, {f32({4}, {-1, 0, 9.5f, 10})}, options)),
              ElementsAre(0, 1, 1, 2));
  options.boundaries = {10, 0};
  EXPECT_THAT(refusal(Op::BUCKETIZE, {input(FLOAT32, {1})}, options), Optional(Kind::option));
}

TEST_F(Select, BroadcastsConditionAndChoices) {
  ir::Value* chosen = add(Op::SELECT_V2, {boolean({2, 1}, {1, 0}), f32({2}, {1, 2}), f32({}, {9})});
  EXPECT_THAT(elements<float>(chosen), ElementsAre(1, 2, 9, 9));
}

TEST_F(Select, TheOlderOpChoosesRows) {
  ir::Value* x = f32({2, 2}, {1, 2, 3, 4});
  ir::Value* y = f32({2, 2}, {5, 6, 7, 8});
  EXPECT_THAT(elements<float>(add(Op::SELECT, {boolean({2}, {0, 1}), x, y})),
              ElementsAre(5, 6, 3, 4));
  EXPECT_THAT(refusal(Op::SELECT, {input(BOOL, {3}), x, y}), Optional(Kind::shape));
}

TEST_F(Select, SizesStayKnownUnderAKnownCondition) {
  const ir::Dim n = symbol("n");
  ir::Value* chosen = add(Op::SELECT_V2, {boolean({}, {1}), sizes({n}), sizes({n + 1})});
  EXPECT_THAT(*chosen->contents(), ElementsAre(n));
}

TEST_F(Select, WhereListsPlacesInOrder) {
  ir::Value* places = add(Op::WHERE, {boolean({2, 3}, {0, 1, 0, 1, 0, 1})});
  EXPECT_EQ(places->shape(), (ir::Shape{3, 2}));
  EXPECT_THAT(elements<std::int64_t>(places), ElementsAre(0, 1, 1, 0, 1, 2));
  EXPECT_EQ(add(Op::WHERE, {input(BOOL, {2, 3})})->shape()[1], ir::Dim(2));
}

TEST_F(Segment, SumsRowsByTheirNumber) {
  ir::Value* data = f32({3, 2}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(elements<float>(add(Op::SEGMENT_SUM, {data, i32({3}, {0, 0, 1})})),
              ElementsAre(4, 6, 5, 6));
  EXPECT_EQ(refusal(Op::SEGMENT_SUM, {data, i32({3}, {0, 0, 2})}), LimitViolation::Kind::shape);
  EXPECT_EQ(refusal(Op::SEGMENT_SUM, {data, i32({3}, {1, 1, 2})}), LimitViolation::Kind::shape);
  EXPECT_THAT(
      elements<float>(add(Op::UNSORTED_SEGMENT_SUM, {data, i32({3}, {1, -1, 1}), i32({}, {2})})),
      ElementsAre(0, 0, 6, 8));
}

TEST_F(Segment, ANumberBeyondTheCountIsLeftToTheRuntime) {
  EXPECT_FALSE(add(Op::UNSORTED_SEGMENT_MAX, {f32({2}, {1, 2}), i32({2}, {0, 5}), i32({}, {2})})
                   ->is_constant());
}

TEST_F(Segment, NumbersMustMatchTheLeadingAxes) {
  EXPECT_THAT(
      refusal(Op::UNSORTED_SEGMENT_SUM, {input(FLOAT32, {3, 2}), input(INT32, {2}), i32({}, {2})}),
      Optional(Kind::shape));
  EXPECT_THAT(
      refusal(Op::UNSORTED_SEGMENT_SUM, {input(FLOAT32, {3, 2}), input(INT32, {3}), i32({}, {-1})}),
      Optional(Kind::shape));
}

}  // namespace
}  // namespace litecast::ops
