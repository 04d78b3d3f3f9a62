#include <cmath>
#include <limits>

#include "op_fixture.h"

namespace litecast::ops {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::Optional;
using Kind = LimitViolation::Kind;
using Arithmetic = OpFixture;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr std::int32_t kLowest = std::numeric_limits<std::int32_t>::min();

TEST_F(Arithmetic, BroadcastsShapesWithSymbols) {
  const ir::Dim batch = symbol("batch");
  ir::Value* sum = add(Op::ADD, {input(FLOAT32, {batch, 1, 3}), input(FLOAT32, {5, 1})});
  EXPECT_EQ(sum->shape(), (ir::Shape{batch, 5, 3}));
}

TEST_F(Arithmetic, RefusesShapesThatContradictEachOther) {
  EXPECT_THAT(refusal(Op::ADD, {input(FLOAT32, {2, 3}), input(FLOAT32, {2, 4})}),
              Optional(Kind::shape));
}

TEST_F(Arithmetic, RefusesOperandsOfTwoTypes) {
  EXPECT_THAT(refusal(Op::MUL, {input(FLOAT32, {2}), input(INT32, {2})}), Optional(Kind::dtype));
}

TEST_F(Arithmetic, RankIsLimitedOnlyWhereTheKernelBroadcasts) {
  const ir::Shape five = {2, 3, 4, 5, 6};
  EXPECT_THAT(refusal(Op::FLOOR_DIV, {input(FLOAT32, five), input(FLOAT32, {6})}),
              Optional(Kind::rank));
  EXPECT_THAT(refusal(Op::FLOOR_DIV, {input(FLOAT32, five), input(FLOAT32, five)}),
              Eq(std::nullopt));
  EXPECT_THAT(refusal(Op::ADD, {input(FLOAT32, five), input(FLOAT32, {6})}), Eq(std::nullopt));
}

TEST_F(Arithmetic, BytesMustBeQuantized) {
  EXPECT_THAT(refusal(Op::ADD, {input(INT8, {2}), input(INT8, {2})}), Optional(Kind::dtype));
  EXPECT_THAT(refusal(Op::ADD, {quantized_input(INT8, {2}), quantized_input(INT8, {2})}),
              Eq(std::nullopt));
}

TEST_F(Arithmetic, FoldsOverBroadcastOperands) {
  ir::Value* sum = add(Op::ADD, {f32({2, 1, 3}, {1, 2, 3, 4, 5, 6}), f32({2, 1}, {10, 20})});
  EXPECT_THAT(elements<float>(sum), ElementsAre(11, 12, 13, 21, 22, 23, 14, 15, 16, 24, 25, 26));
  EXPECT_THAT(elements<std::int32_t>(add(Op::SUB, {i32({}, {1}), i32({3}, {1, 2, 3})})),
              ElementsAre(0, -1, -2));
}

TEST_F(Arithmetic, FoldsEmptyTensors) {
  ir::Value* product = add(Op::MUL, {f32({0, 3}, {}), f32({3}, {1, 2, 3})});
  EXPECT_EQ(product->shape(), (ir::Shape{0, 3}));
  EXPECT_THAT(elements<float>(product), ElementsAre());
}

TEST_F(Arithmetic, IntegersWrapAround) {
  EXPECT_THAT(elements<std::int32_t>(add(Op::ADD, {i32({}, {0x7fffffff}), i32({}, {1})})),
              ElementsAre(kLowest));
  EXPECT_THAT(elements<std::int32_t>(add(Op::MUL, {i32({}, {0x10001}), i32({}, {0x10001})})),
              ElementsAre(0x20001));
  EXPECT_THAT(elements<std::int32_t>(add(Op::DIV, {i32({}, {kLowest}), i32({}, {-1})})),
              ElementsAre(kLowest));
  EXPECT_THAT(elements<std::int32_t>(add(Op::FLOOR_MOD, {i32({}, {kLowest}), i32({}, {-1})})),
              ElementsAre(0));
}

TEST_F(Arithmetic, AnIntegerDivisionByZeroIsLeftToTheRuntime) {
  for (const Op op : {Op::DIV, Op::FLOOR_DIV, Op::FLOOR_MOD})
    EXPECT_FALSE(add(op, {i32({2}, {4, 4}), i32({2}, {2, 0})})->is_constant());
}

TEST_F(Arithmetic, DivisionRoundsAsItsNameSays) {
  const auto a = {7, -7, 7, -7}, b = {2, 2, -2, -2};
  EXPECT_THAT(elements<std::int32_t>(add(Op::DIV, {i32({4}, a), i32({4}, b)})),
              ElementsAre(3, -3, -3, 3));
  EXPECT_THAT(elements<std::int32_t>(add(Op::FLOOR_DIV, {i32({4}, a), i32({4}, b)})),
              ElementsAre(3, -4, -4, 3));
  EXPECT_THAT(elements<std::int32_t>(add(Op::FLOOR_MOD, {i32({4}, a), i32({4}, b)})),
              ElementsAre(1, 1, -1, -1));
  EXPECT_THAT(elements<float>(add(Op::FLOOR_MOD, {f32({2}, {-7.5f, 1}), f32({2}, {2, -INFINITY})})),
              ElementsAre(0.5f, -INFINITY));
}

TEST_F(Arithmetic, MaximumAndMinimumPropagateNaN) {
  for (const Op op : {Op::MAXIMUM, Op::MINIMUM}) {
    const auto result = elements<float>(add(op, {f32({2}, {kNaN, 1}), f32({2}, {1, kNaN})}));
    EXPECT_TRUE(std::isnan(result[0]) && std::isnan(result[1])) << ir::name(op);
  }
}

TEST_F(Arithmetic, FusedActivationIsPartOfTheFold) {
  tflite::AddOptionsT options;
  options.fused_activation_function = tflite::ActivationFunctionType::RELU6;
  ir::Value* sum = add(Op::ADD, {f32({4}, {-3, 1, 9, kNaN}), f32({}, {1})}, options);
  EXPECT_THAT(elements<float>(sum), ElementsAre(0, 2, 6, testing::IsNan()));
}

TEST_F(Arithmetic, PowerOfIntegersIsExact) {
  EXPECT_THAT(elements<std::int32_t>(add(Op::POW, {i32({3}, {3, -2, 7}), i32({3}, {5, 3, 0})})),
              ElementsAre(243, -8, 1));
  EXPECT_FALSE(add(Op::POW, {i32({}, {2}), i32({}, {-1})})->is_constant());
}

TEST_F(Arithmetic, ShiftsBeyondTheWidthAreLimited) {
  EXPECT_THAT(
      elements<std::int32_t>(add(Op::RIGHT_SHIFT, {i32({3}, {-8, -8, 8}), i32({3}, {1, 99, -1})})),
      ElementsAre(-4, -1, 8));
}

TEST_F(Arithmetic, NarrowFloatsAreComputedWideAndRounded) {
  const Eigen::half big(60000.0f);
  ir::Value* a = constant<Eigen::half>(FLOAT16, {2}, {big, Eigen::half(1.0f)});
  ir::Value* b = constant<Eigen::half>(FLOAT16, {2}, {big, Eigen::half(0.00048828125f)});
  const auto sum = elements<Eigen::half>(add(Op::ADD, {a, b}));
  EXPECT_TRUE(std::isinf(static_cast<float>(sum[0])));
  EXPECT_EQ(static_cast<float>(sum[1]), 1.0f);
}

TEST_F(Arithmetic, QuantizedConstantsAreNotFoldedByTheirBytes) {
  const auto* q = module_.quantization({.scales = {0.5f}, .zero_points = {3}});
  const std::byte two[] = {std::byte{2}};
  ir::Value* x = builder_.constant(ir::Constant::owned(INT8, {1}, {two, two + 1}, q));
  EXPECT_FALSE(add(Op::ADD, {x, x})->is_constant());
}

TEST_F(Arithmetic, SizesStayKnownThroughShapeArithmetic) {
  const ir::Dim n = symbol("n");
  ir::Value* shape = sizes({n, 14});
  EXPECT_THAT(*add(Op::MUL, {shape, i32({}, {2})})->contents(), ElementsAre(n * 2, ir::Dim(28)));
  EXPECT_THAT(*add(Op::FLOOR_DIV, {shape, i32({2}, {3, 5})})->contents(),
              ElementsAre(floordiv(n, 3), ir::Dim(2)));
  EXPECT_THAT(*add(Op::DIV, {shape, i32({2}, {3, 5})})->contents(),
              ElementsAre(floordiv(n, 3), ir::Dim(2)));
  EXPECT_THAT(*add(Op::MAXIMUM, {shape, i32({}, {4})})->contents(),
              ElementsAre(max(n, 4), ir::Dim(14)));
}

TEST_F(Arithmetic, TruncatingDivisionOfWhatMayBeNegativeIsNotKnown) {
  const ir::Dim n = symbol("n");
  EXPECT_EQ(add(Op::DIV, {sizes({n - 3}), i32({}, {2})})->contents(), nullptr);
}

TEST_F(Arithmetic, ArithmeticThatCancelsSymbolsBecomesAConstant) {
  const ir::Dim n = symbol("n");
  ir::Value* difference = add(Op::SUB, {sizes({n + 5}), sizes({n})});
  EXPECT_THAT(elements<std::int32_t>(difference), ElementsAre(5));
}

TEST_F(Arithmetic, SizesThatLeaveTheirTypeAreNotKnown) {
  ir::Value* huge = sizes({symbol("n"), ir::Dim(0x7fffffff)});
  EXPECT_EQ(add(Op::ADD, {huge, i32({}, {1})})->contents(), nullptr);
  EXPECT_EQ(add(Op::MUL, {huge, huge})->contents(), nullptr);
}

TEST_F(Arithmetic, VersionsAreTheLowestThatExpressTheNode) {
  EXPECT_EQ(version_of(Op::ADD, {input(FLOAT32, {2}), input(FLOAT32, {2})}), 1);
  EXPECT_EQ(version_of(Op::ADD, {input(INT64, {2}), input(INT64, {2})}), 4);
  EXPECT_EQ(version_of(Op::ADD, {input(INT16, {2}), input(INT16, {2})}), 5);
  EXPECT_EQ(version_of(Op::ADD, {quantized_input(INT8, {2}), quantized_input(INT8, {2})}), 2);
  EXPECT_EQ(version_of(Op::SUB, {input(FLOAT32, {1, 2, 3, 4, 5}), input(FLOAT32, {5})}), 3);
  EXPECT_EQ(version_of(Op::SUB, {input(FLOAT32, {1, 2, 3, 4, 5}), input(FLOAT32, {1, 2, 3, 4, 5})}),
            1);
}

TEST_F(Arithmetic, AddNTakesTwoOrMoreOfOneShape) {
  EXPECT_THAT(
      elements<float>(add(Op::ADD_N, {f32({2}, {1, 2}), f32({2}, {3, 4}), f32({2}, {5, 6})})),
      ElementsAre(9, 12));
  EXPECT_THAT(refusal(Op::ADD_N, {input(FLOAT32, {2})}), Optional(Kind::option));
  EXPECT_THAT(refusal(Op::ADD_N, {input(FLOAT32, {2}), input(FLOAT32, {1})}),
              Optional(Kind::shape));
}

TEST_F(Arithmetic, ComplexNumbersMultiply) {
  using Complex = std::complex<float>;
  ir::Value* x = constant<Complex>(COMPLEX64, {1}, {{1, 2}});
  EXPECT_THAT(elements<Complex>(add(Op::MUL, {x, x})), ElementsAre(Complex(-3, 4)));
}

}  // namespace
}  // namespace litecast::ops
