#include "op_fixture.h"

namespace litecast::ops {
namespace {

using ir::Dim;
using ir::Shape;
using testing::ElementsAre;
using Kind = LimitViolation::Kind;
using tflite::ActivationFunctionType;
using tflite::Padding;

class ConvOps : public OpFixture {
 protected:
  static tflite::Conv2DOptionsT conv(Padding padding, int stride = 1, int dilation = 1) {
    tflite::Conv2DOptionsT options;
    options.padding = padding;
    options.stride_h = options.stride_w = stride;
    options.dilation_h_factor = options.dilation_w_factor = dilation;
    return options;
  }
  static tflite::DepthwiseConv2DOptionsT depthwise(Padding padding, int stride = 1,
                                                   int dilation = 1) {
    tflite::DepthwiseConv2DOptionsT options;
    options.padding = padding;
    options.stride_h = options.stride_w = stride;
    options.dilation_h_factor = options.dilation_w_factor = dilation;
    return options;
  }
  static tflite::Pool2DOptionsT pool(Padding padding, int filter, int stride) {
    tflite::Pool2DOptionsT options;
    options.padding = padding;
    options.filter_height = options.filter_width = filter;
    options.stride_h = options.stride_w = stride;
    return options;
  }
  static tflite::TransposeConvOptionsT transposed(Padding padding, int stride) {
    tflite::TransposeConvOptionsT options;
    options.padding = padding;
    options.stride_h = options.stride_w = stride;
    return options;
  }
  ir::Value* int8_weights(Shape shape, std::vector<float> scales) {
    const auto zeros = std::vector<std::int64_t>(scales.size(), 0);
    const auto* q = module_.quantization({.scales = std::move(scales), .zero_points = zeros});
    return graph_.add_input({INT8, std::move(shape), q});
  }

  const Dim b_ = symbol("b"), h_ = symbol("h"), w_ = symbol("w");
  ir::Value* const any_bias_ = input(FLOAT32, {symbol("channels")});
};

TEST_F(ConvOps, SamePaddingRoundsUpAndValidDropsTheRest) {
  auto* x = input(FLOAT32, {b_, h_, 224, 3});
  auto* filter = input(FLOAT32, {32, 3, 3, 3});
  EXPECT_EQ(add(Op::CONV_2D, {x, filter, any_bias_}, conv(Padding::SAME, 2))->shape(),
            (Shape{b_, ceildiv(h_, 2), 112, 32}));
  EXPECT_EQ(add(Op::CONV_2D, {x, filter, any_bias_}, conv(Padding::VALID))->shape(),
            (Shape{b_, h_ - Dim(2), 222, 32}));
  EXPECT_EQ(add(Op::CONV_2D, {x, filter, any_bias_}, conv(Padding::VALID, 1, 2))->shape(),
            (Shape{b_, h_ - Dim(4), 220, 32}));
}

TEST_F(ConvOps, ConvRefusesWhatTheKernelRefuses) {
  auto* x = input(FLOAT32, {1, 8, 8, 4});
  const auto options = conv(Padding::SAME);
  EXPECT_EQ(refusal(Op::CONV_2D, {x, input(FLOAT32, {6, 3, 3, 3}), any_bias_}, options),
            Kind::shape);
  EXPECT_EQ(refusal(Op::CONV_2D, {x, input(FLOAT32, {5, 3, 3, 2}), any_bias_}, options),
            Kind::shape);
  EXPECT_EQ(refusal(Op::CONV_2D, {x, input(FLOAT32, {6, 3, 3, 0}), any_bias_}, options),
            Kind::shape);
  EXPECT_EQ(refusal(Op::CONV_2D, {x, input(FLOAT32, {6, 3, 3, 4}), input(FLOAT32, {5})}, options),
            Kind::shape);
  EXPECT_EQ(
      refusal(Op::CONV_2D, {x, input(FLOAT32, {6, 9, 9, 4}), any_bias_}, conv(Padding::VALID)),
      std::nullopt);  // no window fits: an empty result, as the kernel gives
  EXPECT_EQ(
      refusal(Op::CONV_2D, {x, input(FLOAT32, {6, 12, 9, 4}), any_bias_}, conv(Padding::VALID)),
      Kind::shape);
  EXPECT_EQ(
      refusal(Op::CONV_2D, {x, input(FLOAT32, {6, 3, 3, 4}), any_bias_}, conv(Padding::SAME, 0)),
      Kind::option);
  EXPECT_EQ(
      refusal(Op::CONV_2D, {input(FLOAT16, {1, 8, 8, 4}), input(FLOAT16, {6, 3, 3, 4}), any_bias_},
              options),
      Kind::dtype);
  EXPECT_EQ(refusal(Op::CONV_2D,
                    {quantized_input(INT16, {1, 8, 8, 4}), quantized_input(INT8, {6, 3, 3, 4}),
                     input(FLOAT32, {6})},
                    options),
            Kind::dtype);
}

TEST_F(ConvOps, KernelsLeaveOutOtherActivationsThanClampsSoTheyAreRefused) {
  auto options = conv(Padding::SAME);
  options.fused_activation_function = ActivationFunctionType::TANH;
  EXPECT_EQ(
      refusal(Op::CONV_2D, {input(FLOAT32, {1, 8, 8, 4}), input(FLOAT32, {6, 3, 3, 4}), any_bias_},
              options),
      Kind::option);
}

TEST_F(ConvOps, ConvVersionsNameGroupsAndHybrids) {
  auto* x = input(FLOAT32, {1, 8, 8, 4});
  const auto options = conv(Padding::SAME);
  EXPECT_EQ(version_of(Op::CONV_2D, {x, input(FLOAT32, {6, 3, 3, 4}), any_bias_}, options), 1);
  EXPECT_EQ(version_of(Op::CONV_2D, {x, input(FLOAT32, {6, 3, 3, 2}), any_bias_}, options), 6);
  EXPECT_EQ(version_of(Op::CONV_2D, {x, int8_weights({2, 3, 3, 4}, {1}), any_bias_}, options), 2);
  EXPECT_EQ(version_of(Op::CONV_2D, {x, int8_weights({2, 3, 3, 4}, {1, 2}), any_bias_}, options),
            5);
  EXPECT_EQ(version_of(Op::DEPTHWISE_CONV_2D, {x, input(FLOAT32, {1, 3, 3, 4}), any_bias_},
                       depthwise(Padding::SAME, 1, 2)),
            2);
}

TEST_F(ConvOps, ConvFoldsWithBiasAndActivation) {
  auto options = conv(Padding::VALID);
  options.fused_activation_function = ActivationFunctionType::RELU;
  auto* y = add(Op::CONV_2D,
                {f32({1, 2, 2, 1}, {1, 2, 3, 4}), f32({2, 2, 2, 1}, {1, 1, 1, 1, -1, 0, 0, 0}),
                 f32({2}, {0.5f, 0.5f})},
                options);
  EXPECT_THAT(elements<float>(y), ElementsAre(10.5f, 0));
}

TEST_F(ConvOps, GroupedConvFoldsEachGroupAlone) {
  auto* y =
      add(Op::CONV_2D, {f32({1, 1, 1, 2}, {3, 5}), f32({2, 1, 1, 1}, {10, 100}), f32({2}, {0, 0})},
          conv(Padding::SAME));
  EXPECT_THAT(elements<float>(y), ElementsAre(30, 500));
}

TEST_F(ConvOps, DepthwiseMultipliesChannels) {
  EXPECT_EQ(add(Op::DEPTHWISE_CONV_2D,
                {input(FLOAT32, {b_, 8, 8, 3}), input(FLOAT32, {1, 3, 3, 6}), any_bias_},
                depthwise(Padding::SAME))
                ->shape(),
            (Shape{b_, 8, 8, 6}));
  auto* y = add(
      Op::DEPTHWISE_CONV_2D,
      {f32({1, 1, 1, 2}, {3, 5}), f32({1, 1, 1, 4}, {1, 10, 100, 1000}), f32({4}, {0, 0, 0, 0})},
      depthwise(Padding::SAME));
  EXPECT_THAT(elements<float>(y), ElementsAre(3, 30, 500, 5000));
  EXPECT_EQ(refusal(Op::DEPTHWISE_CONV_2D,
                    {input(FLOAT32, {1, 8, 8, 3}), input(FLOAT32, {1, 3, 3, 4}), any_bias_},
                    depthwise(Padding::SAME)),
            Kind::shape);
}

TEST_F(ConvOps, TransposeConvTakesItsShapeFromTheOperand) {
  auto* y = add(Op::TRANSPOSE_CONV,
                {sizes({b_, Dim(2) * h_, 16, 5}), input(FLOAT32, {5, 3, 3, 4}),
                 input(FLOAT32, {b_, h_, 8, 4})},
                transposed(Padding::SAME, 2));
  EXPECT_EQ(y->shape(), (Shape{b_, Dim(2) * h_, 16, 5}));
  EXPECT_EQ(refusal(Op::TRANSPOSE_CONV,
                    {i32({4}, {1, 16, 16, 6}), input(FLOAT32, {5, 3, 3, 4}),
                     input(FLOAT32, {1, 8, 8, 4})},
                    transposed(Padding::SAME, 2)),
            Kind::shape);
  auto* folded = add(
      Op::TRANSPOSE_CONV,
      {i32({4}, {1, 3, 3, 1}), f32({1, 2, 2, 1}, {1, 2, 3, 4}), f32({1, 2, 2, 1}, {1, 0, 0, 10})},
      transposed(Padding::VALID, 1));
  EXPECT_THAT(elements<float>(folded), ElementsAre(1, 2, 0, 3, 14, 20, 0, 30, 40));
}

TEST_F(ConvOps, Conv3dOrdersItsFilterInOut) {
  tflite::Conv3DOptionsT options;
  options.padding = Padding::VALID;
  options.stride_d = options.stride_h = options.stride_w = 1;
  EXPECT_EQ(
      add(Op::CONV_3D, {input(FLOAT32, {b_, 4, 8, 8, 3}), input(FLOAT32, {2, 3, 3, 3, 7}), nullptr},
          options)
          ->shape(),
      (Shape{b_, 3, 6, 6, 7}));
  auto* y =
      add(Op::CONV_3D, {f32({1, 1, 1, 1, 2}, {1, 10}), f32({1, 1, 1, 2, 2}, {1, 2, 3, 4}), nullptr},
          options);
  EXPECT_THAT(elements<float>(y), ElementsAre(31, 42));
  auto* z = add(
      Op::CONV_3D_TRANSPOSE,
      {i32({5}, {1, 1, 1, 2, 2}), f32({1, 1, 2, 2, 1}, {1, 2, 3, 4}), f32({1, 1, 1, 1, 1}, {10})},
      options);
  EXPECT_THAT(elements<float>(z), ElementsAre(10, 20, 30, 40));
}

TEST_F(ConvOps, DilateSpreadsElements) {
  auto* y = add(Op::DILATE, {i32({2}, {1, 2}), i32({1}, {3}), i32({}, {9})});
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(1, 9, 9, 2));
}

TEST_F(ConvOps, PoolingFollowsTheWindow) {
  EXPECT_EQ(
      add(Op::MAX_POOL_2D, {input(FLOAT32, {b_, h_, 9, 3})}, pool(Padding::SAME, 3, 2))->shape(),
      (Shape{b_, ceildiv(h_, 2), 5, 3}));
  auto* x = f32({1, 2, 3, 1}, {1, 2, 3, 4, 5, 9});
  EXPECT_THAT(elements<float>(add(Op::MAX_POOL_2D, {x}, pool(Padding::SAME, 2, 2))),
              ElementsAre(5, 9));
  EXPECT_THAT(elements<float>(add(Op::AVERAGE_POOL_2D, {x}, pool(Padding::SAME, 2, 2))),
              ElementsAre(3, 6));
  EXPECT_THAT(
      elements<float>(add(Op::L2_POOL_2D, {f32({1, 1, 2, 1}, {1, 7})}, pool(Padding::SAME, 2, 2))),
      ElementsAre(5));
  EXPECT_THAT(elements<std::int8_t>(add(Op::MAX_POOL_2D,
                                        {constant<std::int8_t>(INT8, {1, 1, 2, 1}, {-7, -3})},
                                        pool(Padding::SAME, 2, 2))),
              ElementsAre(-3));
  EXPECT_EQ(refusal(Op::MAX_POOL_2D, {x}, pool(Padding::SAME, 0, 1)), Kind::option);
  EXPECT_EQ(refusal(Op::MAX_POOL_2D, {x}, pool(Padding::VALID, 4, 1)), Kind::shape);
}

}  // namespace
}  // namespace litecast::ops
