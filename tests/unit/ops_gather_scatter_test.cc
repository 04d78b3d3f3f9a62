#include "op_fixture.h"

namespace litecast::ops {
namespace {

using ir::Dim;
using ir::Shape;
using testing::ElementsAre;
using testing::Pointee;
using Kind = LimitViolation::Kind;

class GatherScatterOps : public OpFixture {
 protected:
  static tflite::GatherOptionsT gather(int axis, int batch_dims = 0) {
    tflite::GatherOptionsT options;
    options.axis = axis;
    options.batch_dims = batch_dims;
    return options;
  }
  const Dim b_ = symbol("b"), n_ = symbol("n");
};

TEST_F(GatherScatterOps, GatherReplacesTheAxisByTheIndices) {
  auto* params = input(FLOAT32, {b_, 9, 4});
  EXPECT_EQ(add(Op::GATHER, {params, input(INT32, {n_, 2})}, gather(1))->shape(),
            (Shape{b_, n_, 2, 4}));
  EXPECT_EQ(add(Op::GATHER, {params, input(INT32, {b_, 2})}, gather(1, 1))->shape(),
            (Shape{b_, 2, 4}));
  EXPECT_EQ(add(Op::GATHER, {params, input(INT32, {})}, gather(-1))->shape(), (Shape{b_, 9}));
  EXPECT_EQ(refusal(Op::GATHER, {params, input(INT32, {b_, 2})}, gather(0, 1)), Kind::option);
  EXPECT_EQ(refusal(Op::GATHER, {params, input(INT32, {b_, 2})}, gather(3)), Kind::option);
}

TEST_F(GatherScatterOps, GatherFoldsWithBatches) {
  auto* params = i32({2, 3}, {0, 1, 2, 3, 4, 5});
  EXPECT_THAT(elements<std::int32_t>(add(Op::GATHER, {params, i32({2}, {2, 0})}, gather(1))),
              ElementsAre(2, 0, 5, 3));
  EXPECT_THAT(elements<std::int32_t>(add(Op::GATHER, {params, i32({2, 1}, {2, 0})}, gather(1, 1))),
              ElementsAre(2, 3));
  EXPECT_FALSE(add(Op::GATHER, {params, i32({1}, {7})}, gather(1))->is_constant());
}

TEST_F(GatherScatterOps, GatherOfAShapeKnowsItsContents) {
  auto* shape = sizes({b_, 7, n_});
  EXPECT_THAT(add(Op::GATHER, {shape, i32({2}, {2, 0})}, gather(0))->contents(),
              Pointee(ElementsAre(n_, b_)));
  EXPECT_THAT(elements<std::int32_t>(add(Op::GATHER, {shape, i32({}, {1})}, gather(0))),
              ElementsAre(7));
}

TEST_F(GatherScatterOps, GatherNdIndexesLeadingAxes) {
  EXPECT_EQ(add(Op::GATHER_ND, {input(FLOAT32, {3, 4, 5}), input(INT32, {b_, 2})})->shape(),
            (Shape{b_, 5}));
  auto* y = add(Op::GATHER_ND, {i32({2, 2}, {1, 2, 3, 4}), i32({2, 2}, {1, 0, 0, 1})});
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(3, 2));
  EXPECT_FALSE(
      add(Op::GATHER_ND, {input(FLOAT32, {3, 4}), input(INT32, {b_, n_})})->shape().is_ranked());
  EXPECT_EQ(refusal(Op::GATHER_ND, {input(FLOAT32, {3}), input(INT32, {b_, 2})}), Kind::shape);
}

TEST_F(GatherScatterOps, ScatterNdAddsWhatMeets) {
  EXPECT_EQ(add(Op::SCATTER_ND, {input(INT32, {b_, 1}), input(FLOAT32, {b_, 4}), sizes({n_, 4})})
                ->shape(),
            (Shape{n_, 4}));
  auto* y = add(Op::SCATTER_ND, {i32({3, 1}, {1, 3, 1}), i32({3}, {5, 6, 7}), i32({1}, {4})});
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(0, 12, 0, 6));
  EXPECT_EQ(
      refusal(Op::SCATTER_ND, {input(INT32, {b_, 1}), input(FLOAT32, {b_, 3}), sizes({n_, 4})}),
      Kind::shape);
}

TEST_F(GatherScatterOps, NonMaxSuppressionPadsToTheMostAsked) {
  const auto scalar = [&] { return f32({}, {0.5f}); };
  const auto v4 = *ask(Op::NON_MAX_SUPPRESSION_V4, {input(FLOAT32, {n_, 4}), input(FLOAT32, {n_}),
                                                    i32({}, {10}), scalar(), scalar()});
  ASSERT_EQ(v4.size(), 2u);
  EXPECT_EQ(v4[0]->type(), (ir::Type{INT32, {10}}));
  EXPECT_EQ(v4[1]->type(), (ir::Type{INT32, {}}));
  const auto v5 =
      *ask(Op::NON_MAX_SUPPRESSION_V5, {input(FLOAT32, {n_, 4}), input(FLOAT32, {n_}),
                                        input(INT32, {}), scalar(), scalar(), scalar()});
  ASSERT_EQ(v5.size(), 3u);
  EXPECT_EQ(v5[1]->dtype(), FLOAT32);
  EXPECT_EQ(v5[1]->shape(), v5[0]->shape());
}

class ResizeOps : public OpFixture {
 protected:
  static tflite::ResizeBilinearOptionsT bilinear(bool align_corners, bool half_pixel_centers) {
    tflite::ResizeBilinearOptionsT options;
    options.align_corners = align_corners;
    options.half_pixel_centers = half_pixel_centers;
    return options;
  }
  static tflite::ResizeNearestNeighborOptionsT nearest(bool align_corners,
                                                       bool half_pixel_centers) {
    tflite::ResizeNearestNeighborOptionsT options;
    options.align_corners = align_corners;
    options.half_pixel_centers = half_pixel_centers;
    return options;
  }
  const Dim b_ = symbol("b"), h_ = symbol("h");
};

TEST_F(ResizeOps, TakesTheSizeOperand) {
  auto* x = input(FLOAT32, {b_, 4, 4, 3});
  EXPECT_EQ(add(Op::RESIZE_BILINEAR, {x, sizes({Dim(2) * h_, 8})}, bilinear(false, true))->shape(),
            (Shape{b_, Dim(2) * h_, 8, 3}));
  EXPECT_EQ(refusal(Op::RESIZE_BILINEAR, {x, i32({2}, {8, 8})}, bilinear(true, true)),
            Kind::option);
  EXPECT_EQ(refusal(Op::RESIZE_BILINEAR, {x, i32({3}, {8, 8, 8})}, bilinear(false, false)),
            Kind::shape);
  EXPECT_EQ(version_of(Op::RESIZE_BILINEAR, {x, i32({2}, {8, 8})}, bilinear(false, true)), 3);
  EXPECT_EQ(version_of(Op::RESIZE_NEAREST_NEIGHBOR, {x, i32({2}, {8, 8})}, nearest(false, false)),
            1);
}

TEST_F(ResizeOps, FoldsBothSamplings) {
  auto* x = f32({1, 1, 2, 1}, {0, 4});
  auto* size = i32({2}, {1, 4});
  EXPECT_THAT(elements<float>(add(Op::RESIZE_BILINEAR, {x, size}, bilinear(false, false))),
              ElementsAre(0, 2, 4, 4));
  EXPECT_THAT(elements<float>(add(Op::RESIZE_BILINEAR, {x, size}, bilinear(false, true))),
              ElementsAre(0, 1, 3, 4));
  EXPECT_THAT(elements<float>(add(Op::RESIZE_NEAREST_NEIGHBOR, {x, size}, nearest(false, false))),
              ElementsAre(0, 0, 4, 4));
}

class SignalOps : public OpFixture {};

TEST_F(SignalOps, RfftGivesHalfTheSpectrum) {
  const Dim b = symbol("b");
  auto* y = add(Op::RFFT2D, {input(FLOAT32, {b, 3, 100}), i32({2}, {4, 128})});
  EXPECT_EQ(y->type(), (ir::Type{COMPLEX64, {b, 4, 65}}));
  EXPECT_EQ(refusal(Op::RFFT2D, {input(FLOAT32, {b, 3, 100}), i32({2}, {3, 128})}), Kind::option);
}

}  // namespace
}  // namespace litecast::ops
