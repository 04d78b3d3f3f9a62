#include <cmath>

#include "op_fixture.h"

namespace litecast::ops {
namespace {

using testing::ElementsAre;
using testing::Optional;
using Kind = LimitViolation::Kind;
using Reduce = OpFixture;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

tflite::ReducerOptionsT keep_dims() {
  tflite::ReducerOptionsT options;
  options.keep_dims = true;
  return options;
}

TEST_F(Reduce, RemovesOrKeepsItsAxes) {
  const ir::Dim n = symbol("n");
  ir::Value* x = input(FLOAT32, {n, 4, 5});
  EXPECT_EQ(add(Op::SUM, {x, i32({2}, {-1, 1})})->shape(), (ir::Shape{n}));
  EXPECT_EQ(add(Op::SUM, {x, i32({2}, {-1, 1})}, keep_dims())->shape(), (ir::Shape{n, 1, 1}));
  EXPECT_EQ(add(Op::SUM, {x, i32({2}, {1, 1})})->shape(), (ir::Shape{n, 5}));
}

TEST_F(Reduce, UnknownAxesLeaveTheRankKnownOnlyWhereDimsAreKept) {
  ir::Value* x = input(FLOAT32, {3, 4});
  ir::Value* axes = input(INT32, {1});
  EXPECT_FALSE(add(Op::MEAN, {x, axes})->shape().is_ranked());
  EXPECT_EQ(add(Op::MEAN, {x, axes}, keep_dims())->shape().rank(), 2);
}

TEST_F(Reduce, RefusesAnAxisThatDoesNotExist) {
  EXPECT_THAT(refusal(Op::SUM, {input(FLOAT32, {3}), i32({1}, {1})}), Optional(Kind::option));
  EXPECT_THAT(refusal(Op::SUM, {input(FLOAT32, {3}), i32({1}, {-2})}), Optional(Kind::option));
}

TEST_F(Reduce, FoldsOverAnyAxes) {
  ir::Value* x = f32({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(elements<float>(add(Op::SUM, {x, i32({1}, {0})})), ElementsAre(5, 7, 9));
  EXPECT_THAT(elements<float>(add(Op::MEAN, {x, i32({1}, {1})})), ElementsAre(2, 5));
  EXPECT_THAT(elements<float>(add(Op::REDUCE_PROD, {x, i32({2}, {0, 1})})), ElementsAre(720));
  EXPECT_THAT(elements<float>(add(Op::REDUCE_MAX, {x, i32({1}, {0})})), ElementsAre(4, 5, 6));
  EXPECT_THAT(elements<float>(add(Op::REDUCE_MIN, {x, i32({}, {1})})), ElementsAre(1, 4));
}

TEST_F(Reduce, EmptySumsHaveTheirNeutralElement) {
  ir::Value* none = f32({0, 2}, {});
  ir::Value* axis = i32({1}, {0});
  EXPECT_THAT(elements<float>(add(Op::SUM, {none, axis})), ElementsAre(0, 0));
  EXPECT_THAT(elements<float>(add(Op::REDUCE_PROD, {none, axis})), ElementsAre(1, 1));
  EXPECT_THAT(elements<float>(add(Op::REDUCE_MAX, {none, axis})),
              ElementsAre(-INFINITY, -INFINITY));
  EXPECT_THAT(elements<float>(add(Op::MEAN, {none, axis})),
              ElementsAre(testing::IsNan(), testing::IsNan()));
  EXPECT_FALSE(add(Op::MEAN, {i32({0}, {}), axis})->is_constant());
}

TEST_F(Reduce, NaNIsTheGreatestAndTheLeast) {
  ir::Value* x = f32({3}, {1, kNaN, 2});
  for (const Op op : {Op::REDUCE_MAX, Op::REDUCE_MIN})
    EXPECT_THAT(elements<float>(add(op, {x, i32({1}, {0})})), ElementsAre(testing::IsNan()));
}

TEST_F(Reduce, MeansOfIntegersRoundTowardsZero) {
  EXPECT_THAT(elements<std::int32_t>(add(Op::MEAN, {i32({2}, {-1, -2}), i32({1}, {0})})),
              ElementsAre(-1));
}

TEST_F(Reduce, AnyAndAllOfTruthValues) {
  ir::Value* x = boolean({2, 2}, {1, 0, 1, 1});
  EXPECT_THAT(elements<std::uint8_t>(add(Op::REDUCE_ANY, {x, i32({1}, {1})})), ElementsAre(1, 1));
  EXPECT_THAT(elements<std::uint8_t>(add(Op::REDUCE_ALL, {x, i32({1}, {1})})), ElementsAre(0, 1));
}

TEST_F(Reduce, TheProductOfAShapeIsKnown) {
  const ir::Dim n = symbol("n");
  ir::Value* product = add(Op::REDUCE_PROD, {sizes({n, 7, 3}), i32({1}, {0})});
  EXPECT_THAT(*product->contents(), ElementsAre(n * 21));
  EXPECT_EQ(product->shape(), ir::Shape{});
}

TEST_F(Reduce, ExtremesKeepTheirScale) {
  ir::Value* x = quantized_input(INT8, {4});
  EXPECT_EQ(add(Op::REDUCE_MAX, {x, i32({1}, {0})})->type().quantization, x->type().quantization);
}

TEST_F(Reduce, RunningSumsGoEitherWay) {
  tflite::CumsumOptionsT options;
  ir::Value* x = i32({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(elements<std::int32_t>(add(Op::CUMSUM, {x, i32({}, {1})}, options)),
              ElementsAre(1, 3, 6, 4, 9, 15));
  options.exclusive = options.reverse = true;
  EXPECT_THAT(elements<std::int32_t>(add(Op::CUMSUM, {x, i32({}, {-1})}, options)),
              ElementsAre(5, 3, 0, 11, 6, 0));
  EXPECT_THAT(elements<std::int32_t>(add(Op::CUMSUM, {x, i32({}, {0})}, options)),
              ElementsAre(4, 5, 6, 0, 0, 0));
}

}  // namespace
}  // namespace litecast::ops
