// Every entry of the op table is well formed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "ops/op_info.h"

namespace litecast::ops {
namespace {

std::vector<const OpInfo*> entries() {
  std::vector<const OpInfo*> all;
  for (const Op op : tflite::EnumValuesBuiltinOperator())
    if (const OpInfo* info = find(op)) all.push_back(info);
  return all;
}

class OpTable : public testing::TestWithParam<const OpInfo*> {};

INSTANTIATE_TEST_SUITE_P(EveryOp, OpTable, testing::ValuesIn(entries()),
                         [](const auto& entry) { return std::string(ir::name(entry.param->op)); });

TEST(OpTableAsAWhole, HasAnEntryForEveryOpThatFilesHold) {
  // A marker in the format, and what a runtime puts in place of ops while it runs.
  const std::set<Op> elsewhere = {Op::PLACEHOLDER_FOR_GREATER_OP_CODES, Op::DELEGATE};
  for (const Op op : tflite::EnumValuesBuiltinOperator()) {
    EXPECT_EQ(find(op) != nullptr, !elsewhere.contains(op)) << ir::name(op);
  }
}

TEST_P(OpTable, IsFoundByItsOwnNumber) { EXPECT_EQ(find(GetParam()->op), GetParam()); }

TEST_P(OpTable, VersionRulesEndWithOneThatAlwaysHolds) {
  const auto& rules = GetParam()->versions;
  ASSERT_FALSE(rules.empty());
  EXPECT_EQ(rules.back().when, nullptr);
  for (std::size_t i = 0; i + 1 < rules.size(); ++i) EXPECT_NE(rules[i].when, nullptr);
}

TEST_P(OpTable, EveryVersionHasAMinimalRuntime) {
  for (const VersionRule& rule : GetParam()->versions) {
    ASSERT_GE(rule.version, 1);
    EXPECT_LE(static_cast<std::size_t>(rule.version), GetParam()->min_runtime.size());
  }
}

TEST_P(OpTable, OnlyTheLastOperandIsVariadicAndRequiredOnesComeFirst) {
  const auto& operands = GetParam()->operands;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    EXPECT_TRUE(operands[i].name != nullptr && *operands[i].name != '\0');
    EXPECT_LE(operands[i].min_rank, operands[i].max_rank);
    if (operands[i].variadic) {
      EXPECT_EQ(i + 1, operands.size());
    }
  }
}

TEST_P(OpTable, AnElementwiseOpNeitherReadsNorWritesState) {
  if (GetParam()->elementwise) {
    EXPECT_EQ(GetParam()->effect, Effect::pure);
  }
}

TEST_P(OpTable, OperandsBeyondTheLastAreRefused) {
  const OpInfo& info = *GetParam();
  if (!info.operands.empty() && info.operands.back().variadic) return;
  const std::vector<ir::Value*> operands(info.operands.size() + 1, nullptr);
  const ir::Options options;
  const auto bad = check_operands(info, {info.op, options, operands});
  EXPECT_TRUE(bad.has_value());
}

TEST_P(OpTable, AMissingOperandIsNamed) {
  const OpInfo& info = *GetParam();
  const ir::Options options;
  const auto bad = check_operands(info, {info.op, options, {}});
  const bool takes_none =
      std::all_of(info.operands.begin(), info.operands.end(),
                  [](const auto& spec) { return spec.optional || spec.variadic; });
  EXPECT_EQ(!bad.has_value(), takes_none);
  if (bad) {
    EXPECT_THAT(bad->message, testing::HasSubstr(info.operands[bad->operand].name));
  }
}

TEST(OpTable, AnUnknownNumberHasNoEntry) {
  EXPECT_EQ(find(static_cast<Op>(100000)), nullptr);
  EXPECT_EQ(find(Op::PLACEHOLDER_FOR_GREATER_OP_CODES), nullptr);
}

TEST(DTypeSet, NamesItsMembers) {
  EXPECT_EQ((DTypeSet{DType::FLOAT32, DType::INT8}).to_string(), "f32, i8");
}

}  // namespace
}  // namespace litecast::ops
