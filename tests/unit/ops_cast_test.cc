#include <cmath>

#include "op_fixture.h"

namespace litecast::ops {
namespace {

using testing::ElementsAre;
using testing::Optional;
using Kind = LimitViolation::Kind;

class Cast : public OpFixture {
 protected:
  ir::Value* cast(ir::Value* x, DType to) {
    tflite::CastOptionsT options;
    options.in_data_type = x->dtype();
    options.out_data_type = to;
    return add(Op::CAST, {x}, options);
  }
};
using Quantization = OpFixture;

TEST_F(Cast, RealsLoseTheirFraction) {
  EXPECT_THAT(elements<std::int32_t>(cast(f32({4}, {1.9f, -1.9f, 300, -0.5f}), INT32)),
              ElementsAre(1, -1, 300, 0));
  EXPECT_THAT(elements<std::uint8_t>(cast(f32({3}, {300, -1.5f, 255}), UINT8)),
              ElementsAre(44, 255, 255));
}

TEST_F(Cast, WhatDoesNotFitIsDefined) {
  constexpr auto kLowest = std::numeric_limits<std::int32_t>::min();
  EXPECT_THAT(elements<std::int32_t>(cast(f32({3}, {NAN, INFINITY, 1e10f}), INT32)),
              ElementsAre(kLowest, kLowest, kLowest));
  EXPECT_THAT(elements<std::int64_t>(cast(f32({2}, {1e10f, -1e20f}), INT64)),
              ElementsAre(10000000000, std::numeric_limits<std::int64_t>::min()));
}

TEST_F(Cast, IntegersKeepTheirLowBits) {
  EXPECT_THAT(elements<std::int8_t>(cast(i32({3}, {300, -129, 127}), INT8)),
              ElementsAre(44, 127, 127));
}

TEST_F(Cast, TruthIsWhatIsNotZero) {
  EXPECT_THAT(elements<std::uint8_t>(cast(f32({4}, {0, -0.0f, 0.1f, NAN}), BOOL)),
              ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(elements<float>(cast(boolean({3}, {0, 1, 2}), FLOAT32)), ElementsAre(0, 1, 1));
}

TEST_F(Cast, NarrowFloatsRoundToNearest) {
  const auto half = elements<Eigen::half>(cast(f32({2}, {1.00048828125f, 70000}), FLOAT16));
  EXPECT_EQ(static_cast<float>(half[0]), 1.0f);
  EXPECT_TRUE(std::isinf(static_cast<float>(half[1])));
}

TEST_F(Cast, ComplexNumbersGiveTheirRealPart) {
  ir::Value* z = constant<std::complex<float>>(COMPLEX64, {1}, {{2.5f, 7}});
  EXPECT_THAT(elements<float>(cast(z, FLOAT32)), ElementsAre(2.5f));
}

TEST_F(Cast, HalfBytesUnpackWithTheirSign) {
  const std::byte packed[] = {std::byte{0x8f}, std::byte{0x07}};
  ir::Value* x = builder_.constant(ir::Constant::owned(INT4, {3}, {packed, packed + 2}));
  EXPECT_THAT(elements<float>(cast(x, FLOAT32)), ElementsAre(-1, -8, 7));
}

TEST_F(Cast, SizesStayKnownInWideIntegers) {
  const ir::Dim n = symbol("n");
  EXPECT_THAT(*cast(sizes({n}), INT64)->contents(), ElementsAre(n));
  EXPECT_EQ(cast(sizes({n}), INT8)->contents(), nullptr);
}

TEST_F(Cast, OptionsMustNameTheOperandsType) {
  tflite::CastOptionsT options;
  options.in_data_type = INT32;
  options.out_data_type = INT64;
  EXPECT_THAT(refusal(Op::CAST, {input(FLOAT32, {1})}, options), Optional(Kind::option));
}

TEST_F(Cast, VersionFollowsTheRarerType) {
  EXPECT_EQ(version_of(*cast(input(FLOAT32, {1}), INT32)->producer()), 1);
  EXPECT_EQ(version_of(*cast(input(FLOAT32, {1}), FLOAT16)->producer()), 5);
  EXPECT_EQ(version_of(*cast(input(INT8, {1}), FLOAT32)->producer()), 3);
}

TEST_F(Quantization, QuantizesEachChannelByItsScale) {
  const auto* q = module_.quantization({.scales = {1, 0.5f}, .zero_points = {0, 0}, .axis = 1});
  const auto result =
      ask(Op::QUANTIZE, {f32({2, 2}, {1.5f, 1.5f, -2.5f, 100})}, {}, {{INT8, {2, 2}, q}});
  ASSERT_TRUE(result);
  EXPECT_THAT(elements<std::int8_t>(result->at(0)), ElementsAre(2, 3, -3, 127));
}

TEST_F(Quantization, DequantizationOfAConstantStaysANode) {
  const auto* q = module_.quantization({.scales = {0.5f}, .zero_points = {0}});
  ir::Value* x = builder_.constant(ir::Constant::owned(INT8, {1}, {std::byte{2}}, q));
  ir::Value* real = add(Op::DEQUANTIZE, {x});
  EXPECT_FALSE(real->is_constant());
  EXPECT_EQ(real->type(), (ir::Type{FLOAT32, {1}}));
}

TEST_F(Quantization, FakeQuantMovesZeroOntoAStep) {
  tflite::FakeQuantOptionsT options;
  options.min = -0.1f;
  options.max = 0.9f;
  options.num_bits = 2;
  // Steps of 1/3 from 0: the range moves to [0, 1].
  const auto result = elements<float>(add(Op::FAKE_QUANT, {f32({3}, {-1, 0.4f, 2})}, options));
  EXPECT_THAT(result, testing::Pointwise(testing::FloatNear(1e-6f), {0.0f, 1.0f / 3, 1.0f}));
  options.narrow_range = true;
  EXPECT_THAT(refusal(Op::FAKE_QUANT, {input(FLOAT32, {1})}, options), Optional(Kind::option));
}

}  // namespace
}  // namespace litecast::ops
