// Loops that are recurrent layers, as the runtime's fused ops.
#include "optimize/fuse_recurrent.h"

#include <gtest/gtest.h>

#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "optimize/own_states.h"
#include "optimize/recurrent_cost.h"

namespace litecast::optimize {
namespace {

// What a test changes of a loop that is an LSTM of two units over sequences of one feature.
struct Loop {
  std::string limit = "const %limit = i32[] {3}";
  std::string first = "0";       // of the counter
  std::string state = "%zeros";  // c at first
  // From %h, %c and %z, the gates' sums, to %h1 and %c1.
  std::string cell = R"(
  %zi, %zf, %zg, %zo = SPLIT(%one, %z) SplitOptions{num_splits: 4}: f32[b,2]; f32[b,2]; f32[b,2]; f32[b,2]
  %i = LOGISTIC(%zi): f32[b,2]
  %f = LOGISTIC(%zf): f32[b,2]
  %g = TANH(%zg): f32[b,2]
  %o = LOGISTIC(%zo): f32[b,2]
  %fc = MUL(%f, %c) MulOptions{}: f32[b,2]
  %ig = MUL(%i, %g) MulOptions{}: f32[b,2]
  %c1 = ADD(%fc, %ig) AddOptions{}: f32[b,2]
  %a = TANH(%c1): f32[b,2]
  %h1 = MUL(%o, %a) MulOptions{}: f32[b,2])";
  // From %row, a row of the projected sequence, and %h.
  std::string sums = R"(
  const %r = f32[8,2] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
  const %bias = f32[8] {1, 2, 3, 4, 5, 6, 7, 8}
  %rh = FULLY_CONNECTED(%h, %r, _) FullyConnectedOptions{}: f32[b,8]
  %s = ADD(%row, %rh) AddOptions{}: f32[b,8]
  %z = ADD(%s, %bias) AddOptions{}: f32[b,8])";
  std::string result = "output %all \"y\"";

  std::string text() const {
    return R"(graph "main" {
  input %x "x": f32[3,b,1]
  input %zeros "zeros": f32[b,2]
  input %list "list": f32[3,b,2]
  const %w = f32[8,1] {1, 2, 3, 4, 5, 6, 7, 8}
  const %first = i32[] {)" +
           first + R"(}
  %p = FULLY_CONNECTED(%x, %w, _) FullyConnectedOptions{keep_num_dims: true}: f32[3,b,8]
  %t, %all, %h, %c, %q = WHILE(%first, %list, %zeros, )" +
           state +
           R"(, %p) WhileOptions{} graphs("cond", "body"): i32[]; f32[3,b,2]; f32[b,2]; f32[b,2]; f32[3,b,8] @"lstm"
  )" + result +
           R"(
}
graph "cond" {
  input %t "": i32[]
  input %list "": f32[3,b,2]
  input %h "": f32[b,2]
  input %c "": f32[b,2]
  input %p "": f32[3,b,8]
  )" + limit +
           R"(
  %go = LESS(%t, %limit) LessOptions{}: bool[]
  output %go ""
}
graph "body" {
  input %t "": i32[]
  input %list "": f32[3,b,2]
  input %h "": f32[b,2]
  input %c "": f32[b,2]
  input %p "": f32[3,b,8]
  const %one = i32[] {1}
  const %zero = i32[] {0}
  const %sizes = i32[3] {1, -1, 2}
  %t1 = ADD(%t, %one) AddOptions{}: i32[]
  %row = GATHER(%p, %t) GatherOptions{}: f32[b,8])" +
           sums + cell + R"(
  %item = RESHAPE(%h1, %sizes) ReshapeOptions{}: f32[1,b,2]
  %at = PACK(%t, %zero, %zero) PackOptions{values_count: 3}: i32[3]
  %list1 = DYNAMIC_UPDATE_SLICE(%list, %item, %at) DynamicUpdateSliceOptions{}: f32[3,b,2]
  output %t1 ""
  output %list1 ""
  output %h1 ""
  output %c1 ""
  output %p ""
}
)";
  }
};

struct Outcome {
  std::string text;
  std::vector<std::string> notes;
  bool is_loop() const { return text.find("WHILE") != std::string::npos; }
};

Outcome fused(const std::string& text, Recurrent wish = Recurrent::fused) {
  const auto module = ir::parse(text);
  ir::verify(*module);
  Outcome outcome;
  outcome.notes = fuse_recurrent(*module, wish);
  ir::verify(*module);
  outcome.text = ir::print(*module);
  return outcome;
}

// That it stays a loop, and that the note has these words.
void stays(const Loop& loop, const std::string& words) {
  const Outcome outcome = fused(loop.text());
  EXPECT_TRUE(outcome.is_loop()) << outcome.text;
  if (words.empty()) return;
  ASSERT_EQ(outcome.notes.size(), 1u);
  EXPECT_NE(outcome.notes[0].find(words), std::string::npos) << outcome.notes[0];
  EXPECT_NE(outcome.notes[0].find("lstm"), std::string::npos) << outcome.notes[0];
}

constexpr const char* kFused = R"(graph "main" {
  input %0 "x": f32[3,b,1]
  input %1 "zeros": f32[b,2]
  input %2 "list": f32[3,b,2]
  const %3 = i32[3] {1, 0, 2}
  %4 = TRANSPOSE(%0, %3): f32[b,3,1] @"lstm"
  const %5 = f32[2,1] {1, 2}
  const %6 = f32[2,1] {3, 4}
  const %7 = f32[2,1] {5, 6}
  const %8 = f32[2,1] {7, 8}
  const %9 = f32[2,2] {1, 2, 3, 4}
  const %10 = f32[2,2] {5, 6, 7, 8}
  const %11 = f32[2,2] {9, 10, 11, 12}
  const %12 = f32[2,2] {13, 14, 15, 16}
  const %13 = f32[2] {1, 2}
  const %14 = f32[2] {3, 4}
  const %15 = f32[2] {5, 6}
  const %16 = f32[2] {7, 8}
  %17 = UNIDIRECTIONAL_SEQUENCE_LSTM(%4, %5, %6, %7, %8, %9, %10, %11, %12, _, _, _, %13, %14, %15, %16, _, _, %1, %1, _, _, _, _) UnidirectionalSequenceLSTMOptions{fused_activation_function: TANH}: f32[b,3,2] @"lstm"
  %18 = TRANSPOSE(%17, %3): f32[3,b,2] @"lstm"
  output %18 "y"
}
)";

TEST(FuseRecurrent, ALoopOfAnLstmIsAnOp) {
  const Outcome outcome = fused(Loop().text());
  EXPECT_EQ(outcome.text, kFused);
  EXPECT_TRUE(outcome.notes.empty());
}

TEST(FuseRecurrent, AWishForLoopsIsGranted) {
  EXPECT_TRUE(fused(Loop().text(), Recurrent::loop).is_loop());
}

TEST(FuseRecurrent, TheOrderOfGatesAndFactorsDoesNotMatter) {
  Loop loop;
  // j, f with a bias of its own, o, i; the cut after the activation where there is one for all.
  loop.sums = R"(
  const %r = f32[8,2] {9, 10, 11, 12, 5, 6, 7, 8, 13, 14, 15, 16, 1, 2, 3, 4}
  const %bias = f32[8] {5, 6, 2, 3, 7, 8, 1, 2}
  %rh = FULLY_CONNECTED(%h, %r, %bias) FullyConnectedOptions{}: f32[b,8]
  %xi, %xf, %xg, %xo = SPLIT(%one, %row) SplitOptions{num_splits: 4}: f32[b,2]; f32[b,2]; f32[b,2]; f32[b,2]
  %ordered = CONCATENATION(%xg, %xf, %xo, %xi) ConcatenationOptions{axis: 1}: f32[b,8]
  %z = ADD(%rh, %ordered) AddOptions{}: f32[b,8])";
  loop.cell = R"(
  const %from = i32[2] {0, 2}
  const %six = i32[2] {-1, 6}
  const %begin = i32[2] {0, 0}
  const %second = i32[2] {0, 2}
  const %last = i32[2] {0, 4}
  const %two = i32[2] {-1, 2}
  const %forget = f32[] {1}
  %zg = SLICE(%z, %begin, %two) SliceOptions{}: f32[b,2]
  %rest = SLICE(%z, %from, %six) SliceOptions{}: f32[b,6]
  %plain = SLICE(%rest, %begin, %two) SliceOptions{}: f32[b,2]
  %more = ADD(%plain, %forget) AddOptions{}: f32[b,2]
  %f = LOGISTIC(%more): f32[b,2]
  %gates = LOGISTIC(%rest): f32[b,6]
  %o = SLICE(%gates, %second, %two) SliceOptions{}: f32[b,2]
  %i = SLICE(%gates, %last, %two) SliceOptions{}: f32[b,2]
  %g = TANH(%zg): f32[b,2]
  %fc = MUL(%c, %f) MulOptions{}: f32[b,2]
  %ig = MUL(%g, %i) MulOptions{}: f32[b,2]
  %c1 = ADD(%ig, %fc) AddOptions{}: f32[b,2]
  %a = TANH(%c1): f32[b,2]
  %h1 = MUL(%a, %o) MulOptions{}: f32[b,2])";
  EXPECT_EQ(fused(loop.text()).text, kFused);
}

TEST(FuseRecurrent, TheLastOutputIsTakenFromTheSequence) {
  Loop loop;
  loop.result = "output %h \"y\"\n  output %t \"steps\"";
  const std::string text = fused(loop.text()).text;
  EXPECT_NE(text.find("STRIDED_SLICE"), std::string::npos) << text;
  EXPECT_NE(text.find("i32[] {3}"), std::string::npos) << text;
}

TEST(FuseRecurrent, ManySamplesComeWithTimeFirst) {
  std::string text = Loop().text();
  for (std::size_t at; (at = text.find(",b,")) != std::string::npos;) text.replace(at, 3, ",9,");
  for (std::size_t at; (at = text.find("[b,")) != std::string::npos;) text.replace(at, 3, "[9,");
  const Outcome outcome = fused(text);
  EXPECT_FALSE(outcome.is_loop());
  EXPECT_NE(outcome.text.find("time_major: true"), std::string::npos) << outcome.text;
  EXPECT_EQ(outcome.text.find("TRANSPOSE"), std::string::npos) << outcome.text;
}

TEST(FuseRecurrent, TheForgetGateMayBeTheInputGateToo) {
  Loop loop;
  loop.cell = R"(
  const %whole = f32[] {1}
  %zi, %zf, %zg, %zo = SPLIT(%one, %z) SplitOptions{num_splits: 4}: f32[b,2]; f32[b,2]; f32[b,2]; f32[b,2]
  %f = LOGISTIC(%zf): f32[b,2]
  %i = SUB(%whole, %f) SubOptions{}: f32[b,2]
  %g = TANH(%zg): f32[b,2]
  %o = LOGISTIC(%zo): f32[b,2]
  %fc = MUL(%f, %c) MulOptions{}: f32[b,2]
  %ig = MUL(%i, %g) MulOptions{}: f32[b,2]
  %c1 = ADD(%fc, %ig) AddOptions{}: f32[b,2]
  %a = TANH(%c1): f32[b,2]
  %h1 = MUL(%o, %a) MulOptions{}: f32[b,2])";
  EXPECT_NE(fused(loop.text()).text.find("LSTM(%4, _, %5, %6, %7, _, %8, %9, %10, _, _, _, _, "),
            std::string::npos);
  loop.cell.replace(loop.cell.find("{1}"), 3, "{1.001}");
  stays(loop, "neither an LSTM");
}

TEST(FuseRecurrent, PeepholesAndClippingAreTheOps) {
  Loop loop;
  loop.cell = R"(
  const %pi = f32[2] {11, 12}
  const %pf = f32[2] {21, 22}
  const %po = f32[2] {31, 32}
  const %high = f32[] {1.5}
  const %low = f32[] {-1.5}
  %zi, %zf, %zg, %zo = SPLIT(%one, %z) SplitOptions{num_splits: 4}: f32[b,2]; f32[b,2]; f32[b,2]; f32[b,2]
  %ci = MUL(%pi, %c) MulOptions{}: f32[b,2]
  %yi = ADD(%zi, %ci) AddOptions{}: f32[b,2]
  %i = LOGISTIC(%yi): f32[b,2]
  %cf = MUL(%c, %pf) MulOptions{}: f32[b,2]
  %yf = ADD(%cf, %zf) AddOptions{}: f32[b,2]
  %f = LOGISTIC(%yf): f32[b,2]
  %g = TANH(%zg): f32[b,2]
  %fc = MUL(%f, %c) MulOptions{}: f32[b,2]
  %ig = MUL(%i, %g) MulOptions{}: f32[b,2]
  %c0 = ADD(%fc, %ig) AddOptions{}: f32[b,2]
  %below = MINIMUM(%c0, %high) MaximumMinimumOptions{}: f32[b,2]
  %c1 = MAXIMUM(%below, %low) MaximumMinimumOptions{}: f32[b,2]
  %co = MUL(%c1, %po) MulOptions{}: f32[b,2]
  %yo = ADD(%zo, %co) AddOptions{}: f32[b,2]
  %o = LOGISTIC(%yo): f32[b,2]
  %a = TANH(%c1): f32[b,2]
  %h1 = MUL(%o, %a) MulOptions{}: f32[b,2])";
  const std::string text = fused(loop.text()).text;
  EXPECT_NE(text.find("cell_clip: 1.5"), std::string::npos) << text;
  for (const char* peephole : {"{11, 12}", "{21, 22}", "{31, 32}"})
    EXPECT_NE(text.find(peephole), std::string::npos) << text;
  // The op's output gate looks at the new state.
  Loop old = loop;
  old.cell.replace(old.cell.find("MUL(%c1, %po)"), 13, "MUL(%c, %po)");
  stays(old, "neither an LSTM");
  // Bounds that are not symmetric.
  Loop uneven = loop;
  uneven.cell.replace(uneven.cell.find("{-1.5}"), 6, "{-1.4}");
  stays(uneven, "neither an LSTM");
}

TEST(FuseRecurrent, LayerNormalizationIsTheOpsWhereItAddsTheSame) {
  Loop loop;
  const std::size_t bias = loop.sums.find("%z = ");
  loop.sums.replace(bias, 2, "%unused");
  loop.cell.replace(loop.cell.find("SPLIT(%one, %z)"), 15, "SPLIT(%one, %s)");
  // Two ways to write it.
  std::string norms = R"(
  const %axis = i32[1] {-1}
  const %epsilon = f32[] {1e-08}
)";
  for (const char gate : {'i', 'f', 'g', 'o'}) {
    std::string norm = R"(
  const %@scale = f32[2] {11, 12}
  const %@shift = f32[2] {21, 22}
  %@mean = MEAN(%z@, %axis) ReducerOptions{keep_dims: true}: f32[b,1]
  %@squares = SQUARED_DIFFERENCE(%z@, %@mean) SquaredDifferenceOptions{}: f32[b,2]
  %@variance = MEAN(%@squares, %axis) ReducerOptions{keep_dims: true}: f32[b,1]
  %@more = ADD(%@variance, %epsilon) AddOptions{}: f32[b,1]
  %@root = RSQRT(%@more): f32[b,1]
)";
    norm += gate < 'h' ? R"(
  %@deviation = SUB(%z@, %@mean) SubOptions{}: f32[b,2]
  %@normal = MUL(%@deviation, %@root) MulOptions{}: f32[b,2]
  %@scaled = MUL(%@normal, %@scale) MulOptions{}: f32[b,2]
  %y@ = ADD(%@scaled, %@shift) AddOptions{}: f32[b,2]
)"
                       : R"(
  %@factor = MUL(%@root, %@scale) MulOptions{}: f32[b,2]
  %@scaled = MUL(%z@, %@factor) MulOptions{}: f32[b,2]
  %@offset = MUL(%@mean, %@factor) MulOptions{}: f32[b,2]
  %@rest = SUB(%@shift, %@offset) SubOptions{}: f32[b,2]
  %y@ = ADD(%@scaled, %@rest) AddOptions{}: f32[b,2]
)";
    std::ranges::replace(norm, '@', gate);
    norms += norm;
    const std::string use = fmt::format("(%z{})", gate);
    loop.cell.replace(loop.cell.find(use), use.size(), fmt::format("(%y{})", gate));
  }
  loop.cell.insert(loop.cell.find("  %i = "), norms);
  const std::string text = fused(loop.text()).text;
  EXPECT_EQ(text.find("WHILE"), std::string::npos) << text;
  EXPECT_NE(text.find("f32[2] {11, 12}"), std::string::npos) << text;
  EXPECT_NE(text.find("f32[2] {21, 22}"), std::string::npos) << text;
  Loop other = loop;
  other.cell.replace(other.cell.find("1e-08"), 5, "1e-05");
  stays(other, "neither an LSTM");
  // The op has no bias that it normalizes too.
  Loop biased = loop;
  biased.cell.replace(biased.cell.find("SPLIT(%one, %s)"), 15, "SPLIT(%one, %unused)");
  stays(biased, "neither an LSTM");
}

TEST(FuseRecurrent, AProjectionIsTheOps) {
  Loop loop;
  const std::size_t at = loop.cell.find("%h1 = ");
  loop.cell.replace(at, 3, "%m");
  loop.cell += R"(
  const %wp = f32[2,2] {41, 42, 43, 44}
  %h1 = FULLY_CONNECTED(%m, %wp, _) FullyConnectedOptions{}: f32[b,2])";
  const std::string text = fused(loop.text()).text;
  EXPECT_EQ(text.find("WHILE"), std::string::npos) << text;
  EXPECT_NE(text.find("{41, 42, 43, 44}"), std::string::npos) << text;
}

TEST(FuseRecurrent, ASimpleRnnIsAnOp) {
  Loop loop;
  loop.sums = R"(
  const %r = f32[2,2] {1, 2, 3, 4}
  const %from = i32[2] {0, 2}
  const %two = i32[2] {-1, 2}
  %part = SLICE(%row, %from, %two) SliceOptions{}: f32[b,2]
  %rh = FULLY_CONNECTED(%h, %r, _) FullyConnectedOptions{}: f32[b,2]
  %z = ADD(%part, %rh) AddOptions{}: f32[b,2])";
  loop.cell = R"(
  %c1 = TANH(%c): f32[b,2]
  %h1 = RELU(%z): f32[b,2])";
  const std::string text = fused(loop.text()).text;
  EXPECT_NE(text.find("UNIDIRECTIONAL_SEQUENCE_RNN"), std::string::npos) << text;
  EXPECT_NE(text.find("f32[2,1] {3, 4}"), std::string::npos) << text;
  EXPECT_NE(text.find("splat 0"), std::string::npos) << text;
  EXPECT_NE(text.find("fused_activation_function: RELU}"), std::string::npos) << text;
}

TEST(FuseRecurrent, OneCellMayFeedTheNext) {
  Loop loop;
  loop.cell = R"(
  const %v = f32[2,2] {51, 52, 53, 54}
  const %u = f32[2,2] {61, 62, 63, 64}
  %part, %_2, %_3, %_4 = SPLIT(%one, %z) SplitOptions{num_splits: 4}: f32[b,2]; f32[b,2]; f32[b,2]; f32[b,2]
  %c1 = TANH(%part): f32[b,2]
  %vx = FULLY_CONNECTED(%c1, %v, _) FullyConnectedOptions{}: f32[b,2]
  %uh = FULLY_CONNECTED(%h, %u, _) FullyConnectedOptions{}: f32[b,2]
  %s2 = ADD(%vx, %uh) AddOptions{}: f32[b,2]
  %h1 = TANH(%s2): f32[b,2])";
  loop.sums.replace(loop.sums.find("FULLY_CONNECTED(%h"), 18, "FULLY_CONNECTED(%c");
  const std::string text = fused(loop.text()).text;
  EXPECT_EQ(text.find("WHILE"), std::string::npos) << text;
  EXPECT_LT(text.find("RNN(%4"), text.rfind("UNIDIRECTIONAL_SEQUENCE_RNN")) << text;
}

TEST(FuseRecurrent, RowsMayBeTakenFromTheLastToTheFirst) {
  std::string text = Loop().text();
  const auto replace = [&](const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  };
  replace("const %first = i32[] {0}", "const %first = i32[] {0}\n  const %last = i32[] {2}");
  replace("%t, %all, %h, %c, %q = WHILE(%first, %list, %zeros, %zeros, %p)",
          "%t, %all, %h, %c, %q, %down = WHILE(%first, %list, %zeros, %zeros, %p, %last)");
  replace("f32[b,2]; f32[b,2]; f32[3,b,8] @", "f32[b,2]; f32[b,2]; f32[3,b,8]; i32[] @");
  for (const char* graph : {"graph \"cond\"", "graph \"body\""}) {
    const std::size_t at = text.find("  input %p \"\"", text.find(graph));
    text.insert(text.find('\n', at), "\n  input %down \"\": i32[]");
  }
  replace("GATHER(%p, %t)", "GATHER(%p, %down)");
  replace("PACK(%t, %zero, %zero)", "PACK(%down, %zero, %zero)");
  replace("%row = ", "%down1 = SUB(%down, %one) SubOptions{}: i32[]\n  %row = ");
  text.replace(text.rfind("output %p \"\""), 12, "output %p \"\"\n  output %down1 \"\"");
  const Outcome outcome = fused(text);
  EXPECT_FALSE(outcome.is_loop()) << outcome.text;
  EXPECT_LT(outcome.text.find("REVERSE_V2("), outcome.text.find("SEQUENCE_LSTM")) << outcome.text;
  EXPECT_GT(outcome.text.rfind("REVERSE_V2("), outcome.text.find("SEQUENCE_LSTM")) << outcome.text;
  // From the last row but one.
  replace("%last = i32[] {2}", "%last = i32[] {1}");
  EXPECT_TRUE(fused(text).is_loop());
}

TEST(FuseRecurrent, WhatIsUsedBesidesTheOutputsKeepsTheLoop) {
  Loop loop;
  loop.result = "output %c \"c\"";
  stays(loop, "last cell state");
}

TEST(FuseRecurrent, RoundsMustBeTheRowsFromTheFirstToTheLast) {
  Loop loop;
  loop.limit = "const %limit = i32[] {2}";
  stays(loop, "");
  loop = {};
  loop.first = "1";
  stays(loop, "");
}

TEST(FuseRecurrent, AMaskKeepsTheLoop) {
  Loop loop;
  const std::size_t at = loop.cell.find("%h1 = ");
  loop.cell.replace(at, 3, "%m");
  loop.cell += R"(
  const %keep = bool[2] {1, 0}
  %h1 = SELECT_V2(%keep, %m, %h) SelectV2Options{}: f32[b,2])";
  stays(loop, "mask");
}

TEST(FuseRecurrent, ADeviatingCellKeepsTheLoop) {
  for (const auto& [from, to] :
       {std::pair("%a = TANH", "%a = RELU"), std::pair("MUL(%f, %c)", "MUL(%f, %f)"),
        std::pair("MUL(%o, %a)", "ADD(%o, %a)"), std::pair("LOGISTIC(%zo)", "TANH(%zo)"),
        std::pair("LOGISTIC(%zf)", "LOGISTIC(%h)")}) {
    Loop loop;
    loop.cell.replace(loop.cell.find(from), std::string(from).size(), to);
    if (std::string(to).starts_with("ADD"))
      loop.cell.replace(loop.cell.rfind("MulOptions"), 10, "AddOptions");
    stays(loop, "neither an LSTM");
  }
}

// 2^30 ways lead through these sums.
TEST(FuseRecurrent, SumsOfTheSameAgainAndAgainAreGivenUp) {
  Loop loop;
  loop.sums = R"(
  const %r = f32[8,2] splat 1
  %s0 = FULLY_CONNECTED(%h, %r, _) FullyConnectedOptions{}: f32[b,8]
)";
  for (int i = 0; i < 30; ++i)
    loop.sums += fmt::format("  %s{} = ADD(%s{}, %s{}) AddOptions{{}}: f32[b,8]\n", i + 1, i, i);
  loop.sums += "  %z = ADD(%s30, %row) AddOptions{}: f32[b,8]\n";
  stays(loop, "neither an LSTM");
}

TEST(FuseRecurrent, AFreeBatchMayNotMeetStatesOfAFixedOne) {
  Loop loop;
  loop.sums = R"(
  const %r = f32[2,2] {1, 2, 3, 4}
  const %from = i32[2] {0, 2}
  const %two = i32[2] {-1, 2}
  %part = SLICE(%row, %from, %two) SliceOptions{}: f32[b,2]
  %rh = FULLY_CONNECTED(%h, %r, _) FullyConnectedOptions{}: f32[2,2]
  %z = ADD(%part, %rh) AddOptions{}: f32[2,2])";
  loop.cell = "\n  %c1 = TANH(%c): f32[2,2]\n  %h1 = TANH(%z): f32[2,2]";
  std::string text = loop.text();
  for (const char* of : {"[b,2]", "[3,b,2]", "[1,b,2]"}) {
    std::string fixed = of;
    fixed[fixed.find('b')] = '2';
    for (std::size_t at; (at = text.find(of)) != std::string::npos;)
      text.replace(at, fixed.size(), fixed);
  }
  text.replace(text.find("SliceOptions{}: f32[2,2]"), 24, "SliceOptions{}: f32[b,2]");
  const Outcome outcome = fused(text);
  EXPECT_TRUE(outcome.is_loop());
  ASSERT_EQ(outcome.notes.size(), 1u);
  EXPECT_NE(outcome.notes[0].find("same batch size"), std::string::npos) << outcome.notes[0];
}

TEST(FuseRecurrent, FirstStatesMustHaveTheBatchOfTheInput) {
  Loop loop;
  std::string text = loop.text();
  text.replace(text.find("zeros\": f32[b,2]"), 16, "zeros\": f32[d,2]");
  const Outcome outcome = fused(text);
  EXPECT_TRUE(outcome.is_loop());
}

// Two steps of h = tanh(h·r + x[t]·w), or of another model with weights that are used twice.
std::vector<std::string> written_out(std::string_view second, std::string_view row) {
  const std::string text = fmt::format(R"(graph "main" {{
  input %x "x": f32[2,1,3]
  input %h "h": f32[1,3]
  const %r = f32[3,3] splat 1
  %x0, %x1 = UNPACK(%x) UnpackOptions{{num: 2}}: f32[1,3]; f32[1,3]
  %p0 = FULLY_CONNECTED(%h, %r, _) FullyConnectedOptions{{}}: f32[1,3]
  %s0 = ADD(%p0, %x0) AddOptions{{}}: f32[1,3]
  %h0 = TANH(%s0): f32[1,3]
  %p1 = FULLY_CONNECTED({}, %r, _) FullyConnectedOptions{{}}: f32[1,3]
  %s1 = ADD(%p1, {}) AddOptions{{}}: f32[1,3]
  output %s1 "y"
}}
)",
                                       second, row);
  return fuse_recurrent(*ir::parse(text), Recurrent::fused);
}

TEST(FuseRecurrent, ALayerThatTheModelWritesOutIsTold) {
  const auto notes = written_out("%h0", "%x1");
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("without unroll"), std::string::npos) << notes[0];
  // The same weights for two inputs, as in networks with two arms.
  EXPECT_TRUE(written_out("%x1", "%h").empty());
}

TEST(RecurrentCost, SmallCellsOfOneSampleAreFasterFused) {
  RecurrentCell cell;
  cell.kind = RecurrentCell::Kind::lstm;
  cell.input_gate.emplace();
  const auto is_fused = [&](std::int64_t batch, std::int64_t units, bool keeps_all) {
    cell.features = cell.units = cell.outputs = units;
    return is_faster_fused(cell, {batch, 100, keeps_all});
  };
  EXPECT_TRUE(is_fused(1, 32, true));
  EXPECT_FALSE(is_fused(1, 128, true));
  EXPECT_FALSE(is_fused(1, 512, true));
  EXPECT_FALSE(is_fused(1, 32, false));
  EXPECT_FALSE(is_fused(32, 32, true));
  EXPECT_FALSE(is_fused(32, 512, true));
  cell.features = cell.units = cell.outputs = 32;
  EXPECT_TRUE(is_faster_fused(cell, {}));
}

std::string owned(const std::string& text) {
  const auto module = ir::parse(text);
  own_states(*module);
  ir::verify(*module);
  return ir::print(*module);
}

std::string rnn(const std::string& state, const std::string& input = "f32[2,3,1]") {
  return R"(graph "main" {
  input %x "x": )" +
         input + R"(
  input %given "given": f32[2,2]
  input %n "n": i32[2]
  const %w = f32[2,1] {1, 2}
  const %r = f32[2,2] {1, 2, 3, 4}
  const %bias = f32[2] {1, 2}
  )" + state +
         R"(
  %y = UNIDIRECTIONAL_SEQUENCE_RNN(%x, %w, %r, %bias, %h) SequenceRNNOptions{}: )" +
         input.substr(0, input.rfind(',')) + R"(,2]
  %z = UNIDIRECTIONAL_SEQUENCE_RNN(%x, %w, %r, %bias, %h) SequenceRNNOptions{}: )" +
         input.substr(0, input.rfind(',')) + R"(,2]
  output %y "y"
  output %z "z"
}
)";
}

// The names of the states of both ops differ, and these ops make them.
void makes(const std::string& text, const std::vector<std::string>& ops) {
  const std::string result = owned(text);
  for (const std::string& op : ops) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = result.find(op, at)) != std::string::npos; ++at) ++count;
    EXPECT_EQ(count, 2u) << op << "\n" << result;
  }
  const auto state = [&](std::size_t from) {
    const std::size_t end = result.find(')', result.find("SEQUENCE_RNN", from));
    return result.substr(result.rfind('%', end), end - result.rfind('%', end));
  };
  const std::size_t second = result.find("SEQUENCE_RNN", result.find("SEQUENCE_RNN") + 1);
  EXPECT_NE(state(0), state(second - 1)) << result;
}

TEST(OwnStates, ZerosAreMadeInEachRunForEachOp) {
  makes(rnn("const %h = f32[2,2] splat 0"), {" = FILL("});
  const std::string text = owned(rnn("const %h = f32[2,2] splat 0"));
  // From what this run was given, not from constants.
  EXPECT_NE(text.find("STRIDED_SLICE(%0"), std::string::npos) << text;
  makes(rnn("const %v = f32[] {0}\n  %h = FILL(%n, %v) FillOptions{}: f32[2,2]"), {" = FILL("});
}

TEST(OwnStates, AnEmptySequenceHasNoElementToLookAt) {
  const std::string text = owned(rnn("const %h = f32[2,2] splat 0", "f32[2,t,1]"));
  EXPECT_NE(text.find("SUM(%0"), std::string::npos) << text;
}

TEST(OwnStates, GivenStatesAreCopied) {
  makes(rnn("%h = TANH(%given): f32[2,2]"), {" = SLICE("});
  makes(rnn("const %h = f32[2,2] {1, 2, 3, 4}"), {" = SLICE("});
}

TEST(OwnStates, AProductForOneOpAloneIsItsOwn) {
  std::string text = rnn("%h = FULLY_CONNECTED(%given, %r, _) FullyConnectedOptions{}: f32[2,2]");
  text.replace(text.rfind("%h)"), 3, "%given)");
  const std::string result = owned(text);
  EXPECT_EQ(result.find("SLICE("), result.rfind("SLICE(")) << result;
}

}  // namespace
}  // namespace litecast::optimize
