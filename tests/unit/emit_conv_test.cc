#include "emit/conv.h"

#include "emit_fixture.h"

namespace litecast::emit {
namespace {

class Conv : public EmitFixture {
 protected:
  template <class T>
  const T& last_options() const {
    return graph_.last()->options_as<T>();
  }
};

TEST_F(Conv, KeepsPaddingStridesAndDilationsThatTheKernelKnows) {
  Window window = {{2, 3}, {1, 2}, Padding::same};
  Value* y = conv(e, input({symbol("b"), 9, 9, 4}), counted({3, 3, 4, 6}), nullptr, window);
  EXPECT_EQ(ops(), "CONV_2D");
  EXPECT_EQ(y->shape(), (Shape{symbol("b"), 5, 3, 6}));
  const auto& options = last_options<tflite::Conv2DOptionsT>();
  EXPECT_EQ(options.padding, tflite::Padding::SAME);
  EXPECT_EQ(options.stride_h, 2);
  EXPECT_EQ(options.stride_w, 3);
  EXPECT_EQ(options.dilation_w_factor, 2);
}

TEST_F(Conv, ExplicitPaddingThatEqualsSameIsSame) {
  Window window = {{1, 1}, {1, 1}, Padding::explicit_, {{1, 1}, {1, 1}}};
  conv(e, input({1, symbol("h"), symbol("w"), 4}), counted({3, 3, 4, 6}), nullptr, window);
  EXPECT_EQ(ops(), "CONV_2D");
  EXPECT_EQ(last_options<tflite::Conv2DOptionsT>().padding, tflite::Padding::SAME);
}

TEST_F(Conv, OtherExplicitPaddingIsAPad) {
  Window window = {{2, 2}, {1, 1}, Padding::explicit_, {{1, 1}, {1, 1}}};
  Value* y = conv(e, input({1, 8, 8, 4}), counted({3, 3, 4, 6}), nullptr, window);
  EXPECT_EQ(ops(), "PAD CONV_2D");
  EXPECT_EQ(y->shape(), (Shape{1, 4, 4, 6}));
}

TEST_F(Conv, OneInputChannelForEachGroupIsDepthwise) {
  conv(e, input({1, 8, 8, 4}), counted({3, 3, 1, 8}), nullptr, {});
  EXPECT_EQ(ops(), "DEPTHWISE_CONV_2D");
  EXPECT_EQ(last_options<tflite::DepthwiseConv2DOptionsT>().depth_multiplier, 2);
}

TEST_F(Conv, OneDimensionGoesThroughTwo) {
  Value* y = conv(e, input({symbol("b"), 8, 4}), counted({3, 4, 6}), nullptr, {});
  EXPECT_EQ(ops(), "RESHAPE CONV_2D RESHAPE");
  EXPECT_EQ(y->shape(), (Shape{symbol("b"), 6, 6}));
}

TEST_F(Conv, RefusesFiltersThatDoNotFit) {
  EXPECT_THROW(conv(e, input({1, 8, 8, 4}), counted({3, 3, 3, 6}), nullptr, {}), Unsupported);
  EXPECT_THROW(conv(e, input({1, 8, 8, 4}), counted({3, 4, 6}), nullptr, {}), Unsupported);
  EXPECT_THROW(conv(e, input({1, 8, 8, 4}), counted({3, 3, 4, 6}), nullptr, {{0, 1}}), Unsupported);
  EXPECT_THROW(conv(e, input({1, 8, 8, 4}), counted({3, 3, 4, 6}), nullptr, {{1, 1, 1}}),
               Unsupported);
}

TEST_F(Conv, ChannelsFirstIsBroughtLastAndBack) {
  Value* y = in_channels_last(e, input({1, 4, 8, 9}), [&](Value* x) {
    return conv(e, x, counted({3, 3, 4, 6}), nullptr, {});
  });
  EXPECT_EQ(ops(), "TRANSPOSE CONV_2D TRANSPOSE");
  EXPECT_EQ(y->shape(), (Shape{1, 6, 6, 7}));
}

class Pooling : public EmitFixture {};

TEST_F(Pooling, OfVolumesIsTwoPoolings) {
  Value* y = pool(e, Pool::average, input({symbol("b"), 4, 8, 8, 3}), {2, 2, 2},
                  {{2, 2, 2}, {}, Padding::same});
  EXPECT_EQ(ops(), "RESHAPE AVERAGE_POOL_2D RESHAPE AVERAGE_POOL_2D RESHAPE");
  EXPECT_EQ(y->shape(), (Shape{symbol("b"), 2, 4, 4, 3}));
}

TEST_F(Pooling, OfWideIntegersTakesMaximaOfSlices) {
  Value* y = pool(e, Pool::max, input({1, 4, 4, 1}, DType::INT32), {2, 1}, {{2, 1}});
  EXPECT_EQ(ops(), "STRIDED_SLICE STRIDED_SLICE MAXIMUM");
  EXPECT_EQ(y->shape(), (Shape{1, 2, 4, 1}));
}

TEST_F(Pooling, ExplicitPaddingOfAMaximumIsLowest) {
  pool(e, Pool::max, input({1, 4, 4, 1}), {3, 3},
       {{2, 2}, {}, Padding::explicit_, {{1, 1}, {1, 1}}});
  EXPECT_EQ(ops(), "PADV2 MAX_POOL_2D");
}

}  // namespace
}  // namespace litecast::emit
