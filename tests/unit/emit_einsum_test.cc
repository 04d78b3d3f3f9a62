#include "emit/einsum_equation.h"
#include "emit/matmul.h"
#include "emit_fixture.h"

namespace litecast::emit {
namespace {

using testing::ElementsAre;

TEST(EinsumEquation, LabelsEllipsisAxesFromTheEnd) {
  EinsumEquation parsed = parse_einsum("...ij,...jk->...ik", {4, 3});
  EXPECT_THAT(parsed.operands[0], ElementsAre(-2, -1, 'i', 'j'));
  EXPECT_THAT(parsed.operands[1], ElementsAre(-1, 'j', 'k'));
  EXPECT_THAT(parsed.result, ElementsAre(-2, -1, 'i', 'k'));
}

TEST(EinsumEquation, WithoutArrowKeepsLabelsThatAppearOnceInOrder) {
  EXPECT_THAT(parse_einsum("ba, ac", {2, 2}).result, ElementsAre('b', 'c'));
}

TEST(EinsumEquation, RefusesWhatIsNoEquation) {
  EXPECT_THROW(parse_einsum("ij,jk->ik", {2}), Unsupported);
  EXPECT_THROW(parse_einsum("ij,jk->ik", {2, 3}), Unsupported);
  EXPECT_THROW(parse_einsum("ij->ikj", {2}), Unsupported);
  EXPECT_THROW(parse_einsum("ij->ii", {2}), Unsupported);
  EXPECT_THROW(parse_einsum("i.j->ij", {2}), Unsupported);
  EXPECT_THROW(parse_einsum("......i->i", {2}), Unsupported);
}

class Einsum : public EmitFixture {};

TEST_F(Einsum, OfMatricesIsOneBatchMatmul) {
  Value* y = einsum(e, "bij,bjk->bik", {input({symbol("b"), 3, 4}), input({symbol("b"), 4, 5})});
  EXPECT_EQ(ops(), "BATCH_MATMUL");
  EXPECT_EQ(y->shape(), (Shape{symbol("b"), 3, 5}));
}

TEST_F(Einsum, TakesATransposedOperandByTheKernelsFlag) {
  einsum(e, "bid,bjd->bij", {input({2, 3, 4}), input({2, 5, 4})});
  EXPECT_EQ(ops(), "BATCH_MATMUL");
  EXPECT_TRUE(graph_.first()->options_as<tflite::BatchMatMulOptionsT>().adj_y);
}

TEST_F(Einsum, WithAWeightIsFullyConnectedInEitherOrder) {
  Value* y = einsum(e, "de,bsd->bse", {counted({4, 5}), input({symbol("b"), 3, 4})});
  EXPECT_EQ(ops(), "FULLY_CONNECTED");
  EXPECT_EQ(y->shape(), (Shape{symbol("b"), 3, 5}));
}

TEST_F(Einsum, WithoutContractionMultiplies) {
  Value* y = einsum(e, "bi,bj->bij", {input({2, 3}), input({2, 4})});
  EXPECT_EQ(ops(), "RESHAPE RESHAPE MUL");
  EXPECT_EQ(y->shape(), (Shape{2, 3, 4}));
}

TEST_F(Einsum, SwapsOperandsRatherThanTransposingTheResult) {
  einsum(e, "bnd,bmd->bmn", {input({2, 3, 4}), input({2, 5, 4})});
  EXPECT_EQ(ops(), "BATCH_MATMUL");
}

}  // namespace
}  // namespace litecast::emit
