// Each rewrite on textual IR: what goes in, the name of the rewrite, what comes out.
#include <gtest/gtest.h>

#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "optimize/integers_first.h"
#include "optimize/pipeline.h"

namespace litecast::optimize {
namespace {

std::string graph(std::string_view lines) {
  return fmt::format("graph \"main\" {{\n{}}}\n", lines);
}

std::string optimized(std::string_view lines, std::string_view name) {
  const auto module = ir::parse(graph(lines));
  EXPECT_TRUE(optimize_with(*module, name)) << name;
  ir::verify(*module);
  return ir::print(*module);
}

constexpr std::string_view kConv = R"(  input %0 "x": f32[b,4,4,1]
  const %1 = f32[2,1,1,1] {1, 2}
  const %2 = f32[2] {10, 20}
)";

TEST(Optimize, FusesABiasThatIsAdded) {
  EXPECT_EQ(optimized(std::string(kConv) + R"(
  %3 = CONV_2D(%0, %1, %2) Conv2DOptions{stride_w: 1, stride_h: 1}: f32[b,4,4,2]
  const %4 = f32[2] {1, 2}
  %5 = ADD(%3, %4) AddOptions{fused_activation_function: RELU6}: f32[b,4,4,2]
  output %5 "y"
)",
                      "fuse_bias"),
            graph(R"(  input %0 "x": f32[b,4,4,1]
  const %1 = f32[2,1,1,1] {1, 2}
  const %2 = f32[2] {11, 22}
  %3 = CONV_2D(%0, %1, %2) Conv2DOptions{stride_w: 1, stride_h: 1, fused_activation_function: RELU6}: f32[b,4,4,2]
  output %3 "y"
)"));
}

TEST(Optimize, LeavesABiasWhereTheConvolutionHasOtherUsers) {
  const std::string lines =
      std::string(kConv) +
      R"(  %3 = CONV_2D(%0, %1, %2) Conv2DOptions{stride_w: 1, stride_h: 1}: f32[b,4,4,2]
  const %4 = f32[2] {1, 2}
  %5 = ADD(%3, %4) AddOptions{}: f32[b,4,4,2]
  output %3 "z"
  output %5 "y"
)";
  EXPECT_EQ(optimized(lines, "fuse_bias"), graph(lines));
}

TEST(Optimize, FusesAScalePerOutputChannel) {
  EXPECT_EQ(optimized(std::string(kConv) + R"(
  %3 = CONV_2D(%0, %1, %2) Conv2DOptions{stride_w: 1, stride_h: 1}: f32[b,4,4,2]
  const %4 = f32[2] {3, 5}
  %5 = MUL(%3, %4) MulOptions{}: f32[b,4,4,2]
  output %5 "y"
)",
                      "fuse_scale"),
            graph(R"(  input %0 "x": f32[b,4,4,1]
  const %1 = f32[2,1,1,1] {3, 10}
  const %2 = f32[2] {30, 100}
  %3 = CONV_2D(%0, %1, %2) Conv2DOptions{stride_w: 1, stride_h: 1}: f32[b,4,4,2]
  output %3 "y"
)"));
}

TEST(Optimize, FusesAScaleAndAnOffsetOfTheInput) {
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[b,2]
  const %1 = f32[2] {2, 3}
  %2 = MUL(%0, %1) MulOptions{}: f32[b,2]
  const %3 = f32[2] {1, 10}
  %4 = ADD(%2, %3) AddOptions{}: f32[b,2]
  const %5 = f32[1,2] {1, 2}
  const %6 = f32[1] {100}
  %7 = FULLY_CONNECTED(%4, %5, %6) FullyConnectedOptions{fused_activation_function: RELU}: f32[b,1]
  output %7 "y"
)",
                      "fuse_input_scale"),
            graph(R"(  input %0 "x": f32[b,2]
  const %1 = f32[1,2] {2, 6}
  const %2 = f32[1] {121}
  %3 = FULLY_CONNECTED(%0, %1, %2) FullyConnectedOptions{fused_activation_function: RELU}: f32[b,1]
  output %3 "y"
)"));
}

TEST(Optimize, FusesAScaleThatSeveralOpsShareIntoEach) {
  constexpr std::string_view kHead = R"(  input %0 "x": f32[b,2]
  const %1 = f32[2] {2, 3}
  %2 = MUL(%0, %1) MulOptions{}: f32[b,2]
  const %3 = f32[1,2] {1, 2}
  %4 = FULLY_CONNECTED(%2, %3, _) FullyConnectedOptions{}: f32[b,1]
  const %5 = f32[1,2] {10, 20}
  %6 = FULLY_CONNECTED(%2, %5, _) FullyConnectedOptions{}: f32[b,1]
  output %4 "y"
  output %6 "z"
)";
  EXPECT_EQ(optimized(kHead, "fuse_input_scale"), graph(R"(  input %0 "x": f32[b,2]
  const %1 = f32[1,2] {2, 6}
  %2 = FULLY_CONNECTED(%0, %1, _) FullyConnectedOptions{}: f32[b,1]
  const %3 = f32[1,2] {20, 60}
  %4 = FULLY_CONNECTED(%0, %3, _) FullyConnectedOptions{}: f32[b,1]
  output %2 "y"
  output %4 "z"
)"));
  const std::string shared = std::string(kHead) + "  output %2 \"kept\"\n";
  EXPECT_EQ(optimized(shared, "fuse_input_scale"), graph(shared)) << "the product is needed anyway";
}

TEST(Optimize, FusesAnOffsetIntoADenseLayerWithoutBias) {
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[b,2]
  const %1 = f32[2] {2, 3}
  %2 = ADD(%0, %1) AddOptions{}: f32[b,2]
  const %3 = f32[1,2] {1, 2}
  %4 = FULLY_CONNECTED(%2, %3, _) FullyConnectedOptions{}: f32[b,1]
  output %4 "y"
)",
                      "fuse_input_scale"),
            graph(R"(  input %0 "x": f32[b,2]
  const %1 = f32[1,2] {1, 2}
  const %2 = f32[1] {8}
  %3 = FULLY_CONNECTED(%0, %1, %2) FullyConnectedOptions{}: f32[b,1]
  output %3 "y"
)"));
}

TEST(Optimize, SinksAReshapeIntoHeadsBehindTheirBias) {
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[b,2]
  const %1 = f32[4,2] {1, 2, 3, 4, 5, 6, 7, 8}
  %2 = FULLY_CONNECTED(%0, %1, _) FullyConnectedOptions{}: f32[b,4]
  const %3 = i32[3] {-1, 2, 2}
  %4 = RESHAPE(%2, %3): f32[b,2,2]
  const %5 = f32[2,2] {1, 2, 3, 4}
  %6 = ADD(%4, %5) AddOptions{}: f32[b,2,2]
  const %7 = f32[] {2}
  %8 = MUL(%6, %7) MulOptions{}: f32[b,2,2]
  output %8 "y"
)",
                      "fuse_weights"),
            graph(R"(  input %0 "x": f32[b,2]
  const %1 = f32[4,2] {2, 4, 6, 8, 10, 12, 14, 16}
  const %2 = f32[4] {2, 4, 6, 8}
  %3 = FULLY_CONNECTED(%0, %1, %2) FullyConnectedOptions{}: f32[b,4]
  const %4 = i32[3] {-1, 2, 2}
  %5 = RESHAPE(%3, %4): f32[b,2,2]
  output %5 "y"
)"));
}

TEST(Optimize, LeavesABiasOfSomeAxesBehindTheReshapeThatMakesThem) {
  const std::string lines = R"(  input %0 "x": f32[b,2]
  const %1 = f32[4,2] {1, 2, 3, 4, 5, 6, 7, 8}
  %2 = FULLY_CONNECTED(%0, %1, _) FullyConnectedOptions{}: f32[b,4]
  const %3 = i32[3] {-1, 2, 2}
  %4 = RESHAPE(%2, %3): f32[b,2,2]
  const %5 = f32[4,1,1] {1, 2, 3, 4}
  %6 = ADD(%4, %5) AddOptions{}: f32[bcast(b, 4),2,2]
  output %6 "y"
)";
  EXPECT_NE(optimized(lines, "sink_reshape").find("%4 = RESHAPE"), std::string::npos);
}

// Layer normalisation as Keras computes it: x·s + (β − mean·s) with s = γ / √(variance + ε).
TEST(Optimize, CentersBeforeItScales) {
  constexpr std::string_view kLines = R"(  input %0 "x": f32[b,16]
  input %1 "mean": f32[b,1]
  input %2 "r": f32[b,1]
  const %3 = f32[16] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
  %4 = MUL(%2, %3) MulOptions{}: f32[b,16]
  %5 = NEG(%1) NegOptions{}: f32[b,1]
  %6 = MUL(%5, %4) MulOptions{}: f32[b,16]
  const %7 = f32[16] {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}
  %8 = ADD(%6, %7) AddOptions{}: f32[b,16]
  %9 = MUL(%0, %4) MulOptions{}: f32[b,16]
  %10 = ADD(%9, %8) AddOptions{}: f32[b,16]
  output %10 "y"
)";
  EXPECT_EQ(optimized(kLines, "center_before_scale"), graph(R"(  input %0 "x": f32[b,16]
  input %1 "mean": f32[b,1]
  input %2 "r": f32[b,1]
  %3 = SUB(%0, %1) SubOptions{}: f32[b,16]
  %4 = MUL(%3, %2) MulOptions{}: f32[b,16]
  const %5 = f32[16] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
  %6 = MUL(%4, %5) MulOptions{}: f32[b,16]
  const %7 = f32[16] {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}
  %8 = ADD(%6, %7) AddOptions{}: f32[b,16]
  output %8 "y"
)"));
}

TEST(Optimize, KeepsTheGainOfShortRowsInTheScale) {
  constexpr std::string_view kLines = R"(  input %0 "x": f32[b,2]
  input %1 "mean": f32[b,1]
  input %2 "r": f32[b,1]
  const %3 = f32[2] {3, 5}
  %4 = MUL(%2, %3) MulOptions{}: f32[b,2]
  %5 = NEG(%1) NegOptions{}: f32[b,1]
  %6 = MUL(%5, %4) MulOptions{}: f32[b,2]
  const %7 = f32[2] {1, 2}
  %8 = ADD(%6, %7) AddOptions{}: f32[b,2]
  %9 = MUL(%0, %4) MulOptions{}: f32[b,2]
  %10 = ADD(%9, %8) AddOptions{}: f32[b,2]
  output %10 "y"
)";
  EXPECT_EQ(optimized(kLines, "center_before_scale"), graph(R"(  input %0 "x": f32[b,2]
  input %1 "mean": f32[b,1]
  input %2 "r": f32[b,1]
  const %3 = f32[2] {3, 5}
  %4 = MUL(%2, %3) MulOptions{}: f32[b,2]
  %5 = SUB(%0, %1) SubOptions{}: f32[b,2]
  %6 = MUL(%5, %4) MulOptions{}: f32[b,2]
  const %7 = f32[2] {1, 2}
  %8 = ADD(%6, %7) AddOptions{}: f32[b,2]
  output %8 "y"
)"));
}

TEST(Optimize, CentersADifferenceOfProducts) {
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[b,2]
  input %1 "mean": f32[b,1]
  input %2 "s": f32[b,2]
  %3 = MUL(%1, %2) MulOptions{}: f32[b,2]
  const %4 = f32[2] {1, 2}
  %5 = SUB(%4, %3) SubOptions{}: f32[b,2]
  %6 = MUL(%0, %2) MulOptions{}: f32[b,2]
  %7 = ADD(%6, %5) AddOptions{}: f32[b,2]
  output %7 "y"
)",
                      "center_before_scale"),
            graph(R"(  input %0 "x": f32[b,2]
  input %1 "mean": f32[b,1]
  input %2 "s": f32[b,2]
  %3 = SUB(%0, %1) SubOptions{}: f32[b,2]
  %4 = MUL(%3, %2) MulOptions{}: f32[b,2]
  const %5 = f32[2] {1, 2}
  %6 = ADD(%4, %5) AddOptions{}: f32[b,2]
  output %6 "y"
)"));
}

TEST(Optimize, LeavesASmallOffsetThatIsAddedOnce) {
  const std::string lines = R"(  input %0 "x": f32[b,9,2]
  input %1 "mean": f32[b,1,2]
  input %2 "s": f32[b,1,2]
  %3 = NEG(%1) NegOptions{}: f32[b,1,2]
  %4 = MUL(%3, %2) MulOptions{}: f32[b,1,2]
  const %5 = f32[2] {1, 2}
  %6 = ADD(%4, %5) AddOptions{}: f32[b,1,2]
  %7 = MUL(%0, %2) MulOptions{}: f32[b,9,2]
  %8 = ADD(%7, %6) AddOptions{}: f32[b,9,2]
  output %8 "y"
)";
  EXPECT_EQ(optimized(lines, "center_before_scale"), graph(lines));
}

TEST(Optimize, FusesAnActivationOfASingleUser) {
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[b,2]
  input %1 "z": f32[b,2]
  %2 = ADD(%0, %1) AddOptions{}: f32[b,2]
  %3 = RELU(%2): f32[b,2]
  output %3 "y"
)",
                      "fuse_activation"),
            graph(R"(  input %0 "x": f32[b,2]
  input %1 "z": f32[b,2]
  %2 = ADD(%0, %1) AddOptions{fused_activation_function: RELU}: f32[b,2]
  output %2 "y"
)"));
}

TEST(Optimize, FusesPaddingThatIsWhatSameAdds) {
  const auto lines = [](std::string_view pads) {
    return fmt::format(R"(  input %0 "x": f32[b,4,4,1]
  const %1 = i32[4,2] {{{}}}
  %2 = PAD(%0, %1): f32[b,6,6,1]
  const %3 = f32[1,3,3,1] splat 1
  const %4 = f32[1] {{0}}
  %5 = CONV_2D(%2, %3, %4) Conv2DOptions{{padding: VALID, stride_w: 1, stride_h: 1}}: f32[b,4,4,1]
  output %5 "y"
)",
                       pads);
  };
  EXPECT_EQ(optimized(lines("0, 0, 1, 1, 1, 1, 0, 0"), "fuse_pad"),
            graph(R"(  input %0 "x": f32[b,4,4,1]
  const %1 = f32[1,3,3,1] splat 1
  const %2 = f32[1] {0}
  %3 = CONV_2D(%0, %1, %2) Conv2DOptions{stride_w: 1, stride_h: 1}: f32[b,4,4,1]
  output %3 "y"
)"));
  const std::string uneven = lines("0, 0, 2, 0, 1, 1, 0, 0");
  EXPECT_EQ(optimized(uneven, "fuse_pad"), graph(uneven));
}

TEST(Optimize, FusesPaddingThatSeveralConvolutionsShare) {
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[b,5,5,1]
  const %1 = i32[4,2] {0, 0, 1, 1, 1, 1, 0, 0}
  %2 = PAD(%0, %1): f32[b,7,7,1]
  const %3 = f32[1,3,3,1] splat 1
  const %4 = f32[1] {0}
  %5 = CONV_2D(%2, %3, %4) Conv2DOptions{padding: VALID, stride_w: 2, stride_h: 2}: f32[b,3,3,1]
  const %6 = f32[1,3,3,1] splat 2
  %7 = DEPTHWISE_CONV_2D(%2, %6, %4) DepthwiseConv2DOptions{padding: VALID, stride_w: 2, stride_h: 2, depth_multiplier: 1}: f32[b,3,3,1]
  output %5 "y"
  output %7 "z"
)",
                      "fuse_pad"),
            graph(R"(  input %0 "x": f32[b,5,5,1]
  const %1 = f32[1,3,3,1] splat 1
  const %2 = f32[1] {0}
  %3 = CONV_2D(%0, %1, %2) Conv2DOptions{stride_w: 2, stride_h: 2}: f32[b,3,3,1]
  const %4 = f32[1,3,3,1] splat 2
  %5 = DEPTHWISE_CONV_2D(%0, %4, %2) DepthwiseConv2DOptions{stride_w: 2, stride_h: 2, depth_multiplier: 1}: f32[b,3,3,1]
  output %3 "y"
  output %5 "z"
)"));
}

TEST(Optimize, RecognizesClamping) {
  const auto clamp = [](const char* inner, const char* outer, const char* low, const char* high) {
    return optimized(fmt::format(R"(  input %0 "x": f32[b]
  const %1 = f32[] {{{}}}
  %2 = {}(%0, %1): f32[b]
  const %3 = f32[] {{{}}}
  %4 = {}(%2, %3): f32[b]
  output %4 "y"
)",
                                 low, inner, high, outer),
                     "recognize");
  };
  const auto one = [](const char* op) {
    return graph(
        fmt::format("  input %0 \"x\": f32[b]\n  %1 = {}(%0): f32[b]\n  output %1 \"y\"\n", op));
  };
  EXPECT_EQ(clamp("MAXIMUM", "MINIMUM", "0", "6"), one("RELU6"));
  EXPECT_EQ(clamp("MINIMUM", "MAXIMUM", "6", "0"), one("RELU6"));
  EXPECT_EQ(clamp("MINIMUM", "MAXIMUM", "1", "-1"), one("RELU_N1_TO_1"));
  EXPECT_NE(clamp("MAXIMUM", "MINIMUM", "0", "5"), one("RELU6"));
}

TEST(Optimize, RecognizesHardSwishInItsForms) {
  const std::string swish =
      graph("  input %0 \"x\": f32[b]\n  %1 = HARD_SWISH(%0): f32[b]\n  output %1 \"y\"\n");
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[b]
  const %1 = f32[] {3}
  %2 = ADD(%0, %1) AddOptions{}: f32[b]
  %3 = RELU6(%2): f32[b]
  %4 = MUL(%0, %3) MulOptions{}: f32[b]
  const %5 = f32[] {0.16666667}
  %6 = MUL(%4, %5) MulOptions{}: f32[b]
  output %6 "y"
)",
                      "recognize_hard_swish"),
            swish);
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[b]
  const %1 = f32[] {0.16666667}
  %2 = MUL(%0, %1) MulOptions{}: f32[b]
  const %3 = f32[] {0.5}
  %4 = ADD(%2, %3) AddOptions{}: f32[b]
  %5 = RELU(%4): f32[b]
  const %6 = f32[] {1}
  %7 = MINIMUM(%5, %6): f32[b]
  %8 = MUL(%7, %0) MulOptions{}: f32[b]
  output %8 "y"
)",
                      "recognize_hard_swish"),
            swish);
}

TEST(Optimize, RecognizesTheTanhFormOfGelu) {
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[b]
  %1 = SQUARE(%0): f32[b]
  %2 = MUL(%1, %0) MulOptions{}: f32[b]
  const %3 = f32[] {0.044715}
  %4 = MUL(%2, %3) MulOptions{}: f32[b]
  %5 = ADD(%0, %4) AddOptions{}: f32[b]
  const %6 = f32[] {0.7978845608}
  %7 = MUL(%5, %6) MulOptions{}: f32[b]
  %8 = TANH(%7): f32[b]
  const %9 = f32[] {1}
  %10 = ADD(%8, %9) AddOptions{}: f32[b]
  const %11 = f32[] {0.5}
  %12 = MUL(%0, %11) MulOptions{}: f32[b]
  %13 = MUL(%12, %10) MulOptions{}: f32[b]
  output %13 "y"
)",
                      "recognize_gelu"),
            graph("  input %0 \"x\": f32[b]\n  %1 = GELU(%0) GeluOptions{approximate: true}: "
                  "f32[b]\n  output %1 \"y\"\n"));
}

TEST(Optimize, BringsConstantsTogether) {
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[b,2]
  const %1 = f32[2] {2, 4}
  %2 = DIV(%0, %1) DivOptions{}: f32[b,2]
  const %3 = f32[] {8}
  %4 = MUL(%2, %3) MulOptions{}: f32[b,2]
  const %5 = f32[] {1}
  %6 = SUB(%4, %5) SubOptions{}: f32[b,2]
  %7 = SUB(%6, %5) SubOptions{}: f32[b,2]
  output %7 "y"
)",
                      "simplify"),
            graph(R"(  input %0 "x": f32[b,2]
  const %1 = f32[2] {4, 2}
  %2 = MUL(%0, %1) MulOptions{}: f32[b,2]
  const %3 = f32[] {-2}
  %4 = ADD(%2, %3) AddOptions{}: f32[b,2]
  output %4 "y"
)"));
}

TEST(Optimize, DropsWhatAGateMakesOfAStateThatIsZero) {
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[2,2]
  input %1 "fresh": f32[2,2]
  %2 = LOGISTIC(%0): f32[2,2]
  const %3 = f32[2,2] splat 0
  %4 = MUL(%2, %3) MulOptions{}: f32[2,2]
  %5 = ADD(%4, %1) AddOptions{}: f32[2,2]
  %6 = MUL(%0, %3) MulOptions{}: f32[2,2]
  output %5 "state"
  output %6 "any"
)",
                      "simplify"),
            graph(R"(  input %0 "x": f32[2,2]
  input %1 "fresh": f32[2,2]
  const %2 = f32[2,2] splat 0
  %3 = MUL(%0, %2) MulOptions{}: f32[2,2]
  output %1 "fresh"
  output %3 "any"
)"));
}

TEST(Optimize, DropsWhatPartsOfGatesMakeOfAStateThatIsZero) {
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[2,4]
  %1 = LOGISTIC(%0): f32[2,4]
  const %2 = i32[] {1}
  %3, %4 = SPLIT(%2, %1) SplitOptions{num_splits: 2}: f32[2,2]; f32[2,2]
  const %5 = f32[2,2] splat 0
  %6 = MUL(%3, %5) MulOptions{}: f32[2,2]
  %7 = ADD(%6, %4) AddOptions{}: f32[2,2]
  output %7 "state"
)",
                      "simplify"),
            graph(R"(  input %0 "x": f32[2,4]
  %1 = LOGISTIC(%0): f32[2,4]
  const %2 = i32[] {1}
  %3, %4 = SPLIT(%2, %1) SplitOptions{num_splits: 2}: f32[2,2]; f32[2,2]
  output %4 "state"
)"));
}

TEST(Optimize, JoinsWhatIsStackedAndThenRunTogether) {
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[b,3,2]
  input %1 "y": f32[b,3,2]
  %2 = PACK(%0, %1) PackOptions{values_count: 2, axis: -2}: f32[b,3,2,2]
  const %3 = i32[3] {-1, 3, 4}
  %4 = RESHAPE(%2, %3): f32[b,3,4]
  %5 = PACK(%0, %1) PackOptions{values_count: 2, axis: 3}: f32[b,3,2,2]
  %6 = RESHAPE(%5, %3): f32[b,3,4]
  output %4 "joined"
  output %6 "interleaved"
)",
                      "simplify"),
            graph(R"(  input %0 "x": f32[b,3,2]
  input %1 "y": f32[b,3,2]
  %2 = CONCATENATION(%0, %1) ConcatenationOptions{axis: 2}: f32[b,3,4]
  %3 = PACK(%0, %1) PackOptions{values_count: 2, axis: 3}: f32[b,3,2,2]
  const %4 = i32[3] {-1, 3, 4}
  %5 = RESHAPE(%3, %4): f32[b,3,4]
  output %2 "joined"
  output %5 "interleaved"
)"));
}

TEST(Optimize, DropsAReluOfWhatIsNeverNegative) {
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[2]
  input %1 "y": f32[2]
  %2 = SQUARED_DIFFERENCE(%0, %1): f32[2]
  %3 = RELU(%2): f32[2]
  %4 = TANH(%0): f32[2]
  %5 = RELU(%4): f32[2]
  output %3 "never"
  output %5 "sometimes"
)",
                      "recognize"),
            graph(R"(  input %0 "x": f32[2]
  input %1 "y": f32[2]
  %2 = SQUARED_DIFFERENCE(%0, %1): f32[2]
  %3 = TANH(%0): f32[2]
  %4 = RELU(%3): f32[2]
  output %2 "never"
  output %4 "sometimes"
)"));
}

TEST(Optimize, DropsWhatAddsNothingToIntegersOrMultipliesThemByOne) {
  EXPECT_EQ(optimized(R"(  input %0 "x": i32[b]
  const %1 = i32[] {0}
  %2 = ADD(%0, %1) AddOptions{}: i32[b]
  const %3 = i32[] {1}
  %4 = MUL(%2, %3) MulOptions{}: i32[b]
  %5 = ADD(%4, %3) AddOptions{}: i32[b]
  output %5 "y"
)",
                      "simplify"),
            graph(R"(  input %0 "x": i32[b]
  const %1 = i32[] {1}
  %2 = ADD(%0, %1) AddOptions{}: i32[b]
  output %2 "y"
)"));
}

TEST(Optimize, MergesReshapesTransposesAndCasts) {
  EXPECT_EQ(optimized(R"(  input %0 "x": f32[b,2,3]
  const %1 = i32[2] {-1, 6}
  %2 = RESHAPE(%0, %1): f32[b,6]
  const %3 = i32[3] {-1, 3, 2}
  %4 = RESHAPE(%2, %3): f32[b,3,2]
  const %5 = i32[3] {0, 2, 1}
  %6 = TRANSPOSE(%4, %5): f32[b,2,3]
  %7 = TRANSPOSE(%6, %5): f32[b,3,2]
  %8 = CAST(%7) CastOptions{out_data_type: FLOAT16}: f16[b,3,2]
  %9 = CAST(%8) CastOptions{in_data_type: FLOAT16}: f32[b,3,2]
  output %9 "y"
)",
                      "simplify"),
            graph(R"(  input %0 "x": f32[b,2,3]
  const %1 = i32[3] {-1, 3, 2}
  %2 = RESHAPE(%0, %1): f32[b,3,2]
  output %2 "y"
)"));
}

// It is undone each time it is tried, which must not be a reason to try it once more.
TEST(Optimize, GivesUpOnReshapesWhoseSizesCannotBeProvedEqual) {
  const std::string lines = R"(  input %0 "x": f32[b,4,2,2,2,3]
  const %1 = i32[5] {2, 2, 2, -1, 96}
  %2 = RESHAPE(%0, %1): f32[2,2,2,floordiv(96*b, 768),96]
  const %3 = i32[4] {2, -1, 4, 48}
  %4 = RESHAPE(%2, %3): f32[2,4*floordiv(96*b, 768),4,48]
  output %4 "y"
)";
  EXPECT_EQ(optimized(lines, "simplify_reshape"), graph(lines));
}

std::string reduced_channels(int channels) {
  return fmt::format(R"(  input %0 "x": f32[b,8,8,{}]
  const %1 = i32[4] {{0, 3, 1, 2}}
  %2 = TRANSPOSE(%0, %1): f32[b,{},8,8]
  const %3 = i32[1] {{1}}
  %4 = REDUCE_MAX(%2, %3) ReducerOptions{{}}: f32[b,8,8]
  output %4 "y"
)",
                     channels, channels);
}

TEST(Optimize, ReducesWithoutPermutationWhereTheInnermostAxisIsLong) {
  EXPECT_EQ(optimized(reduced_channels(32), "push_transpose_through_reduction"),
            graph(R"(  input %0 "x": f32[b,8,8,32]
  const %1 = i32[1] {3}
  %2 = REDUCE_MAX(%0, %1) ReducerOptions{}: f32[b,8,8]
  output %2 "y"
)"));
  EXPECT_EQ(optimized(reduced_channels(4), "push_transpose_through_reduction"),
            graph(reduced_channels(4)));
}

TEST(Optimize, ComputesOnIntegersFirst) {
  const auto module = ir::parse(graph(R"(  input %0 "x": f32[b,2]
  input %1 "index": i32[b]
  %2 = TANH(%0): f32[b,2]
  %3 = ABS(%1): i32[b]
  const %4 = f32[5,2] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
  %5 = GATHER(%4, %3) GatherOptions{}: f32[b,2]
  %6 = SHAPE(%2) ShapeOptions{out_type: INT32}: i32[2]
  %7 = ABS(%6): i32[2]
  output %5 "picked"
  output %7 "sizes"
)"));
  integers_first(*module);
  ir::verify(*module);
  EXPECT_EQ(ir::print(*module), graph(R"(  input %0 "x": f32[b,2]
  input %1 "index": i32[b]
  %2 = ABS(%1): i32[b]
  const %3 = f32[5,2] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
  %4 = GATHER(%3, %2) GatherOptions{}: f32[b,2]
  %5 = TANH(%0): f32[b,2]
  %6 = SHAPE(%5) ShapeOptions{out_type: INT32}: i32[2]
  %7 = ABS(%6): i32[2]
  output %4 "picked"
  output %7 "sizes"
)"));
}

TEST(Optimize, DividesWhereAFractionIsCutOffAfterwards) {
  const std::string lines = R"(  input %0 "x": f32[b]
  const %1 = f32[] {0.1}
  %2 = DIV(%0, %1) DivOptions{}: f32[b]
  %3 = FLOOR(%2): f32[b]
  output %3 "y"
)";
  EXPECT_EQ(optimized(lines, "simplify_div"), graph(lines));
}

TEST(Optimize, GivesOutAConstantInsteadOfDequantizingIt) {
  EXPECT_EQ(
      optimized(R"(  const %0 = i8[2] quantized(axis: 0, scales: [0.5], zero_points: [1]) {3, -1}
  %1 = DEQUANTIZE(%0) DequantizeOptions{}: f32[2]
  output %1 "y"
)",
                "fold_dequantize"),
      graph(R"(  const %0 = f32[2] {1, -1}
  output %0 "y"
)"));
}

}  // namespace
}  // namespace litecast::optimize
