// Tables of INT8 that become INT4.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "optimize/reduce_precision.h"

namespace litecast::optimize {
namespace {

struct Result {
  std::string text;
  std::vector<std::string> notes;
};

Result reduced(std::string_view text) {
  const auto module = ir::parse(text);
  Result result;
  result.notes = reduce_precision(*module);
  ir::verify(*module);
  result.text = ir::print(*module);
  return result;
}

// The rows of a table, converted.
std::string lookup(std::string_view table, std::string_view rows, std::string_view then) {
  return fmt::format(R"(graph "main" {{
  input %0 "i": i32[2]
  const %1 = {}
  %2 = GATHER(%1, %0) GatherOptions{{}}: {}
{}}}
)",
                     table, rows, then);
}

constexpr std::string_view kToReal =
    "  %3 = CAST(%2) CastOptions{in_data_type: INT8}: f32[2,2]\n  output %3 \"y\"\n";

bool has(const Result& result, std::string_view part) {
  return result.text.find(part) != std::string::npos;
}

std::vector<std::byte> table_of(std::string_view text) {
  const auto module = ir::parse(text);
  reduce_precision(*module);
  const ir::Graph& graph = *module->graphs().front();
  for (const ir::Node* node = graph.first(); node; node = node->next())
    if (node->op() == ir::Op::GATHER) return node->operand(0)->constant()->bytes();
  return {};
}

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> result;
  for (int value : values) result.push_back(static_cast<std::byte>(value));
  return result;
}

TEST(ReducePrecision, PacksTwoValuesInAByteTheFirstOneBelow) {
  const std::string text = lookup("i8[3,2] {-8, 7, 1, 2, -1, 0}", "i8[2,2]", kToReal);
  EXPECT_EQ(table_of(text), bytes({0x78, 0x21, 0x0F}));
  const Result result = reduced(text);
  EXPECT_TRUE(has(result, "GatherOptions{}: i4[2,2]")) << result.text;
  EXPECT_TRUE(has(result, "CastOptions{in_data_type: INT4}: f32[2,2]")) << result.text;
  EXPECT_TRUE(result.notes.empty());
}

TEST(ReducePrecision, LeavesValuesThatDoNotFit) {
  for (std::string_view value : {"8", "-9"}) {
    const std::string text =
        lookup(fmt::format("i8[3,2] {{0, 1, {}, 2, 3, 4}}", value), "i8[2,2]", kToReal);
    EXPECT_EQ(reduced(text).text, ir::print(*ir::parse(text)));
    EXPECT_TRUE(reduced(text).notes.empty());
  }
}

TEST(ReducePrecision, RowsBeginAtWholeBytes) {
  const std::string text =
      lookup("i8[2,3] {1, 2, 3, 4, 5, 6}", "i8[2,3]",
             "  %3 = CAST(%2) CastOptions{in_data_type: INT8}: f32[2,3]\n  output %3 \"y\"\n");
  EXPECT_EQ(table_of(text), bytes({0x21, 0x03, 0x54, 0x06}));
  const Result result = reduced(text);
  EXPECT_TRUE(has(result, "GatherOptions{}: i4[2,4]")) << result.text;
  EXPECT_TRUE(has(result, "SLICE")) << result.text;
}

TEST(ReducePrecision, SingleValuesBeginAtWholeBytes) {
  const std::string text =
      lookup("i8[3] {1, 2, -3}", "i8[2]",
             "  %3 = CAST(%2) CastOptions{in_data_type: INT8}: f32[2]\n  output %3 \"y\"\n");
  EXPECT_EQ(table_of(text), bytes({0x01, 0x02, 0x0D}));
  EXPECT_TRUE(has(reduced(text), "STRIDED_SLICE")) << reduced(text).text;
}

TEST(ReducePrecision, OtherTypesAreReachedByWayOfFloat) {
  const Result result = reduced(
      lookup("i8[3,2] {0, 1, 2, 3, 4, 5}", "i8[2,2]",
             "  %3 = CAST(%2) CastOptions{in_data_type: INT8, out_data_type: INT32}: i32[2,2]\n"
             "  output %3 \"y\"\n"));
  EXPECT_TRUE(has(result, "CastOptions{in_data_type: INT4}: f32[2,2]")) << result.text;
  EXPECT_TRUE(has(result, "CastOptions{out_data_type: INT32}: i32[2,2]")) << result.text;
}

TEST(ReducePrecision, SaysWhyATableStays) {
  const auto notes_of = [](std::string_view then) {
    const std::string text = lookup("i8[3,2] {0, 1, 2, 3, 4, 5}", "i8[2,2]", then);
    const Result result = reduced(text);
    EXPECT_EQ(result.text, ir::print(*ir::parse(text)));
    return fmt::format("{}", fmt::join(result.notes, "; "));
  };
  EXPECT_EQ(notes_of("  output %2 \"y\"\n"),
            "a table of '' stays INT8: the model gives its rows out");
  EXPECT_EQ(notes_of("  const %3 = i32[1] {4}\n"
                     "  %4 = RESHAPE(%2, %3) ReshapeOptions{new_shape: [4]}: i8[4]\n"
                     "  output %4 \"y\"\n"),
            "a table of '' stays INT8: RESHAPE takes its rows, and no INT4");
}

TEST(ReducePrecision, ATableThatSomethingElseTakesStays) {
  const std::string text = lookup("i8[3,2] {0, 1, 2, 3, 4, 5}", "i8[2,2]",
                                  std::string(kToReal) + "  output %1 \"table\"\n");
  EXPECT_EQ(reduced(text).text, ir::print(*ir::parse(text)));
}

}  // namespace
}  // namespace litecast::optimize
