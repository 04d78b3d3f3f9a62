#include "op_fixture.h"

namespace litecast::ops {
namespace {

using ir::Dim;
using ir::Shape;
using testing::ElementsAre;
using Kind = LimitViolation::Kind;

class MatmulOps : public OpFixture {
 protected:
  static tflite::FullyConnectedOptionsT dense(bool keep_num_dims) {
    tflite::FullyConnectedOptionsT options;
    options.keep_num_dims = keep_num_dims;
    return options;
  }
  static tflite::BatchMatMulOptionsT adjoint(bool x, bool y) {
    tflite::BatchMatMulOptionsT options;
    options.adj_x = x;
    options.adj_y = y;
    return options;
  }
  const Dim b_ = symbol("b"), n_ = symbol("n");
};

TEST_F(MatmulOps, FullyConnectedFlattensUnlessToldOtherwise) {
  auto* x = input(FLOAT32, {b_, n_, 8});
  auto* weights = input(FLOAT32, {5, 8});
  EXPECT_EQ(add(Op::FULLY_CONNECTED, {x, weights, nullptr}, dense(true))->shape(),
            (Shape{b_, n_, 5}));
  EXPECT_EQ(add(Op::FULLY_CONNECTED, {x, weights, nullptr}, dense(false))->shape(),
            (Shape{b_ * n_, 5}));
  EXPECT_EQ(
      add(Op::FULLY_CONNECTED, {input(FLOAT32, {16}), weights, nullptr}, dense(false))->shape(),
      (Shape{2, 5}));
}

TEST_F(MatmulOps, FullyConnectedRefusesWhatDoesNotFit) {
  auto* weights = input(FLOAT32, {5, 8});
  EXPECT_EQ(refusal(Op::FULLY_CONNECTED, {input(FLOAT32, {b_, 7}), weights, nullptr}, dense(true)),
            Kind::shape);
  EXPECT_EQ(refusal(Op::FULLY_CONNECTED, {input(FLOAT32, {3, 7}), weights, nullptr}, dense(false)),
            Kind::shape);
  EXPECT_EQ(refusal(Op::FULLY_CONNECTED, {input(FLOAT32, {b_, 8}), weights, input(FLOAT32, {4})},
                    dense(false)),
            Kind::shape);
  auto activated = dense(false);
  activated.fused_activation_function = tflite::ActivationFunctionType::TANH;
  EXPECT_EQ(refusal(Op::FULLY_CONNECTED, {input(FLOAT32, {b_, 8}), weights, nullptr}, activated),
            Kind::option);
}

TEST_F(MatmulOps, FullyConnectedVersionsAreOrdered) {
  auto* x = input(FLOAT32, {b_, 8});
  auto* weights = input(FLOAT32, {5, 8});
  EXPECT_EQ(version_of(Op::FULLY_CONNECTED, {x, weights, nullptr}, dense(false)), 1);
  EXPECT_EQ(version_of(Op::FULLY_CONNECTED, {x, weights, nullptr}, dense(true)), 5);
  EXPECT_EQ(version_of(Op::FULLY_CONNECTED, {x, weights}, dense(true)), 6);
  auto* narrow = quantized_input(INT8, {5, 8});
  EXPECT_EQ(version_of(Op::FULLY_CONNECTED, {x, narrow, nullptr}, dense(false)), 3);
  const auto* rows =
      module_.quantization({.scales = {1, 2, 3, 4, 5}, .zero_points = {0, 0, 0, 0, 0}});
  EXPECT_EQ(version_of(Op::FULLY_CONNECTED, {x, graph_.add_input({INT8, {5, 8}, rows}), nullptr},
                       dense(false)),
            12);
}

TEST_F(MatmulOps, FullyConnectedFolds) {
  auto options = dense(false);
  options.fused_activation_function = tflite::ActivationFunctionType::RELU6;
  auto* y =
      add(Op::FULLY_CONNECTED,
          {f32({1, 2}, {1, 2}), f32({3, 2}, {1, 1, 3, 4, -1, 0}), f32({3}, {0.5f, 0, 0})}, options);
  EXPECT_THAT(elements<float>(y), ElementsAre(3.5f, 6, 0));
}

TEST_F(MatmulOps, BatchMatmulBroadcastsBatches) {
  auto* x = input(FLOAT32, {b_, 1, 3, 4});
  auto* y = input(FLOAT32, {7, 4, n_});
  EXPECT_EQ(add(Op::BATCH_MATMUL, {x, y}, adjoint(false, false))->shape(), (Shape{b_, 7, 3, n_}));
  EXPECT_EQ(add(Op::BATCH_MATMUL, {input(FLOAT32, {b_, 4, 3}), input(FLOAT32, {b_, n_, 4})},
                adjoint(true, true))
                ->shape(),
            (Shape{b_, 3, n_}));
  EXPECT_EQ(refusal(Op::BATCH_MATMUL, {x, input(FLOAT32, {7, 5, 2})}, adjoint(false, false)),
            Kind::shape);
  EXPECT_EQ(
      refusal(Op::BATCH_MATMUL, {x, quantized_input(INT16, {7, 4, 2})}, adjoint(false, false)),
      Kind::dtype);
}

TEST_F(MatmulOps, BatchMatmulFoldsWithAdjoints) {
  auto* a = f32({1, 2, 2}, {1, 2, 3, 4});
  auto* b = f32({2, 2, 1}, {1, 10, 2, 20});
  EXPECT_THAT(elements<float>(add(Op::BATCH_MATMUL, {a, b}, adjoint(false, false))),
              ElementsAre(21, 43, 42, 86));
  EXPECT_THAT(elements<float>(add(Op::BATCH_MATMUL, {a, b}, adjoint(true, false))),
              ElementsAre(31, 42, 62, 84));
}

TEST_F(MatmulOps, EmbeddingLookupCopiesRows) {
  EXPECT_EQ(add(Op::EMBEDDING_LOOKUP, {input(INT32, {n_}), input(FLOAT32, {9, 4})})->shape(),
            (Shape{n_, 4}));
  auto* y = add(Op::EMBEDDING_LOOKUP, {i32({2}, {1, 0}), f32({2, 2}, {1, 2, 3, 4})});
  EXPECT_THAT(elements<float>(y), ElementsAre(3, 4, 1, 2));
  EXPECT_EQ(add(Op::EMBEDDING_LOOKUP, {input(INT32, {n_}), quantized_input(INT8, {9, 4})})->dtype(),
            FLOAT32);
}

TEST_F(MatmulOps, EmbeddingLookupOutsideTheTableIsNotFolded) {
  EXPECT_FALSE(add(Op::EMBEDDING_LOOKUP, {i32({1}, {5}), f32({2, 1}, {1, 2})})->is_constant());
}

TEST_F(MatmulOps, CostCountsMultiplications) {
  auto* y = add(Op::FULLY_CONNECTED, {input(FLOAT32, {3, 8}), input(FLOAT32, {5, 8}), nullptr},
                dense(false));
  const ir::Node& node = *y->producer();
  const std::vector<ir::Type> results = {y->type()};
  EXPECT_EQ(find(Op::FULLY_CONNECTED)
                ->macs({node.op(), node.options(), node.operands(), node.graphs(), results}),
            3 * 5 * 8);
}

}  // namespace
}  // namespace litecast::ops
