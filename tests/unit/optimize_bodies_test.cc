// Passes on the graphs of loops and branches.
#include <gtest/gtest.h>

#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "optimize/copy_moved_slots.h"
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

// The runtime overwrites the slots one after the other.
TEST(CopyMovedSlots, CopiesASlotThatMovesToAnotherPlace) {
  EXPECT_EQ(after(copy_moved_slots, R"(graph "main" {
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

}  // namespace
}  // namespace litecast::optimize
