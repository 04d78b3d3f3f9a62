#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <litecast/error.h>

#include "ir/parse.h"
#include "ir/print.h"

namespace litecast::ir {
namespace {

using testing::StartsWith;

constexpr std::string_view kModel = R"(graph "main" {
  input %0 "serving_default_x:0": f32[b,8,8,3]
  const %1 = f32[4,3,3,3] splat 0.5
  const %2 = f32[4] {1, -2.5, 0.1, nan}
  %3 = CONV_2D(%0, %1, %2) Conv2DOptions{stride_w: 2, stride_h: 2, fused_activation_function: RELU}: f32[b,4,4,4] @"net/conv"
  const %4 = i32[2] {-1, 64}
  %5 = RESHAPE(%3, %4) ReshapeOptions{new_shape: [-1, 64]}: f32[b,64]
  %6 = CUSTOM "Mystery \"op\""(%5, _) 0x01ff: i8[floordiv(b, 2)] quantized(axis: 0, scales: [0.25], zero_points: [-3])
  output %5 "StatefulPartitionedCall:0"
  output %6 "StatefulPartitionedCall:1"
}
signature "serving_default" graph "main" inputs("x": 0) outputs("y": 0, "z": 1)
)";

TEST(Text, PrintsWhatItParses) { EXPECT_EQ(print(*parse(kModel)), kModel); }

TEST(Text, KeepsNestedGraphs) {
  const std::string_view text = R"(graph "main" {
  input %0 "": i32[]
  %1 = WHILE(%0) WhileOptions{} graphs("cond", "body"): i32[]
  output %1 ""
}
graph "cond" {
  input %0 "": i32[]
  const %1 = i32[] {10}
  %2 = LESS(%0, %1): bool[]
  output %2 ""
}
graph "body" {
  input %0 "": i32[]
  const %1 = i32[] {1}
  %2 = ADD(%0, %1) AddOptions{}: i32[]
  output %2 ""
}
)";
  EXPECT_EQ(print(*parse(text)), text);
}

TEST(Text, KeepsRepeatedNumbersOfAnySign) {
  const std::string_view text = R"(graph "main" {
  const %0 = f32[2] splat -1e-05
  const %1 = f32[2] splat 1e+20
  const %2 = i8[1000,1000] splat -128
  const %3 = f32[2] splat -inf
  output %0 "a"
  output %1 "b"
  output %2 "c"
  output %3 "d"
}
)";
  EXPECT_EQ(print(*parse(text)), text);
}

TEST(Text, KeepsNodesWithoutResults) {
  const std::string_view text = R"(graph "main" {
  input %0 "x": f32[2]
  CUSTOM "Log"(%0)
  CUSTOM "Log"(%0) 0x01
  CUSTOM "Note"(%0) read
  CUSTOM "Note"(%0) pure 0x01
  CALL_ONCE() CallOnceOptions{} graphs("init")
  const %1 = f32[1] {1}
  CUSTOM "Log"(%1)
  output %0 "x"
}
graph "init" {
}
)";
  EXPECT_EQ(print(*parse(text)), text);
}

TEST(Text, RefusesAGraphThatContainsItself) {
  EXPECT_THROW(parse(R"(graph "a" {
  CALL_ONCE() graphs("b")
}
graph "b" {
  CALL_ONCE() graphs("a")
}
)"),
               MalformedInput);
}

TEST(Text, RefusesConstantsThatNobodyWrote) {
  const auto refusal = [](const std::string& constants) {
    try {
      parse("graph \"g\" {\n" + constants + "}", "g.ir");
    } catch (const MalformedInput& e) {
      return std::string(e.what());
    }
    return std::string("none");
  };
  EXPECT_THAT(refusal("const %0 = f32[1000000,1000000] splat 0\n"),
              StartsWith("g.ir, line 2: expected a shape of at most"));
  EXPECT_THAT(refusal("const %0 = f32[4611686018427387904,4,0] splat 0\n"),
              StartsWith("g.ir, line 2: expected a shape of at most"));
  EXPECT_THAT(refusal("const %0 = f32[-1,-1] {1}\n"),
              StartsWith("g.ir, line 2: expected a shape of at most"));
  EXPECT_THAT(refusal("const %0 = f32[2] {1}\n"),
              StartsWith("g.ir, line 2: expected elements that fill the shape"));
  EXPECT_THAT(refusal("input %0: f32[floordiv(b, 0)]\n"),
              StartsWith("g.ir, line 2: expected the size of an axis before it"));
  std::string many;
  for (int i = 0; i < 3; ++i)
    many += fmt::format(
        "const %{} = i8[10000000] quantized(axis: 0, scales: [1], zero_points: [0]) splat 1\n", i);
  EXPECT_THAT(refusal(many), StartsWith("g.ir, line 3: expected fewer repeated elements"));
}

TEST(Text, RefusesWhatIsNotAGraphAndSaysWhere) {
  for (std::size_t size = 1; size + 1 < kModel.find("signature"); ++size)
    EXPECT_THROW(parse(kModel.substr(0, size)), MalformedInput) << size;
  try {
    parse("graph \"g\" {\n  %1 = FROB()\n}", "g.ir");
    FAIL();
  } catch (const MalformedInput& e) {
    EXPECT_NE(std::string(e.what()).find("g.ir, line 2: expected an operator"), std::string::npos)
        << e.what();
  }
}

}  // namespace
}  // namespace litecast::ir
