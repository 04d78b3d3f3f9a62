#include <cmath>

#include "op_fixture.h"

namespace litecast::ops {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::Pointwise;
using Activation = OpFixture;
using Unary = OpFixture;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

TEST_F(Activation, ClampsAndKeepsNaN) {
  ir::Value* x = f32({5}, {-2, -0.5f, 0.5f, 7, kNaN});
  EXPECT_THAT(elements<float>(add(Op::RELU, {x})), ElementsAre(0, 0, 0.5f, 7, testing::IsNan()));
  EXPECT_THAT(elements<float>(add(Op::RELU6, {x})), ElementsAre(0, 0, 0.5f, 6, testing::IsNan()));
  EXPECT_THAT(elements<float>(add(Op::RELU_N1_TO_1, {x})),
              ElementsAre(-1, -0.5f, 0.5f, 1, testing::IsNan()));
  EXPECT_THAT(elements<float>(add(Op::RELU_0_TO_1, {x})),
              ElementsAre(0, 0, 0.5f, 1, testing::IsNan()));
}

TEST_F(Activation, OptionsShapeTheCurve) {
  tflite::LeakyReluOptionsT leaky;
  leaky.alpha = 0.25f;
  EXPECT_THAT(elements<float>(add(Op::LEAKY_RELU, {f32({2}, {-4, 4})}, leaky)), ElementsAre(-1, 4));
  tflite::GeluOptionsT gelu;
  ir::Value* x = f32({3}, {-1, 0, 3});
  EXPECT_THAT(elements<float>(add(Op::GELU, {x}, gelu)),
              Pointwise(FloatNear(1e-7f), {-0.15865525f, 0.0f, 2.9959502f}));
  gelu.approximate = true;
  EXPECT_THAT(elements<float>(add(Op::GELU, {x}, gelu)),
              Pointwise(FloatNear(1e-6f), {-0.158808f, 0.0f, 2.9963627f}));
}

TEST_F(Activation, SmoothOnesAgreeWithTheirDefinition) {
  ir::Value* x = f32({3}, {-1, 0, 2});
  EXPECT_THAT(elements<float>(add(Op::LOGISTIC, {x})),
              Pointwise(FloatNear(1e-7f), {0.26894142f, 0.5f, 0.8807971f}));
  EXPECT_THAT(elements<float>(add(Op::TANH, {x})),
              Pointwise(FloatNear(1e-7f), {-0.7615942f, 0.0f, 0.9640276f}));
  EXPECT_THAT(elements<float>(add(Op::ELU, {x})),
              Pointwise(FloatNear(1e-7f), {-0.63212056f, 0.0f, 2.0f}));
  EXPECT_THAT(elements<float>(add(Op::HARD_SWISH, {x})),
              Pointwise(FloatNear(1e-7f), {-1.0f / 3, 0.0f, 5.0f / 3}));
}

TEST_F(Activation, PreluKeepsTheShapeOfItsOperand) {
  ir::Value* x = f32({2, 2}, {-1, -2, 3, -4});
  EXPECT_THAT(elements<float>(add(Op::PRELU, {x, f32({2}, {0.5f, 2})})),
              ElementsAre(-0.5f, -4, 3, -8));
  EXPECT_TRUE(refusal(Op::PRELU, {input(FLOAT32, {2}), input(FLOAT32, {3, 2})}));
}

TEST_F(Activation, SoftmaxOfLargeLogitsDoesNotOverflow) {
  tflite::SoftmaxOptionsT options;
  options.beta = 1;
  ir::Value* x = f32({2, 2}, {1000, 1000, 0, 1});
  EXPECT_THAT(elements<float>(add(Op::SOFTMAX, {x}, options)),
              Pointwise(FloatNear(1e-7f), {0.5f, 0.5f, 0.26894142f, 0.73105858f}));
  EXPECT_THAT(elements<float>(add(Op::LOG_SOFTMAX, {x})),
              Pointwise(FloatNear(1e-6f), {-0.6931472f, -0.6931472f, -1.3132617f, -0.3132617f}));
}

TEST_F(Activation, SoftmaxNeedsAnAxis) { EXPECT_TRUE(refusal(Op::SOFTMAX, {input(FLOAT32, {})})); }

TEST_F(Activation, LocalResponseLooksRadiusFarAlongTheLastAxis) {
  tflite::LocalResponseNormalizationOptionsT options;
  options.radius = 1;
  options.bias = 1;
  options.alpha = 1;
  options.beta = 1;
  EXPECT_THAT(elements<float>(
                  add(Op::LOCAL_RESPONSE_NORMALIZATION, {f32({1, 1, 1, 3}, {1, 2, 3})}, options)),
              Pointwise(FloatNear(1e-7f), {1.0f / 6, 2.0f / 15, 3.0f / 14}));
}

TEST_F(Unary, RoundsHalvesToTheEvenNeighbour) {
  EXPECT_THAT(elements<float>(add(
                  Op::ROUND, {f32({7}, {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 0.4999999f, 8388609})})),
              ElementsAre(0, 2, 2, 0, -2, 0, 8388609));
}

TEST_F(Unary, SignOfNaNIsNaN) {
  EXPECT_THAT(elements<float>(add(Op::SIGN, {f32({4}, {-3, 0, 3, kNaN})})),
              ElementsAre(-1, 0, 1, testing::IsNan()));
}

TEST_F(Unary, NegationOfTheLowestIntegerWraps) {
  ir::Value* lowest = i32({1}, {std::numeric_limits<std::int32_t>::min()});
  EXPECT_EQ(elements<std::int32_t>(add(Op::NEG, {lowest})),
            elements<std::int32_t>(add(Op::ABS, {lowest})));
}

TEST_F(Unary, PartsOfComplexNumbersAreReal) {
  ir::Value* z = constant<std::complex<float>>(COMPLEX64, {1}, {{3, -4}});
  EXPECT_EQ(add(Op::REAL, {z})->dtype(), FLOAT32);
  EXPECT_THAT(elements<float>(add(Op::IMAG, {z})), ElementsAre(-4));
  EXPECT_THAT(elements<float>(add(Op::COMPLEX_ABS, {z})), ElementsAre(5));
}

TEST_F(Unary, BitcastKeepsTheBytes) {
  const auto result = ask(Op::BITCAST, {f32({1}, {1.0f})}, {}, {{INT32, {1}}});
  ASSERT_TRUE(result);
  EXPECT_THAT(elements<std::int32_t>(result->at(0)), ElementsAre(0x3f800000));
}

}  // namespace
}  // namespace litecast::ops
