// What the GPU delegate takes, node by node: one of each kind of condition that the table has.
#include <gtest/gtest.h>

#include "delegates/gpu.h"
#include "ir/parse.h"

namespace litecast::delegates {
namespace {

std::vector<std::string> refusals(std::string_view lines) {
  const auto module = ir::parse(fmt::format("graph \"main\" {{\n{}}}\n", lines));
  std::vector<std::string> all;
  for (const Refusal& refusal : refused_by_gpu(*module))
    all.push_back(fmt::format("{}: {}", ir::name(refusal.node->op()), refusal.reason));
  return all;
}

void takes(std::string_view lines) {
  EXPECT_EQ(refusals(lines), std::vector<std::string>()) << lines;
}

void refuses(std::string_view lines, std::string_view words) {
  const auto all = refusals(lines);
  ASSERT_EQ(all.size(), 1) << lines;
  EXPECT_THAT(all[0], testing::HasSubstr(std::string(words)));
}

TEST(Gpu, HasNoOtherOps) {
  refuses(R"(  input %0 "x": f32[2,3]
  %1 = CUMSUM(%0, %0) CumsumOptions{}: f32[2,3]
  output %1 "y"
)",
          "CUMSUM: on the GPU delegate it takes axes that are constant");
  refuses(R"(  input %0 "x": f32[2,3]
  %1 = SHAPE(%0) ShapeOptions{out_type: INT32}: i32[2]
  output %1 "y"
)",
          "SHAPE: the GPU delegate does not have it");
  refuses(R"(  input %0 "x": f32[2,3]
  %1 = CUSTOM "Mine"(%0): f32[2,3]
  output %1 "y"
)",
          "CUSTOM: the GPU delegate does not have it");
}

TEST(Gpu, CastsFloatsIntegersAndTruthValues) {
  for (const auto& [from, to] : {std::pair("f32", "i32"), std::pair("i32", "f32"),
                                 std::pair("bool", "f16"), std::pair("f32", "bool")})
    takes(fmt::format(
        "  input %0 \"x\": {}[2]\n  %1 = CAST(%0) CastOptions{{}}: {}[2]\n  output %1 \"y\"\n",
        from, to));
  for (const auto& [from, to] : {std::pair("f32", "i64"), std::pair("i8", "f32"),
                                 std::pair("bool", "i32"), std::pair("f16", "f32")})
    refuses(
        fmt::format(
            "  input %0 \"x\": {}[2]\n  %1 = CAST(%0) CastOptions{{}}: {}[2]\n  output %1 \"y\"\n",
            from, to),
        "it casts between float32 and int32");
}

TEST(Gpu, CountsWhatIsComputed) {
  takes(R"(  input %0 "x": f32[2,3]
  const %1 = f32[] {2}
  %2 = SUB(%0, %1) SubOptions{}: f32[2,3]
  %3 = POW(%2, %0) PowOptions{}: f32[2,3]
  output %3 "y"
)");
  refuses(R"(  const %0 = f32[2] {1, 2}
  %1 = EXP(%0) ExpOptions{}: f32[2]
  output %1 "y"
)",
          "EXP: on the GPU delegate it takes 1 operand that is computed");
  refuses(R"(  input %0 "x": f32[2,3]
  input %1 "n": i32[1]
  %2 = SUM(%0, %1) ReducerOptions{keep_dims: true}: f32[2,1]
  output %2 "y"
)",
          "SUM: on the GPU delegate it takes 1 operand that is computed, not 2");
}

TEST(Gpu, CutsImagesAndVolumes) {
  constexpr std::string_view kSlice = R"(  input %0 "x": f32[{0}]
  const %1 = i32[{1}] {{{2}}}
  const %2 = i32[{1}] {{{3}}}
  %3 = SLICE(%0, %1, %2) SliceOptions{{}}: f32[{0}]
  output %3 "y"
)";
  takes(fmt::format(kSlice, "1,b,3", 3, "0, 0, 0", "-1, -1, -1"));
  refuses(fmt::format(kSlice, "2,3", 2, "0, 0", "-1, -1"), "rank 3 and 4, not 2");
}

TEST(Gpu, BroadcastsAtTheLastAxes) {
  constexpr std::string_view kAdd = R"(  input %0 "x": f32[{}]
  input %1 "z": f32[{}]
  %2 = {}(%0, %1) {}: f32[2,4,3]
  output %2 "y"
)";
  takes(fmt::format(kAdd, "2,4,3", "1,3", "ADD", "AddOptions{}"));
  takes(fmt::format(kAdd, "2,4,3", "b,3", "MUL", "MulOptions{}"));
  refuses(fmt::format(kAdd, "2,4,3", "2,3", "MUL", "MulOptions{}"),
          "does not broadcast [2,4,3] and [2,3]");
}

TEST(Gpu, ReadsOptions) {
  constexpr std::string_view kPad = R"(  input %0 "x": f32[1,4,4,3]
  const %1 = i32[4,2] {{0, 0, 1, 1, 1, 1, 0, 0}}
  %2 = MIRROR_PAD(%0, %1) MirrorPadOptions{{mode: {}}}: f32[1,6,6,3]
  output %2 "y"
)";
  takes(fmt::format(kPad, "REFLECT"));
  refuses(fmt::format(kPad, "SYMMETRIC"), "without the border");
  constexpr std::string_view kSoftmax = R"(  input %0 "x": f32[1,4]
  %1 = SOFTMAX(%0) SoftmaxOptions{{beta: {}}}: f32[1,4]
  output %1 "y"
)";
  takes(fmt::format(kSoftmax, 1));
  refuses(fmt::format(kSoftmax, 2), "beta 1, not 2");
}

TEST(Gpu, KnowsItsOwnCustomOps) {
  constexpr std::string_view kPool = R"(  input %0 "x": f32[1,4,4,3]
  %1, %2 = CUSTOM "MaxPoolingWithArgmax2D"(%0) pure 0x{}: f32[1,2,2,3]; f32[1,2,2,3]
  output %1 "y"
  output %2 "i"
)";
  constexpr std::string_view kHead = "0100000002000000020000000200000002000000";
  takes(fmt::format(kPool, fmt::format("{}00000000", kHead)));
  refuses(fmt::format(kPool, fmt::format("{}05000000", kHead)), "SIGN_BIT");
  refuses(fmt::format(kPool, kHead), "its options are missing");
  refuses(fmt::format(kPool, "010000000200000002000000020000000000000000000000"),
          "windows above zero");
}

TEST(Gpu, CountsAConstantWithoutElementsAsComputed) {
  refuses(R"(  input %0 "x": f32[2,3]
  const %1 = i32[0] {}
  %2 = SUM(%0, %1) ReducerOptions{keep_dims: true}: f32[2,3]
  output %2 "y"
)",
          "computed, not 2");
}

TEST(Gpu, LooksIntoBodies) {
  const auto module = ir::parse(R"(graph "main" {
  input %0 "x": f32[2]
  %1 = WHILE(%0) WhileOptions{} graphs("cond", "body"): f32[2]
  output %1 "y"
}
graph "cond" {
  input %0 "x": f32[2]
  const %1 = bool[] {1}
  output %1 "y"
}
graph "body" {
  input %0 "x": f32[2]
  %1 = ZEROS_LIKE(%0) ZerosLikeOptions{}: f32[2]
  output %1 "y"
}
)");
  EXPECT_EQ(refused_by_gpu(*module).size(), 2);
}

}  // namespace
}  // namespace litecast::delegates
