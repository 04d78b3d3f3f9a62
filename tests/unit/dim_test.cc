#include "ir/dim.h"

#include <gtest/gtest.h>
#include <litecast/error.h>

#include <limits>

namespace litecast::ir {
namespace {

class DimTest : public testing::Test {
 protected:
  Dim parse(const char* text) { return dims_.parse(text); }
  DimContext dims_;
};

TEST_F(DimTest, EqualExpressionsAreOneObject) {
  EXPECT_EQ(parse("2*b+4"), (parse("b") + 2) * 2);
  EXPECT_EQ(parse("b*h"), parse("h*b"));
  EXPECT_NE(parse("b"), parse("h"));
  EXPECT_EQ(parse("b") - parse("b"), Dim(0));
}

TEST_F(DimTest, DividesPolynomialsExactly) {
  EXPECT_EQ(exact_div(parse("49*b*c"), parse("7*c")), parse("7*b"));
  EXPECT_EQ(exact_div(parse("b*b+2*b+1"), parse("b+1")), parse("b+1"));
  EXPECT_EQ(exact_div(parse("b*b+2*b+1"), parse("b-1")), std::nullopt);
  EXPECT_EQ(exact_div(parse("3*b"), 2), std::nullopt);
  EXPECT_EQ(exact_div(12, 4), Dim(3));
  EXPECT_EQ(exact_div(0, parse("b")), Dim(0));
}

TEST_F(DimTest, DividesWithRoundingAsFarAsItIsKnown) {
  EXPECT_EQ(floordiv(parse("4*b+9"), 4), parse("b+2"));
  EXPECT_EQ(ceildiv(parse("4*b+9"), 4), parse("b+3"));
  EXPECT_EQ(floordiv(parse("4*b+h"), 4), parse("b+floordiv(h, 4)"));
  EXPECT_EQ(floordiv(-7, 2), Dim(-4));
  EXPECT_EQ(ceildiv(-7, 2), Dim(-3));
  EXPECT_EQ(floormod(-7, 2), Dim(1));
}

TEST_F(DimTest, BroadcastsWithoutAssumingEquality) {
  EXPECT_EQ(broadcast(1, parse("b")), parse("b"));
  EXPECT_EQ(broadcast(8, parse("b")), Dim(8));
  EXPECT_EQ(broadcast(parse("b"), parse("b")), parse("b"));
  EXPECT_EQ(broadcast(2, 3), std::nullopt);
  EXPECT_EQ(to_string(*broadcast(parse("b"), parse("h"))), "bcast(b, h)");
}

TEST_F(DimTest, TextReadsBackAsTheSameDim) {
  for (const char* text : {"0", "-3", "b", "2*b+1", "-b+4", "floordiv(b+1, 2)*h-3",
                           "min(b, 4)+max(h, 2)", "b*b*h+b-1"})
    EXPECT_EQ(parse(to_string(parse(text)).c_str()), parse(text)) << text;
}

TEST_F(DimTest, TextDoesNotDependOnWhatWasMadeFirst) {
  parse("c*floordiv(c, 3)");
  EXPECT_EQ(to_string(parse("c+b")), "b+c");
  EXPECT_EQ(to_string(parse("floordiv(c, 3)*a*floordiv(c, 2)")), "a*floordiv(c, 2)*floordiv(c, 3)");
}

TEST_F(DimTest, TheLowestIntegerIsAnIntegerLikeOthers) {
  constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(parse("-9223372036854775808"), Dim(kLowest));
  EXPECT_EQ(to_string(parse("b-9223372036854775808")), "b-9223372036854775808");
  EXPECT_THROW(floordiv(kLowest, -1), MalformedInput);
  EXPECT_THROW(exact_div(kLowest, -1), MalformedInput);
  EXPECT_THROW(exact_div(parse("b") * kLowest, -1), MalformedInput);
}

TEST_F(DimTest, TheSmallerOfASizeAndWhatIsNoSmallerIsTheSize) {
  EXPECT_EQ(parse("min(b, max(1, b))"), parse("b"));
  EXPECT_EQ(parse("max(min(b, h), b)"), parse("b"));
  EXPECT_NE(parse("min(b, max(1, h))"), parse("b"));
  EXPECT_NE(parse("min(b, 2*max(1, b)-3)"), parse("b"));
}

TEST_F(DimTest, ASizeThatIsMadeOfItselfAgainAndAgainStaysSmall) {
  Dim d = parse("b");
  for (int i = 0; i < 2000; ++i) d = max(floordiv(d, 2), d * 3 - 7);
  EXPECT_LT(to_string(d).size(), 10'000u);
}

TEST_F(DimTest, EvaluatesLikeTheIntegers) {
  const auto value = [](std::string_view name) { return name == "b" ? 5 : 3; };
  EXPECT_EQ(DimContext::evaluate(parse("2*b*h+floordiv(b, 2)-ceildiv(b, 2)"), value), 29);
  EXPECT_EQ(DimContext::evaluate(parse("min(b, h)*max(b, h)"), value), 15);
}

TEST_F(DimTest, RefusesNonsense) {
  for (const char* text : {"", "b+", "2**b", "floordiv(b)", "(b", "99999999999999999999"})
    EXPECT_THROW(parse(text), MalformedInput) << text;
  EXPECT_THROW(floordiv(parse("b"), 0), MalformedInput);
  EXPECT_THROW(Dim(INT64_MAX) * 2, MalformedInput);
  EXPECT_THROW(parse(std::string(10000, '(').c_str()), MalformedInput);
}

TEST_F(DimTest, StaysSmallWhateverIsMultiplied) {
  Dim d = parse("a+b+c+d+1");
  for (int i = 0; i < 40; ++i) d = d * parse("a+b+c+d+1");
  EXPECT_LT(to_string(d).size(), 10000u);
}

TEST_F(DimTest, IsWrittenBrieflyHoweverOftenItsPartsAreShared) {
  Dim d = parse("a");
  for (int i = 0; i < 100'000; ++i) d = ceildiv(d * d + 1, 3);
  EXPECT_LT(to_string(d).size(), 1'000'000u);
}

TEST_F(DimTest, FreshSymbolsAreNumbered) {
  parse("n_2");
  for (const char* name : {"n", "n_1", "n_3"}) EXPECT_EQ(to_string(dims_.fresh("n")), name);
  for (int i = 4; i < 100'000; ++i) dims_.fresh("n");
  EXPECT_EQ(to_string(dims_.fresh("n")), "n_100000");
}

}  // namespace
}  // namespace litecast::ir
