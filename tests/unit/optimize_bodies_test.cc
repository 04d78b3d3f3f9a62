// Passes on the graphs of loops and branches.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "optimize/branches_to_logic.h"
#include "optimize/copy_results.h"
#include "optimize/fill_lists.h"
#include "optimize/forward_assignments.h"
#include "optimize/hoist_invariants.h"
#include "optimize/merge_slots.h"
#include "optimize/prune_bodies.h"

namespace litecast::optimize {
namespace {

template <class Pass>
std::string after(Pass pass, std::string_view text) {
  const auto module = ir::parse(text);
  pass(*module);
  ir::verify(*module);
  return ir::print(*module);
}

TEST(PruneBodies, DropsASlotThatIsCarriedForItselfAlone) {
  EXPECT_EQ(after(prune_bodies, R"(graph "main" {
  input %0 "x": f32[3]
  input %1 "i": i32[]
  %2, %3, %4 = WHILE(%1, %1, %0) WhileOptions{} graphs("cond", "body"): i32[]; i32[]; f32[3]
  output %4 "y"
}
graph "cond" {
  input %0 "i": i32[]
  input %1 "count": i32[]
  input %2 "x": f32[3]
  const %3 = i32[] {5}
  %4 = LESS(%0, %3) LessOptions{}: bool[]
  output %4 "go"
}
graph "body" {
  input %0 "i": i32[]
  input %1 "count": i32[]
  input %2 "x": f32[3]
  const %3 = i32[] {1}
  %4 = ADD(%0, %3) AddOptions{}: i32[]
  %5 = ADD(%1, %3) AddOptions{}: i32[]
  %6 = TANH(%2): f32[3]
  output %4 "i1"
  output %5 "count1"
  output %6 "x1"
}
)"),
            R"(graph "main" {
  input %0 "x": f32[3]
  input %1 "i": i32[]
  %2, %3 = WHILE(%1, %0) WhileOptions{} graphs("cond", "body"): i32[]; f32[3]
  output %3 "y"
}
graph "cond" {
  input %0 "i": i32[]
  input %1 "x": f32[3]
  const %2 = i32[] {5}
  %3 = LESS(%0, %2) LessOptions{}: bool[]
  output %3 "go"
}
graph "body" {
  input %0 "i": i32[]
  input %1 "x": f32[3]
  const %2 = i32[] {1}
  %3 = ADD(%0, %2) AddOptions{}: i32[]
  %4 = TANH(%1): f32[3]
  output %3 "i1"
  output %4 "x1"
}
)");
}

TEST(PruneBodies, KeepsWhatALiveSlotIsMadeOfRoundsLater) {
  // a becomes b, b becomes c, and c is needed; d becomes e, which nobody needs.
  const std::string text = after(prune_bodies, R"(graph "main" {
  input %i "i": i32[]
  input %x "x": f32[3]
  %0, %1, %2, %3, %4, %5 = WHILE(%i, %x, %x, %x, %x, %x) WhileOptions{} graphs("cond", "body"): i32[]; f32[3]; f32[3]; f32[3]; f32[3]; f32[3]
  output %3 "y"
}
graph "cond" {
  input %i "i": i32[]
  input %a "a": f32[3]
  input %b "b": f32[3]
  input %c "c": f32[3]
  input %d "d": f32[3]
  input %e "e": f32[3]
  const %n = i32[] {5}
  %go = LESS(%i, %n) LessOptions{}: bool[]
  output %go "go"
}
graph "body" {
  input %i "i": i32[]
  input %a "a": f32[3]
  input %b "b": f32[3]
  input %c "c": f32[3]
  input %d "d": f32[3]
  input %e "e": f32[3]
  const %one = i32[] {1}
  %next = ADD(%i, %one) AddOptions{}: i32[]
  %ta = TANH(%a): f32[3]
  %tb = TANH(%b): f32[3]
  %td = TANH(%d): f32[3]
  output %next "i1"
  output %a "a1"
  output %ta "b1"
  output %tb "c1"
  output %d "d1"
  output %td "e1"
}
)");
  EXPECT_NE(text.find(" = WHILE(%0, %1, %1, %1) "), std::string::npos) << text;
}

TEST(PruneBodies, DropsResultsAndOperandsOfAnIf) {
  EXPECT_EQ(after(prune_bodies, R"(graph "main" {
  input %0 "c": bool[]
  input %1 "x": f32[3]
  input %2 "z": f32[3]
  %3, %4 = IF(%0, %1, %2) IfOptions{} graphs("then", "else"): f32[3]; f32[3]
  output %3 "y"
}
graph "then" {
  input %0 "x": f32[3]
  input %1 "z": f32[3]
  %2 = TANH(%0): f32[3]
  %3 = TANH(%1): f32[3]
  output %2 "a"
  output %3 "b"
}
graph "else" {
  input %0 "x": f32[3]
  input %1 "z": f32[3]
  output %0 "x"
  output %1 "z"
}
)"),
            R"(graph "main" {
  input %0 "c": bool[]
  input %1 "x": f32[3]
  input %2 "z": f32[3]
  %3 = IF(%0, %1) IfOptions{} graphs("then", "else"): f32[3]
  output %3 "y"
}
graph "then" {
  input %0 "x": f32[3]
  %1 = TANH(%0): f32[3]
  output %1 "a"
}
graph "else" {
  input %0 "x": f32[3]
  output %0 "x"
}
)");
}

// Two counters; a projection of row i of x; a mean that is the same in each round.
constexpr std::string_view kRecurrence = R"(graph "main" {
  input %0 "x": f32[t,b,2]
  input %1 "h": f32[b,3]
  input %2 "i": i32[]
  %3, %4, %5, %6 = WHILE(%2, %2, %1, %0) WhileOptions{} graphs("cond", "body"): i32[]; i32[]; f32[b,3]; f32[t,b,2]
  output %5 "y"
}
graph "cond" {
  input %0 "i": i32[]
  input %1 "j": i32[]
  input %2 "h": f32[b,3]
  input %3 "x": f32[t,b,2]
  const %4 = i32[] {5}
  %5 = LESS(%0, %4) LessOptions{}: bool[]
  %6 = LESS(%1, %4) LessOptions{}: bool[]
  %7 = LOGICAL_AND(%5, %6) LogicalAndOptions{}: bool[]
  output %7 "go"
}
graph "body" {
  input %0 "i": i32[]
  input %1 "j": i32[]
  input %2 "h": f32[b,3]
  input %3 "x": f32[t,b,2]
  %4 = GATHER(%3, %0) GatherOptions{}: f32[b,2]
  const %5 = f32[3,2] {1, 2, 3, 4, 5, 6}
  %6 = FULLY_CONNECTED(%4, %5, _) FullyConnectedOptions{}: f32[b,3]
  %7 = ADD(%6, %2) AddOptions{}: f32[b,3]
  const %8 = i32[3] {0, 1, 2}
  %9 = MEAN(%3, %8) ReducerOptions{}: f32[]
  %10 = MUL(%7, %9) MulOptions{}: f32[b,3]
  const %11 = i32[] {1}
  %12 = ADD(%0, %11) AddOptions{}: i32[]
  %13 = ADD(%1, %11) AddOptions{}: i32[]
  output %12 "i1"
  output %13 "j1"
  output %10 "h1"
  output %3 "x"
}
)";

TEST(LoopPasses, MergeCountersAndHoistProjectionsAndInvariants) {
  const std::string text = after(
      [](ir::Module& module) {
        merge_slots(module);
        hoist_invariants(module);
        prune_bodies(module);
      },
      kRecurrence);
  EXPECT_EQ(text, R"(graph "main" {
  input %0 "x": f32[t,b,2]
  input %1 "h": f32[b,3]
  input %2 "i": i32[]
  const %3 = f32[3,2] {1, 2, 3, 4, 5, 6}
  %4 = FULLY_CONNECTED(%0, %3, _) FullyConnectedOptions{keep_num_dims: true}: f32[t,b,3]
  const %5 = i32[3] {0, 1, 2}
  %6 = MEAN(%0, %5) ReducerOptions{}: f32[]
  %7, %8, %9, %10 = WHILE(%2, %1, %4, %6) WhileOptions{} graphs("cond", "body"): i32[]; f32[b,3]; f32[t,b,3]; f32[]
  output %8 "y"
}
)" + text.substr(text.find("graph \"cond\"")));
  EXPECT_NE(text.find("= GATHER(%2, %0) GatherOptions{}: f32[b,3]"), std::string::npos) << text;
  EXPECT_EQ(text.find("MEAN(", text.find("graph \"body\"")), std::string::npos) << text;
}

// As the cells of TensorFlow 1 are written.
TEST(LoopPasses, SplitAProductOfARowAndAState) {
  const auto text_with = [](const std::string& parts) {
    return after(
        [](ir::Module& module) {
          hoist_invariants(module);
          prune_bodies(module);
        },
        R"(graph "main" {
  input %x "x": f32[t,b,2]
  input %h "h": f32[b,3]
  input %i "i": i32[]
  %j, %y, %z = WHILE(%i, %h, %x) WhileOptions{} graphs("cond", "body"): i32[]; f32[b,3]; f32[t,b,2]
  output %y "y"
}
graph "cond" {
  input %i "i": i32[]
  input %h "h": f32[b,3]
  input %x "x": f32[t,b,2]
  const %n = i32[] {5}
  %go = LESS(%i, %n) LessOptions{}: bool[]
  output %go "go"
}
graph "body" {
  input %i "i": i32[]
  input %h "h": f32[b,3]
  input %x "x": f32[t,b,2]
  const %one = i32[] {1}
  const %w = f32[3,5] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
  const %v = f32[3,8] splat 2
  const %bias = f32[3] {1, 2, 3}
  %row = GATHER(%x, %i) GatherOptions{}: f32[b,2]
)" + parts + R"(
  %h1 = TANH(%p): f32[b,3]
  %i1 = ADD(%i, %one) AddOptions{}: i32[]
  output %i1 "i1"
  output %h1 "h1"
  output %x "x"
}
)");
  };
  const std::string first = text_with(R"(
  %both = CONCATENATION(%row, %h) ConcatenationOptions{axis: 1}: f32[b,5]
  %p = FULLY_CONNECTED(%both, %w, %bias) FullyConnectedOptions{}: f32[b,3])");
  EXPECT_NE(first.find("f32[3,2] {1, 2, 6, 7, 11, 12}"), std::string::npos) << first;
  EXPECT_NE(first.find("f32[3,3] {3, 4, 5, 8, 9, 10, 13, 14, 15}"), std::string::npos) << first;
  EXPECT_LT(first.find("FULLY_CONNECTED(%0"), first.find("graph \"cond\"")) << first;
  EXPECT_EQ(first.find("CONCATENATION"), std::string::npos) << first;
  const std::string last = text_with(R"(
  %both = CONCATENATION(%h, %row) ConcatenationOptions{axis: -1}: f32[b,5]
  %p = FULLY_CONNECTED(%both, %w, _) FullyConnectedOptions{}: f32[b,3])");
  EXPECT_NE(last.find("f32[3,2] {4, 5, 9, 10, 14, 15}"), std::string::npos) << last;
  // Two states on either side of the row would have to be put together anew.
  const std::string between = text_with(R"(
  %both = CONCATENATION(%h, %row, %h) ConcatenationOptions{axis: 1}: f32[b,8]
  %p = FULLY_CONNECTED(%both, %v, _) FullyConnectedOptions{}: f32[b,3])");
  EXPECT_NE(between.find("CONCATENATION"), std::string::npos) << between;
}

TEST(LoopPasses, TakeRowsOfTheTransposedSequence) {
  const auto text_with = [](const std::string& first, const std::string& begin,
                            const std::string& masks) {
    return after(
        [](ir::Module& module) {
          hoist_invariants(module);
          prune_bodies(module);
        },
        R"(graph "main" {
  input %x "x": f32[b,t,2]
  input %h "h": f32[b,3]
  const %i = i32[] )" +
            first + R"(
  %j, %y, %z = WHILE(%i, %h, %x) WhileOptions{} graphs("cond", "body"): i32[]; f32[b,3]; f32[b,t,2]
  output %y "y"
}
graph "cond" {
  input %i "i": i32[]
  input %h "h": f32[b,3]
  input %x "x": f32[b,t,2]
  const %n = i32[] {5}
  %go = LESS(%i, %n) LessOptions{}: bool[]
  output %go "go"
}
graph "body" {
  input %i "i": i32[]
  input %h "h": f32[b,3]
  input %x "x": f32[b,t,2]
  const %zero = i32[] {0}
  const %one = i32[] {1}
  const %strides = i32[2] {1, 1}
  const %w = f32[3,2] {1, 2, 3, 4, 5, 6}
  %i1 = ADD(%i, %one) AddOptions{}: i32[]
  %begin = PACK()" +
            begin + R"() PackOptions{values_count: 2}: i32[2]
  %end = PACK(%zero, %i1) PackOptions{values_count: 2}: i32[2]
  %row = STRIDED_SLICE(%x, %begin, %end, %strides) StridedSliceOptions{)" +
            masks + R"(}: f32[b,2]
  %p = FULLY_CONNECTED(%row, %w, _) FullyConnectedOptions{}: f32[b,3]
  %s = ADD(%p, %h) AddOptions{}: f32[b,3]
  %h1 = TANH(%s): f32[b,3]
  output %i1 "i1"
  output %h1 "h1"
  output %x "x"
}
)");
  };
  const std::string all_of_the_first = "begin_mask: 1, end_mask: 1, shrink_axis_mask: 2";
  const std::string text = text_with("{0}", "%zero, %i", all_of_the_first);
  EXPECT_LT(text.find("TRANSPOSE(%0"), text.find("WHILE(")) << text;
  EXPECT_LT(text.find("FULLY_CONNECTED("), text.find("WHILE(")) << text;
  EXPECT_EQ(text.find("STRIDED_SLICE"), std::string::npos) << text;
  // What counts from the end, and what is no counter.
  for (const std::string& other : {text_with("{-2}", "%zero, %i", all_of_the_first),
                                   text_with("{0}", "%zero, %i1", all_of_the_first)})
    EXPECT_NE(other.find("STRIDED_SLICE"), std::string::npos) << other;
}

// The runtime overwrites the slots one after the other.
TEST(CopyResults, CopiesASlotThatMovesToAnotherPlace) {
  EXPECT_EQ(after(copy_results, R"(graph "main" {
  input %0 "a": f32[2]
  input %1 "b": f32[2]
  %2, %3 = WHILE(%0, %1) WhileOptions{} graphs("cond", "body"): f32[2]; f32[2]
  output %2 "y"
}
graph "cond" {
  input %0 "a": f32[2]
  input %1 "b": f32[2]
  const %2 = bool[] {1}
  output %2 "go"
}
graph "body" {
  input %0 "a": f32[2]
  input %1 "b": f32[2]
  output %1 "b"
  output %1 "b"
}
)"),
            R"(graph "main" {
  input %0 "a": f32[2]
  input %1 "b": f32[2]
  %2, %3 = WHILE(%0, %1) WhileOptions{} graphs("cond", "body"): f32[2]; f32[2]
  output %2 "y"
}
graph "cond" {
  input %0 "a": f32[2]
  input %1 "b": f32[2]
  const %2 = bool[] {1}
  output %2 "go"
}
graph "body" {
  input %0 "a": f32[2]
  input %1 "b": f32[2]
  const %2 = f32[] {-0}
  %3 = ADD(%1, %2) AddOptions{}: f32[2]
  output %3 ""
  output %1 "b"
}
)");
}

// The runtime hands the memory of a result on.
TEST(CopyResults, CopiesAResultThatABranchGivesTwice) {
  const std::string text = after(copy_results, R"(graph "main" {
  input %0 "p": bool[]
  input %1 "x": f32[2]
  %2, %3 = IF(%0, %1) IfOptions{} graphs("then", "else"): f32[2]; f32[2]
  output %2 "a"
  output %3 "b"
}
graph "then" {
  input %0 "x": f32[2]
  %1 = TANH(%0): f32[2]
  output %1 "y"
  output %1 "y"
}
graph "else" {
  input %0 "x": f32[2]
  output %0 "x"
  output %0 "x"
}
)");
  EXPECT_THAT(text, ::testing::HasSubstr(R"(graph "then" {
  input %0 "x": f32[2]
  %1 = TANH(%0): f32[2]
  const %2 = f32[] {-0}
  %3 = ADD(%1, %2) AddOptions{}: f32[2]
  output %1 "y"
  output %3 ""
}
graph "else" {
  input %0 "x": f32[2]
  output %0 "x"
  output %0 "x"
})"));
}

TEST(BranchesToLogic, WhatDecidesATruthValueIsLogic) {
  const auto decided = [](std::string_view then, std::string_view otherwise) {
    const std::string text = fmt::format(R"(graph "main" {{
  input %0 "c": bool[]
  input %1 "x": bool[]
  %2 = IF(%0, %1) IfOptions{{}} graphs("then", "else"): bool[]
  output %2 "y"
}}
graph "then" {{
  input %0 "x": bool[]
  {}
}}
graph "else" {{
  input %0 "x": bool[]
  {}
}}
)",
                                         then, otherwise);
    const auto module = ir::parse(text);
    branches_to_logic(*module);
    ir::verify(*module);
    std::string result = ir::print(*module);
    const std::size_t from = result.find("  %2 = "), to = result.find("  output");
    return from == std::string::npos ? std::string() : result.substr(from, to - from);
  };
  constexpr std::string_view kFalse = "const %1 = bool[] {0}\n  output %1 \"y\"",
                             kTrue = "const %1 = bool[] {1}\n  output %1 \"y\"",
                             kSame = "output %0 \"y\"",
                             kOther = "%1 = LOGICAL_NOT(%0): bool[]\n  output %1 \"y\"",
                             kDrawn = "%1 = CUSTOM \"Draw\"(%0): bool[]\n  output %1 \"y\"";
  EXPECT_EQ(decided(kSame, kFalse), "  %2 = LOGICAL_AND(%0, %1): bool[]\n");
  EXPECT_EQ(decided(kTrue, kSame), "  %2 = LOGICAL_OR(%0, %1): bool[]\n");
  EXPECT_EQ(decided(kOther, kFalse),
            "  %2 = LOGICAL_NOT(%1): bool[]\n  %3 = LOGICAL_AND(%0, %2): bool[]\n");
  EXPECT_EQ(decided(kFalse, kSame),
            "  %2 = LOGICAL_NOT(%0): bool[]\n  %3 = LOGICAL_AND(%2, %1): bool[]\n");
  EXPECT_EQ(decided(kSame, kTrue),
            "  %2 = LOGICAL_NOT(%0): bool[]\n  %3 = LOGICAL_OR(%2, %1): bool[]\n");
  EXPECT_EQ(decided(kFalse, kTrue), "  %2 = LOGICAL_NOT(%0): bool[]\n");
  EXPECT_EQ(decided(kTrue, kFalse), "");
  EXPECT_NE(decided(kSame, kOther).find(" = IF("), std::string::npos);
  EXPECT_NE(decided(kDrawn, kFalse).find(" = IF("), std::string::npos);
}

// Lines of a graph of x, with a handle of v and one of another variable.
std::string forwarded(std::string_view lines) {
  constexpr std::string_view kFirst = R"(graph "main" {
  input %0 "x": f32[3]
  %1 = VAR_HANDLE() VarHandleOptions{shared_name: "v"}: resource[1]
  %2 = VAR_HANDLE() VarHandleOptions{shared_name: "w"}: resource[1]
)";
  const auto module = ir::parse(std::string(kFirst) + std::string(lines) + "}\n");
  forward_assignments(*module->graphs()[0]);
  ir::verify(*module);
  return ir::print(*module).substr(kFirst.size());
}

TEST(ForwardAssignments, WhatWasAssignedIsNotReadAndOnlyTheLastIsAssigned) {
  EXPECT_EQ(forwarded(R"(  ASSIGN_VARIABLE(%1, %0)
  %3 = READ_VARIABLE(%1): f32[3]
  %4 = TANH(%3): f32[3]
  ASSIGN_VARIABLE(%1, %4)
  %5 = READ_VARIABLE(%1): f32[3]
  output %5 "y"
)"),
            R"(  %3 = TANH(%0): f32[3]
  ASSIGN_VARIABLE(%1, %3)
  output %3 "y"
}
)");
}

TEST(ForwardAssignments, VariablesAreToldApart) {
  const std::string_view lines = R"(  ASSIGN_VARIABLE(%1, %0)
  %3 = READ_VARIABLE(%2): f32[3]
  ASSIGN_VARIABLE(%2, %3)
  output %3 "y"
)";
  EXPECT_EQ(forwarded(lines), std::string(lines) + "}\n");
}

TEST(ForwardAssignments, WhatOthersMayReadIsAssigned) {
  const std::string_view lines = R"(  ASSIGN_VARIABLE(%1, %0)
  %3 = CUSTOM "Other"(%0): f32[3]
  ASSIGN_VARIABLE(%1, %3)
  %4 = CUSTOM "Other"(%0): f32[3]
  %5 = READ_VARIABLE(%1): f32[3]
  output %5 "y"
)";
  EXPECT_EQ(forwarded(lines), std::string(lines) + "}\n");
}

TEST(FillLists, LongOnesOfOneNumberAreMadeWhenTheModelRuns) {
  const auto text_of = [](std::string_view list) {
    const auto module = ir::parse(fmt::format(R"(graph "main" {{
  input %0 "r": f32[1,64]
  input %1 "p": i32[2]
  {}
  %3 = DYNAMIC_UPDATE_SLICE(%2, %0, %1): f32[64,64]
  output %3 "y"
}}
)",
                                              list));
    fill_lists(*module);
    ir::verify(*module);
    return ir::print(*module);
  };
  EXPECT_NE(text_of("const %2 = f32[64,64] splat 0").find(" = FILL("), std::string::npos);
  EXPECT_EQ(text_of("input %2 \"l\": f32[64,64]").find(" = FILL("), std::string::npos);
  const std::string small = after(fill_lists, R"(graph "main" {
  input %0 "r": f32[1,4]
  input %1 "p": i32[2]
  const %2 = f32[3,4] splat 0
  %3 = DYNAMIC_UPDATE_SLICE(%2, %0, %1): f32[3,4]
  output %3 "y"
}
)");
  EXPECT_EQ(small.find(" = FILL("), std::string::npos);
}

}  // namespace
}  // namespace litecast::optimize
