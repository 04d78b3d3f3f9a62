#include <gtest/gtest.h>
#include <litecast/error.h>

#include "ir/parse.h"
#include "ir/print.h"

namespace litecast::ir {
namespace {

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
