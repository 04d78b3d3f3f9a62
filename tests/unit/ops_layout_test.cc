#include "op_fixture.h"

namespace litecast::ops {
namespace {

using ir::Dim;
using ir::Shape;
using testing::ElementsAre;
using testing::Pointee;
using Kind = LimitViolation::Kind;

class LayoutOps : public OpFixture {
 protected:
  ir::Value* pairs(std::vector<std::int32_t> values) {
    const auto rows = static_cast<std::int64_t>(values.size()) / 2;
    return i32({rows, 2}, std::move(values));
  }
  ir::Value* counting(ir::StaticShape shape) {
    std::int64_t count = 1;
    for (const auto size : shape) count *= size;
    std::vector<std::int32_t> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int32_t>(i);
    return i32(std::move(shape), std::move(values));
  }
  static tflite::MirrorPadOptionsT mirror(tflite::MirrorPadMode mode) {
    tflite::MirrorPadOptionsT options;
    options.mode = mode;
    return options;
  }
  static tflite::SpaceToDepthOptionsT space_block(int size) {
    tflite::SpaceToDepthOptionsT options;
    options.block_size = size;
    return options;
  }
  static tflite::DepthToSpaceOptionsT depth_block(int size) {
    tflite::DepthToSpaceOptionsT options;
    options.block_size = size;
    return options;
  }

  const Dim b_ = symbol("b"), n_ = symbol("n");
};

TEST_F(LayoutOps, TransposePermutesSizesAndElements) {
  EXPECT_EQ(add(Op::TRANSPOSE, {input(FLOAT32, {b_, 3, n_}), i32({3}, {2, 0, 1})})->shape(),
            (Shape{n_, b_, 3}));
  auto* y = add(Op::TRANSPOSE, {counting({2, 3}), i32({2}, {1, 0})});
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_EQ(refusal(Op::TRANSPOSE, {input(FLOAT32, {2, 3}), i32({2}, {0, 0})}), Kind::option);
  EXPECT_EQ(refusal(Op::TRANSPOSE, {input(FLOAT32, {2, 3}), i32({1}, {0})}), Kind::option);
}

TEST_F(LayoutOps, TransposeVersionsGoByTypeAndRank) {
  const auto version = [&](DType dtype, int rank) {
    std::vector<Dim> dims(static_cast<std::size_t>(rank), b_);
    std::vector<std::int32_t> perm;
    for (int i = rank; i-- > 0;) perm.push_back(i);
    return version_of(Op::TRANSPOSE, {input(dtype, Shape(dims)), i32({rank}, perm)});
  };
  EXPECT_EQ(version(FLOAT32, 4), 1);
  EXPECT_EQ(version(INT8, 4), 2);
  EXPECT_EQ(version(FLOAT32, 5), 4);
  EXPECT_EQ(version(FLOAT32, 6), 6);
  EXPECT_EQ(version(BFLOAT16, 2), 8);
}

TEST_F(LayoutOps, ReverseTurnsNeighbouringAxesRound) {
  auto* y = add(Op::REVERSE_V2, {counting({2, 3}), i32({2}, {-1, 0})});
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(5, 4, 3, 2, 1, 0));
  EXPECT_THAT(add(Op::REVERSE_V2, {sizes({b_, 3}), i32({1}, {0})})->contents(),
              Pointee(ElementsAre(Dim(3), b_)));
  EXPECT_EQ(refusal(Op::REVERSE_V2, {input(FLOAT32, {1, 2, 3}), i32({2}, {0, 2})}), Kind::option);
}

TEST_F(LayoutOps, ReverseSequenceTurnsEachRowAsFarAsItsLength) {
  tflite::ReverseSequenceOptionsT options;
  options.seq_dim = 1;
  options.batch_dim = 0;
  auto* y = add(Op::REVERSE_SEQUENCE, {counting({2, 3}), i32({2}, {2, 3})}, options);
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(1, 0, 2, 5, 4, 3));
  options.seq_dim = 0;
  EXPECT_EQ(refusal(Op::REVERSE_SEQUENCE, {counting({2, 3}), i32({2}, {2, 3})}, options),
            Kind::option);
}

TEST_F(LayoutOps, MatrixDiagAndSetDiagWriteDiagonals) {
  EXPECT_EQ(add(Op::MATRIX_DIAG, {input(FLOAT32, {b_, n_})})->shape(), (Shape{b_, n_, n_}));
  EXPECT_THAT(elements<std::int32_t>(add(Op::MATRIX_DIAG, {i32({2}, {7, 8})})),
              ElementsAre(7, 0, 0, 8));
  auto* y = add(Op::MATRIX_SET_DIAG, {counting({2, 3}), i32({2}, {7, 8})});
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(7, 1, 2, 3, 8, 5));
  EXPECT_EQ(refusal(Op::MATRIX_SET_DIAG, {counting({2, 3}), i32({3}, {7, 8, 9})}), Kind::shape);
}

TEST_F(LayoutOps, PadSurroundsWithZeroOrAValue) {
  EXPECT_EQ(add(Op::PAD, {input(FLOAT32, {b_, n_}), pairs({0, 0, 1, 2})})->shape(),
            (Shape{b_, n_ + Dim(3)}));
  auto* y = add(Op::PAD, {i32({2}, {5, 6}), pairs({1, 2})});
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(0, 5, 6, 0, 0));
  auto* z = add(Op::PADV2, {i32({2}, {5, 6}), pairs({1, 0}), i32({}, {9})});
  EXPECT_THAT(elements<std::int32_t>(z), ElementsAre(9, 5, 6));
  EXPECT_EQ(refusal(Op::PAD, {input(FLOAT32, {2}), pairs({-1, 0})}), Kind::shape);
  EXPECT_EQ(refusal(Op::PAD, {input(FLOAT32, {2}), pairs({0, 0, 0, 0})}), Kind::shape);
  EXPECT_EQ(refusal(Op::PAD, {input(FLOAT32, {2}), pairs({INT32_MAX, INT32_MAX})}), Kind::shape);
}

TEST_F(LayoutOps, MirrorPadRepeatsTheBorderUnlessItReflects) {
  auto* x = i32({3}, {1, 2, 3});
  EXPECT_THAT(elements<std::int32_t>(
                  add(Op::MIRROR_PAD, {x, pairs({2, 2})}, mirror(tflite::MirrorPadMode::REFLECT))),
              ElementsAre(3, 2, 1, 2, 3, 2, 1));
  EXPECT_THAT(elements<std::int32_t>(add(Op::MIRROR_PAD, {x, pairs({2, 3})},
                                         mirror(tflite::MirrorPadMode::SYMMETRIC))),
              ElementsAre(2, 1, 1, 2, 3, 3, 2, 1));
  EXPECT_EQ(refusal(Op::MIRROR_PAD, {x, pairs({3, 0})}, mirror(tflite::MirrorPadMode::REFLECT)),
            Kind::shape);
}

TEST_F(LayoutOps, MirrorPadFillsTheCorners) {
  auto* y = add(Op::MIRROR_PAD, {i32({2, 2}, {1, 2, 3, 4}), pairs({1, 0, 0, 1})},
                mirror(tflite::MirrorPadMode::REFLECT));
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(3, 4, 3, 1, 2, 1, 3, 4, 3));
}

TEST_F(LayoutOps, SpaceAndDepthAreInverse) {
  auto* x = input(FLOAT32, {b_, Dim(2) * n_, 4, 3});
  EXPECT_EQ(add(Op::SPACE_TO_DEPTH, {x}, space_block(2))->shape(), (Shape{b_, n_, 2, 12}));
  EXPECT_EQ(refusal(Op::SPACE_TO_DEPTH, {input(FLOAT32, {1, 3, 4, 1})}, space_block(2)),
            Kind::shape);
  EXPECT_EQ(refusal(Op::DEPTH_TO_SPACE, {input(FLOAT32, {1, 3, 4, 6})}, depth_block(2)),
            Kind::shape);
  EXPECT_EQ(refusal(Op::SPACE_TO_DEPTH, {x}, space_block(0)), Kind::option);
  auto* deep = add(Op::SPACE_TO_DEPTH, {counting({1, 2, 4, 1})}, space_block(2));
  EXPECT_THAT(elements<std::int32_t>(deep), ElementsAre(0, 1, 4, 5, 2, 3, 6, 7));
  EXPECT_THAT(elements<std::int32_t>(add(Op::DEPTH_TO_SPACE, {deep}, depth_block(2))),
              ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST_F(LayoutOps, SpaceAndBatchAreInverse) {
  auto* block = i32({2}, {2, 2});
  auto* y = add(Op::SPACE_TO_BATCH_ND, {input(FLOAT32, {b_, 3, 4, 5}), block, pairs({0, 1, 0, 0})});
  EXPECT_EQ(y->shape(), (Shape{Dim(4) * b_, 2, 2, 5}));
  EXPECT_EQ(add(Op::BATCH_TO_SPACE_ND, {y, block, pairs({0, 1, 0, 0})})->shape(),
            (Shape{b_, 3, 4, 5}));
  auto* batches = add(Op::SPACE_TO_BATCH_ND, {counting({1, 2, 3, 1}), block, pairs({0, 0, 1, 0})});
  EXPECT_THAT(elements<std::int32_t>(batches), ElementsAre(0, 1, 0, 2, 0, 4, 3, 5));
  auto* back = add(Op::BATCH_TO_SPACE_ND, {batches, block, pairs({0, 0, 1, 0})});
  EXPECT_THAT(elements<std::int32_t>(back), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_EQ(refusal(Op::SPACE_TO_BATCH_ND,
                    {input(FLOAT32, {1, 3, 4, 5}), i32({2}, {0, 1}), pairs({0, 0, 0, 0})}),
            Kind::option);
}

TEST_F(LayoutOps, SpaceToBatchTakesOneSpatialAxis) {
  auto* y = add(Op::SPACE_TO_BATCH_ND, {input(FLOAT32, {b_, 6, 5}), i32({1}, {3}), pairs({0, 0})});
  EXPECT_EQ(y->shape(), (Shape{Dim(3) * b_, 2, 5}));
}

}  // namespace
}  // namespace litecast::ops
