#include "op_fixture.h"

namespace litecast::ops {
namespace {

using testing::ElementsAre;
using Comparison = OpFixture;

TEST_F(Comparison, GivesTruthValuesOfTheBroadcastShape) {
  ir::Value* less = add(Op::LESS, {input(FLOAT32, {2, 1}), input(FLOAT32, {3})});
  EXPECT_EQ(less->type(), (ir::Type{BOOL, {2, 3}}));
  EXPECT_THAT(elements<std::uint8_t>(add(Op::LESS, {f32({2, 1}, {1, 2}), f32({2}, {2, 3})})),
              ElementsAre(1, 1, 0, 1));
}

TEST_F(Comparison, NaNEqualsNothing) {
  ir::Value* nan = f32({1}, {std::numeric_limits<float>::quiet_NaN()});
  EXPECT_THAT(elements<std::uint8_t>(add(Op::EQUAL, {nan, nan})), ElementsAre(0));
  EXPECT_THAT(elements<std::uint8_t>(add(Op::NOT_EQUAL, {nan, nan})), ElementsAre(1));
  EXPECT_THAT(elements<std::uint8_t>(add(Op::GREATER_EQUAL, {nan, nan})), ElementsAre(0));
}

TEST_F(Comparison, StringsCompareByTheirCharacters) {
  // count, offsets, characters: "ab" and "c".
  const std::int32_t head[] = {2, 16, 18, 19};
  std::vector<std::byte> bytes(sizeof head);
  std::memcpy(bytes.data(), head, sizeof head);
  for (const char c : {'a', 'b', 'c'}) bytes.push_back(static_cast<std::byte>(c));
  ir::Value* words = builder_.constant(ir::Constant::owned(STRING, {2}, bytes));
  bytes.back() = static_cast<std::byte>('d');
  ir::Value* others = builder_.constant(ir::Constant::owned(STRING, {2}, bytes));
  EXPECT_THAT(elements<std::uint8_t>(add(Op::EQUAL, {words, others})), ElementsAre(1, 0));
}

TEST_F(Comparison, SizesCompareWhateverTheirSymbolsAre) {
  const ir::Dim n = symbol("n");
  ir::Value* size = sizes({n + 1});
  EXPECT_THAT(elements<std::uint8_t>(add(Op::GREATER, {size, i32({1}, {0})})), ElementsAre(1));
  EXPECT_THAT(elements<std::uint8_t>(add(Op::EQUAL, {size, i32({1}, {0})})), ElementsAre(0));
  EXPECT_THAT(elements<std::uint8_t>(add(Op::EQUAL, {size, sizes({n + 1})})), ElementsAre(1));
  EXPECT_FALSE(add(Op::EQUAL, {size, i32({1}, {4})})->is_constant());
  ir::Value* positive = add(Op::GREATER, {size, i32({1}, {0})});
  EXPECT_THAT(elements<std::uint8_t>(add(Op::LOGICAL_NOT, {positive})), ElementsAre(0));
}

TEST_F(Comparison, OrderIsNotDefinedOnTruthValues) {
  EXPECT_TRUE(refusal(Op::LESS, {input(BOOL, {2}), input(BOOL, {2})}));
  EXPECT_FALSE(refusal(Op::EQUAL, {input(BOOL, {2}), input(BOOL, {2})}));
}

TEST_F(Comparison, AByteOtherThanZeroIsTrue) {
  EXPECT_THAT(
      elements<std::uint8_t>(add(Op::LOGICAL_AND, {boolean({2}, {2, 0}), boolean({}, {1})})),
      ElementsAre(1, 0));
  EXPECT_THAT(elements<std::uint8_t>(add(Op::LOGICAL_NOT, {boolean({2}, {7, 0})})),
              ElementsAre(0, 1));
}

}  // namespace
}  // namespace litecast::ops
