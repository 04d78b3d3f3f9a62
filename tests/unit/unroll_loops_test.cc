// Loops of a few rounds.
#include "optimize/unroll_loops.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "optimize/pipeline.h"

namespace litecast::optimize {
namespace {

// A loop that carries a counter and x.
std::string loop(std::string_view limit, std::string_view body, std::string_view type = "f32[3]") {
  return fmt::format(R"(graph "main" {{
  input %x "x": {2}
  input %n "n": i32[]
  const %i = i32[] {{0}}
  %a, %b, %c = WHILE(%i, %x, %n) WhileOptions{{}} graphs("cond", "body"): i32[]; {2}; i32[]
  output %b "y"
}}
graph "cond" {{
  input %i "i": i32[]
  input %x "x": {2}
  input %n "n": i32[]
  {0}
  %go = LESS(%i, %limit) LessOptions{{}}: bool[]
  output %go "go"
}}
graph "body" {{
  input %i "i": i32[]
  input %x "x": {2}
  input %n "n": i32[]
  const %one = i32[] {{1}}
  {1}
  %next = ADD(%i, %one) AddOptions{{}}: i32[]
  output %next "i1"
  output %y "x1"
  output %n "n1"
}}
)",
                     limit, body, type);
}

std::string rounds(int count) { return fmt::format("const %limit = i32[] {{{}}}", count); }

std::string before(std::string_view text) { return ir::print(*ir::parse(text)); }

std::string after(std::string_view text) {
  const auto module = ir::parse(text);
  const bool has_changed = unroll_loops(*module);
  ir::verify(*module);
  std::string result = ir::print(*module);
  EXPECT_EQ(has_changed, result.find(" WHILE(") == std::string::npos);
  return result;
}

void stays(std::string_view text) { EXPECT_EQ(after(text), before(text)); }
void goes(std::string_view text) {
  const std::string result = after(text);
  EXPECT_EQ(result.find(" WHILE("), std::string::npos) << result;
}

int count_of(std::string_view what, std::string_view text) {
  int count = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; ++at) ++count;
  return count;
}

constexpr std::string_view kTanh = "%y = TANH(%x): f32[3]";

TEST(UnrollLoops, RoundsFollowEachOther) {
  EXPECT_EQ(after(loop(rounds(3), R"(%number = CAST(%i) CastOptions{in_data_type: INT32}: f32[]
  %sum = ADD(%x, %number) AddOptions{}: f32[3]
  %y = TANH(%sum): f32[3])")),
            R"(graph "main" {
  input %0 "x": f32[3]
  input %1 "n": i32[]
  const %2 = f32[] {0}
  %3 = ADD(%0, %2) AddOptions{}: f32[3]
  %4 = TANH(%3): f32[3]
  const %5 = f32[] {1}
  %6 = ADD(%4, %5) AddOptions{}: f32[3]
  %7 = TANH(%6): f32[3]
  const %8 = f32[] {2}
  %9 = ADD(%7, %8) AddOptions{}: f32[3]
  %10 = TANH(%9): f32[3]
  output %10 "y"
}
)");
}

TEST(UnrollLoops, NoneAreWhatTheLoopBeginsWith) {
  EXPECT_EQ(after(loop(rounds(0), kTanh)), R"(graph "main" {
  input %0 "x": f32[3]
  input %1 "n": i32[]
  output %0 "x"
}
)");
}

TEST(UnrollLoops, OnlyAFewNodes) {
  goes(loop(rounds(32), kTanh));
  stays(loop(rounds(33), kTanh));
  std::string body = "%a0 = TANH(%x): f32[3]\n";
  for (int i = 0; i < 40; ++i) body += fmt::format("  %a{} = TANH(%a{}): f32[3]\n", i + 1, i);
  body += "  %y = TANH(%a40): f32[3]";
  goes(loop(rounds(1), body));
  stays(loop(rounds(2), body));
}

TEST(UnrollLoops, WhereDataDecideTheLoopStays) {
  stays(loop("const %t = i32[] {2}\n  %limit = MINIMUM(%n, %t) MaximumMinimumOptions{}: i32[]",
             kTanh));
}

TEST(UnrollLoops, LargeWeightsStayInOneKernel) {
  const auto product = [](int units) {
    return fmt::format(
        "const %w = f32[{0},{0}] splat 1\n"
        "  %y = FULLY_CONNECTED(%x, %w, _) FullyConnectedOptions{{}}: f32[2,{0}]",
        units);
  };
  goes(loop(rounds(8), product(64), "f32[2,64]"));
  stays(loop(rounds(8), product(256), "f32[2,256]"));
  goes(loop(rounds(1), product(512), "f32[2,512]"));
}

TEST(UnrollLoops, WhatIsAssignedKeepsItsOrder) {
  const std::string_view body = R"(
  %v = VAR_HANDLE() VarHandleOptions{shared_name: "v"}: resource[1]
  %old = READ_VARIABLE(%v) ReadVariableOptions{}: f32[3]
  %y = ADD(%old, %x) AddOptions{}: f32[3]
  ASSIGN_VARIABLE(%v, %y) AssignVariableOptions{})";
  const std::string text = after(loop(rounds(2), body));
  const std::string_view order[] = {"READ_VARIABLE", "ASSIGN_VARIABLE", "READ_VARIABLE",
                                    "ASSIGN_VARIABLE"};
  std::size_t at = 0;
  for (const std::string_view op : order) {
    at = text.find(op, at);
    ASSERT_NE(at, std::string::npos) << text;
    at += op.size();
  }
  // What is given up leaves none.
  stays(loop(rounds(30), body));
}

TEST(UnrollLoops, ALoopOfLoopsBecomesNone) {
  const std::string_view nested = R"(graph "inner" {
  input %i "i": i32[]
  input %x "x": f32[3]
  const %limit = i32[] {2}
  %go = LESS(%i, %limit) LessOptions{}: bool[]
  output %go "go"
}
graph "step" {
  input %i "i": i32[]
  input %x "x": f32[3]
  const %one = i32[] {1}
  %next = ADD(%i, %one) AddOptions{}: i32[]
  %y = TANH(%x): f32[3]
  output %next "i1"
  output %y "x1"
}
)";
  const std::string text = after(loop(rounds(3), R"(const %zero = i32[] {0}
  %j, %y = WHILE(%zero, %x) WhileOptions{} graphs("inner", "step"): i32[]; f32[3])") +
                                 std::string(nested));
  EXPECT_EQ(count_of(" TANH(", text), 6) << text;
}

TEST(UnrollLoops, ListsAreUnpackedAndPacked) {
  const auto module = ir::parse(R"(graph "main" {
  input %x "x": f32[3,4]
  const %i = i32[] {0}
  const %list = f32[3,4] splat 0
  %a, %b, %c = WHILE(%i, %list, %x) WhileOptions{} graphs("cond", "body"): i32[]; f32[3,4]; f32[3,4]
  output %b "y"
}
graph "cond" {
  input %i "i": i32[]
  input %list "list": f32[3,4]
  input %x "x": f32[3,4]
  const %limit = i32[] {3}
  %go = LESS(%i, %limit) LessOptions{}: bool[]
  output %go "go"
}
graph "body" {
  input %i "i": i32[]
  input %list "list": f32[3,4]
  input %x "x": f32[3,4]
  const %one = i32[] {1}
  %next = ADD(%i, %one) AddOptions{}: i32[]
  %row = GATHER(%x, %i) GatherOptions{}: f32[4]
  %y = TANH(%row): f32[4]
  const %shape = i32[2] {1, 4}
  %item = RESHAPE(%y, %shape) ReshapeOptions{}: f32[1,4]
  const %zero = i32[] {0}
  %place = PACK(%i, %zero) PackOptions{values_count: 2}: i32[2]
  %written = DYNAMIC_UPDATE_SLICE(%list, %item, %place): f32[3,4]
  output %next "i1"
  output %written "list1"
  output %x "x1"
}
)");
  EXPECT_TRUE(optimize_with(*module, "unroll_loops"));
  EXPECT_TRUE(optimize_with(*module, "stack_rows"));
  EXPECT_EQ(ir::print(*module), R"(graph "main" {
  input %0 "x": f32[3,4]
  %1, %2, %3 = UNPACK(%0) UnpackOptions{num: 3}: f32[4]; f32[4]; f32[4]
  %4 = TANH(%1): f32[4]
  %5 = TANH(%2): f32[4]
  %6 = TANH(%3): f32[4]
  %7 = PACK(%4, %5, %6) PackOptions{values_count: 3}: f32[3,4]
  output %7 "y"
}
)");
}

// Rows of a list of three, written one after the other.
std::string written(std::initializer_list<int> rows, std::string_view more = "") {
  std::string text = R"(graph "main" {
  input %l "l": f32[3,4]
  input %r0 "r0": f32[1,4]
  input %r1 "r1": f32[1,4]
  input %r2 "r2": f32[1,4]
  input %r3 "r3": f32[1,4]
)";
  int update = 0;
  for (const int row : rows) {
    text += fmt::format("  const %p{0} = i32[2] {{{1}, 0}}\n", update, row);
    text += fmt::format("  %w{0} = DYNAMIC_UPDATE_SLICE({1}, %r{0}, %p{0}): f32[3,4]\n", update,
                        update == 0 ? "%l" : fmt::format("%w{}", update - 1));
    ++update;
  }
  return text + fmt::format("{}  output %w{} \"y\"\n}}\n", more, update - 1);
}

std::string stacked(std::string_view text) {
  const auto module = ir::parse(text);
  EXPECT_TRUE(optimize_with(*module, "stack_rows"));
  ir::verify(*module);
  return ir::print(*module);
}

TEST(StackRows, AllRowsOfAListAreJoined) {
  const auto joined = [](std::string_view operands) {
    return fmt::format("CONCATENATION({}) ConcatenationOptions{{}}: f32[3,4]", operands);
  };
  const std::string text = stacked(written({0, 1, 2}));
  EXPECT_NE(text.find(joined("%1, %2, %3")), std::string::npos) << text;
  const std::string mixed = stacked(written({2, 0, 1}));
  EXPECT_NE(mixed.find(joined("%2, %3, %1")), std::string::npos) << mixed;
  // What is written twice was written last.
  const std::string twice = stacked(written({0, 1, 0, 2}));
  EXPECT_NE(twice.find(joined("%3, %2, %4")), std::string::npos) << twice;
}

TEST(StackRows, WhereARowIsLeftOrTheListIsUsedBeforeItStays) {
  const auto is_left = [](const std::string& text) { EXPECT_EQ(stacked(text), before(text)); };
  is_left(written({0, 1}));
  is_left(written({0, 1, 5}));
  is_left(written({0, 1, 1}));
}

}  // namespace
}  // namespace litecast::optimize
