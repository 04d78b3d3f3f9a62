// Loops that write lists, in blocks.
#include "optimize/block_lists.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "optimize/list_cost.h"
#include "optimize/prune_bodies.h"

namespace litecast::optimize {
namespace {

// A loop of one state that writes a row of a list and reads one of x in each round.
struct Loop {
  std::string rows = "16";
  std::string first = "0";
  std::string limit = "const %limit = i32[] {16}";
  std::string go_on = "%go = LESS(%i, %limit) LessOptions{}: bool[]";
  std::string place = "%place = PACK(%i, %zero) PackOptions{values_count: 2}: i32[2]";
  std::string more;  // of the body
  std::string next = "%next = ADD(%i, %one) AddOptions{}: i32[]";
  std::string state = "%sum";
  // Of rows that are worth it.
  std::string columns = "4096";

  std::string text() const {
    const std::string list = fmt::format("f32[{},{}]", rows, columns);
    const std::string row = fmt::format("f32[{}]", columns);
    return fmt::format(
        R"(graph "main" {{
  input %x "x": {list}
  input %first "list": {list}
  input %h "h": {row}
  input %n "n": i32[]
  const %begin = i32[] {{{first}}}
  %a, %b, %c, %d, %e = WHILE(%begin, %h, %first, %x, %n) WhileOptions{{}} graphs("cond", "body"): i32[]; {row}; {list}; {list}; i32[]
  output %a "rounds"
  output %b "state"
  output %c "all"
}}
graph "cond" {{
  input %i "i": i32[]
  input %h "h": {row}
  input %list "list": {list}
  input %x "x": {list}
  input %n "n": i32[]
  {limit}
  {go_on}
  output %go "go"
}}
graph "body" {{
  input %i "i": i32[]
  input %h "h": {row}
  input %list "list": {list}
  input %x "x": {list}
  input %n "n": i32[]
  const %zero = i32[] {{0}}
  const %one = i32[] {{1}}
  %row = GATHER(%x, %i) GatherOptions{{}}: {row}
  {more}
  %sum = ADD(%row, %h) AddOptions{{}}: {row}
  const %shape = i32[2] {{1, -1}}
  %item = RESHAPE(%sum, %shape) ReshapeOptions{{}}: f32[1,{columns}]
  {place}
  %written = DYNAMIC_UPDATE_SLICE(%list, %item, %place): {list}
  {next}
  output %next "i1"
  output {state} "h1"
  output %written "list1"
  output %x "x1"
  output %n "n1"
}}
)",
        fmt::arg("list", list), fmt::arg("row", row), fmt::arg("columns", columns),
        fmt::arg("first", first), fmt::arg("limit", limit), fmt::arg("go_on", go_on),
        fmt::arg("more", more), fmt::arg("place", place), fmt::arg("next", next),
        fmt::arg("state", state));
  }
};

std::string after(std::string_view text) {
  const auto module = ir::parse(text);
  block_lists(*module);
  prune_bodies(*module);
  ir::verify(*module);
  return ir::print(*module);
}

int loops_in(const std::string& text) {
  int count = 0;
  for (std::size_t at = 0; (at = text.find(" WHILE(", at)) != std::string::npos; ++at) ++count;
  return count;
}

void is_cut(const Loop& loop) {
  const std::string text = after(loop.text());
  EXPECT_EQ(loops_in(text), 2) << text;
}
void stays(const Loop& loop) {
  const std::string text = after(loop.text());
  EXPECT_EQ(loops_in(text), 1) << text;
}

TEST(BlockLists, ALoopOverBlocksThatFit) {
  EXPECT_EQ(after(Loop().text()), R"(graph "main" {
  input %0 "x": f32[16,4096]
  input %1 "list": f32[16,4096]
  input %2 "h": f32[4096]
  input %3 "n": i32[]
  const %4 = i32[] {0}
  %5, %6, %7, %8 = WHILE(%4, %2, %1, %0) WhileOptions{} graphs("cond/blocks", "body/blocks"): i32[]; f32[4096]; f32[16,4096]; f32[16,4096]
  output %5 "rounds"
  output %6 "state"
  output %7 "all"
}
graph "cond" {
  input %0 "i": i32[]
  input %1 "h": f32[4096]
  input %2 "list": f32[4,4096]
  input %3 "x": f32[4,4096]
  input %4 "": i32[]
  %5 = LESS(%0, %4) LessOptions{}: bool[]
  output %5 "go"
}
graph "body" {
  input %0 "i": i32[]
  input %1 "h": f32[4096]
  input %2 "list": f32[4,4096]
  input %3 "x": f32[4,4096]
  input %4 "": i32[]
  %5 = GATHER(%3, %0) GatherOptions{}: f32[4096]
  %6 = ADD(%5, %1) AddOptions{}: f32[4096]
  const %7 = i32[2] {1, -1}
  %8 = RESHAPE(%6, %7) ReshapeOptions{}: f32[1,4096]
  const %9 = i32[] {0}
  %10 = PACK(%0, %9) PackOptions{values_count: 2}: i32[2]
  %11 = DYNAMIC_UPDATE_SLICE(%2, %8, %10): f32[4,4096]
  const %12 = i32[] {1}
  %13 = ADD(%0, %12): i32[]
  output %13 ""
  output %6 "h1"
  output %11 "list1"
  output %3 "x"
  output %4 ""
}
graph "cond/blocks" {
  input %0 "": i32[]
  input %1 "": f32[4096]
  input %2 "": f32[16,4096]
  input %3 "": f32[16,4096]
  const %4 = i32[] {16}
  %5 = LESS(%0, %4) LessOptions{}: bool[]
  output %5 ""
}
graph "body/blocks" {
  input %0 "": i32[]
  input %1 "": f32[4096]
  input %2 "": f32[16,4096]
  input %3 "": f32[16,4096]
  const %4 = i32[4] {0, 1, 2, 3}
  %5 = ADD(%4, %0): i32[4]
  %6 = GATHER(%2, %5) GatherOptions{}: f32[4,4096]
  %7 = GATHER(%3, %5) GatherOptions{}: f32[4,4096]
  const %8 = i32[] {0}
  const %9 = i32[] {4}
  %10, %11, %12, %13, %14 = WHILE(%8, %1, %6, %7, %9) WhileOptions{} graphs("cond", "body"): i32[]; f32[4096]; f32[4,4096]; f32[4,4096]; i32[]
  %15 = ADD(%0, %10): i32[]
  %16 = PACK(%0, %8) PackOptions{values_count: 2}: i32[2]
  %17 = DYNAMIC_UPDATE_SLICE(%2, %12, %16): f32[16,4096]
  output %15 ""
  output %11 ""
  output %17 ""
  output %3 ""
}
)");
}

TEST(BlockLists, WhateverTheLengthAndTheBounds) {
  is_cut(Loop{});
  is_cut({.rows = "17", .limit = "const %limit = i32[] {17}"});
  is_cut({.rows = "17"});
  is_cut({.first = "3"});
  is_cut({.first = "-2"});
  is_cut({.go_on = "%go = GREATER(%limit, %i) GreaterOptions{}: bool[]"});
}

TEST(BlockLists, ALoopThatEndsEarlyEndsThereInBlocksToo) {
  const std::string text = after(Loop{.go_on = R"(
  const %axes = i32[1] {0}
  %sum = SUM(%h, %axes) ReducerOptions{}: f32[]
  const %most = f32[] {5}
  %small = LESS(%sum, %most) LessOptions{}: bool[]
  %within = LESS(%i, %limit) LessOptions{}: bool[]
  %go = LOGICAL_AND(%within, %small) LogicalAndOptions{}: bool[])"}
                                     .text());
  EXPECT_EQ(loops_in(text), 2) << text;
  std::size_t sums = 0;
  for (std::size_t at = 0; (at = text.find(" SUM(", at)) != std::string::npos; ++at) ++sums;
  EXPECT_EQ(sums, 2u) << text;
}

TEST(BlockLists, WhereTheNumberOfTheRoundIsUsedItIsComputed) {
  const std::string text = after(Loop{.more = R"(
  %number = CAST(%i) CastOptions{in_data_type: INT32, out_data_type: FLOAT32}: f32[]
  %grown = ADD(%row, %number) AddOptions{}: f32[4096])",
                                      .state = "%grown"}
                                     .text());
  EXPECT_EQ(loops_in(text), 2) << text;
  // The round within the block, and where the block begins.
  EXPECT_NE(text.find("%6 = ADD(%0, %4) AddOptions{}: i32[]\n"), std::string::npos) << text;
  EXPECT_NE(text.find("= CAST(%6)"), std::string::npos) << text;
}

TEST(BlockLists, FromTheLastRowToTheFirst) {
  const Loop loop{.place = R"(const %last = i32[] {15}
  %back = SUB(%last, %i) SubOptions{}: i32[]
  %place = PACK(%back, %zero) PackOptions{values_count: 2}: i32[2])"};
  const std::string text = after(loop.text());
  EXPECT_EQ(loops_in(text), 2) << text;
  EXPECT_NE(text.find("= REVERSE_V2(%"), std::string::npos) << text;
}

TEST(BlockLists, OfALengthThatIsKnownWhenTheModelRuns) {
  Loop loop{.rows = "t", .limit = "", .go_on = "%go = LESS(%i, %n) LessOptions{}: bool[]"};
  std::string text = loop.text();
  // The limit is the length.
  text.replace(text.find("  input %n \"n\": i32[]\n"), 22, "");
  text.replace(text.find("  const %begin"), 0,
               R"(  %sizes = SHAPE(%x) ShapeOptions{out_type: INT32}: i32[2]
  const %f = i32[1] {0}
  const %t = i32[1] {1}
  %n = STRIDED_SLICE(%sizes, %f, %t, %t) StridedSliceOptions{shrink_axis_mask: 1}: i32[]
)");
  const auto module = ir::parse(text);
  for (const ir::Node* node = module->graphs()[0]->first(); node; node = node->next())
    if (node->op() == ir::Op::STRIDED_SLICE)
      node->result()->set_contents({module->dims().symbol("t")});
  block_lists(*module);
  ir::verify(*module);
  const std::string result = ir::print(*module);
  EXPECT_EQ(loops_in(result), 2) << result;
  EXPECT_NE(result.find("SQRT"), std::string::npos) << result;
  EXPECT_NE(result.find("f32[rows,4096]"), std::string::npos) << result;
}

TEST(BlockLists, LoopsThatAreNoneStay) {
  // Small ones.
  stays({.columns = "16"});
  // A list that is read as well.
  stays({.more = "%taken = GATHER(%list, %i) GatherOptions{}: f32[4096]", .state = "%taken"});
  // Rows at other places than the counter's.
  stays({.place = R"(%half = ADD(%i, %one) AddOptions{}: i32[]
  %place = PACK(%half, %zero) PackOptions{values_count: 2}: i32[2])"});
  // A counter that takes two steps, or none that is known.
  stays({.next = "%two = ADD(%one, %one) AddOptions{}: i32[]\n"
                 "  %next = ADD(%i, %two) AddOptions{}: i32[]"});
  stays({.next = "%next = MUL(%i, %n) MulOptions{}: i32[]"});
  // A limit that may lie beyond the list.
  stays({.limit = "const %limit = i32[] {18}"});
  stays({.limit = "", .go_on = "%go = LESS(%i, %n) LessOptions{}: bool[]"});
  // A condition that cannot be asked twice.
  stays({.go_on = R"(const %shape = i32[1] {1}
  %drawn = RANDOM_UNIFORM(%shape) RandomOptions{}: f32[1]
  const %axes = i32[1] {0}
  %sum = SUM(%drawn, %axes) ReducerOptions{}: f32[]
  const %half = f32[] {0.5}
  %chance = LESS(%sum, %half) LessOptions{}: bool[]
  %within = LESS(%i, %limit) LessOptions{}: bool[]
  %go = LOGICAL_AND(%within, %chance) LogicalAndOptions{}: bool[])"});
}

TEST(ListCost, BlocksAreWorthItWhereListsAreLong) {
  const auto rows = [](std::int64_t rounds, double row) {
    return rows_of_block({.rounds = rounds, .row = row}).value_or(0);
  };
  EXPECT_EQ(rows(0, 512), 0);
  EXPECT_EQ(rows(1, 1e6), 0);
  EXPECT_EQ(rows(100, 64), 0);
  EXPECT_GT(rows(100, 512), 5);
  EXPECT_LT(rows(100, 512), 40);
  // Of very long lists the blocks consist of blocks.
  const std::int64_t many = rows(10000, 512);
  EXPECT_GT(rows(many, 512), 0);
  // What the loop over blocks copies besides makes them longer.
  EXPECT_GT(rows_of_block({.rounds = 1000, .row = 512, .carried = 1e6}).value(), rows(1000, 512));
}

TEST(ListCost, GrowsWithTheLengthByLessThanItsRoot) {
  const double hundred = list_time(100, 512), many = list_time(10000, 512);
  EXPECT_LT(many, 10 * hundred);
  EXPECT_GT(many, hundred);
  EXPECT_GT(list_time(1e18, 1e18), many);
}

TEST(ListCost, OfAFreeLengthBlocksAreLongerWhereRowsAreSmall) {
  EXPECT_FALSE(free_block({.row = 4}));
  const auto small = free_block({.row = 128}), large = free_block({.row = 8192});
  ASSERT_TRUE(small && large);
  EXPECT_GT(small->more, large->more);
  EXPECT_GT(small->fewest, large->fewest);
  EXPECT_GE(large->fewest, 1);
  // Of samples there may be few.
  EXPECT_FALSE(free_block({.counts_samples = true, .row = 128}));
  EXPECT_TRUE(free_block({.counts_samples = true, .row = 8192}));
}

}  // namespace
}  // namespace litecast::optimize
