#include "op_fixture.h"

namespace litecast::ops {
namespace {

using ir::Dim;
using ir::Shape;
using testing::ElementsAre;
using testing::Pointee;
using Kind = LimitViolation::Kind;

class ShapeOps : public OpFixture {
 protected:
  static tflite::ShapeOptionsT shape_options(DType dtype = INT32) {
    tflite::ShapeOptionsT options;
    options.out_type = dtype;
    return options;
  }
  ir::Value* strings(ir::StaticShape shape, const std::vector<std::string>& values) {
    std::vector<std::int32_t> head{static_cast<std::int32_t>(values.size())};
    std::string text;
    for (const std::string& value : values) {
      head.push_back(static_cast<std::int32_t>((values.size() + 2) * 4 + text.size()));
      text += value;
    }
    head.push_back(static_cast<std::int32_t>((values.size() + 2) * 4 + text.size()));
    std::vector<std::uint8_t> bytes(head.size() * 4);
    std::memcpy(bytes.data(), head.data(), bytes.size());
    bytes.insert(bytes.end(), text.begin(), text.end());
    return constant(STRING, std::move(shape), std::move(bytes));
  }
  static std::vector<std::string> string_elements(const ir::Value* value) {
    const auto bytes = value->constant()->bytes();
    const HostTensor tensor{STRING, value->constant()->shape(), bytes};
    std::vector<std::string> strings;
    std::int32_t count = tensor.data<std::int32_t>()[0];
    for (int i = 0; i < count; ++i) {
      const auto begin = tensor.data<std::int32_t>()[1 + i];
      const auto end = tensor.data<std::int32_t>()[2 + i];
      strings.emplace_back(reinterpret_cast<const char*>(bytes.data()) + begin, end - begin);
    }
    return strings;
  }

  const Dim b_ = symbol("b"), n_ = symbol("n");
};

TEST_F(ShapeOps, ReshapeSolvesTheFreeSizeByExactDivision) {
  auto* x = input(FLOAT32, {b_, 7, 7, 64});
  EXPECT_EQ(add(Op::RESHAPE, {x, i32({2}, {-1, 7 * 7 * 64})})->shape(), (Shape{b_, 3136}));
  EXPECT_EQ(add(Op::RESHAPE, {x, sizes({b_, -1})})->shape(), (Shape{b_, 3136}));
  EXPECT_EQ(add(Op::RESHAPE, {x, i32({3}, {-1, 49, 32})})->shape(), (Shape{Dim(2) * b_, 49, 32}));
}

TEST_F(ShapeOps, ReshapeTakesItsShapeFromTheOptionsWithoutAnOperand) {
  tflite::ReshapeOptionsT options;
  options.new_shape = {6, -1};
  EXPECT_EQ(add(Op::RESHAPE, {input(FLOAT32, {2, 3, 4})}, options)->shape(), (Shape{6, 4}));
}

TEST_F(ShapeOps, ReshapeRefusesWhatDoesNotFit) {
  auto* x = input(FLOAT32, {2, 3});
  EXPECT_EQ(refusal(Op::RESHAPE, {x, i32({2}, {4, -1})}), Kind::shape);
  EXPECT_EQ(refusal(Op::RESHAPE, {x, i32({2}, {-1, -1})}), Kind::shape);
  EXPECT_EQ(refusal(Op::RESHAPE, {x, i32({2}, {2, 2})}), Kind::shape);
  EXPECT_EQ(refusal(Op::RESHAPE, {x, i32({2}, {-6, -1})}), Kind::shape);
  EXPECT_EQ(refusal(Op::RESHAPE, {x, i32({2}, {0, -1})}), Kind::shape);
  EXPECT_EQ(refusal(Op::RESHAPE, {x, i32({3}, {2147483647, 2147483647, 2147483647})}), Kind::shape);
}

TEST_F(ShapeOps, ReshapeByUnknownSizesKeepsTheRank) {
  auto* y = add(Op::RESHAPE, {input(FLOAT32, {b_, 4}), input(INT32, {3})});
  ASSERT_TRUE(y->shape().is_ranked());
  EXPECT_EQ(y->shape().rank(), 3);
  EXPECT_FALSE(
      add(Op::RESHAPE, {input(FLOAT32, {b_, 4}), input(INT32, {n_})})->shape().is_ranked());
}

TEST_F(ShapeOps, ReshapeFoldsAndCarriesContents) {
  auto* y = add(Op::RESHAPE, {f32({2, 2}, {1, 2, 3, 4}), i32({1}, {4})});
  EXPECT_THAT(elements<float>(y), ElementsAre(1, 2, 3, 4));
  auto* z = add(Op::RESHAPE, {sizes({b_}), i32({0}, {})});
  EXPECT_THAT(z->contents(), Pointee(ElementsAre(b_)));
}

TEST_F(ShapeOps, ExpandDimsCountsTheAxisInTheResult) {
  auto* x = input(FLOAT32, {b_, 3});
  EXPECT_EQ(add(Op::EXPAND_DIMS, {x, i32({}, {-1})})->shape(), (Shape{b_, 3, 1}));
  EXPECT_EQ(add(Op::EXPAND_DIMS, {x, i32({}, {0})})->shape(), (Shape{1, b_, 3}));
  EXPECT_EQ(refusal(Op::EXPAND_DIMS, {x, i32({}, {3})}), Kind::option);
}

TEST_F(ShapeOps, SqueezeDropsNamedAxesOrAllOnes) {
  tflite::SqueezeOptionsT options;
  EXPECT_EQ(add(Op::SQUEEZE, {input(FLOAT32, {1, 3, 1})}, options)->shape(), (Shape{3}));
  EXPECT_FALSE(add(Op::SQUEEZE, {input(FLOAT32, {1, b_})}, options)->shape().is_ranked());
  options.squeeze_dims = {-1};
  EXPECT_EQ(add(Op::SQUEEZE, {input(FLOAT32, {1, b_, 1})}, options)->shape(), (Shape{1, b_}));
  EXPECT_EQ(refusal(Op::SQUEEZE, {input(FLOAT32, {1, 3})}, options), Kind::shape);
}

TEST_F(ShapeOps, ShapeOfAStaticTensorIsAConstant) {
  auto* y = add(Op::SHAPE, {input(FLOAT32, {2, 3})}, shape_options(INT64));
  EXPECT_THAT(elements<std::int64_t>(y), ElementsAre(2, 3));
  EXPECT_EQ(refusal(Op::SHAPE, {input(FLOAT32, {2})}, shape_options(FLOAT32)), Kind::dtype);
}

TEST_F(ShapeOps, ShapeOfAFreeTensorHasKnownContents) {
  auto* y = add(Op::SHAPE, {input(FLOAT32, {b_, 3})}, shape_options());
  EXPECT_THAT(y->contents(), Pointee(ElementsAre(b_, Dim(3))));
  EXPECT_THAT(elements<std::int32_t>(add(Op::RANK, {input(FLOAT32, {b_, 3})})), ElementsAre(2));
}

TEST_F(ShapeOps, BroadcastToChecksAndRepeats) {
  EXPECT_EQ(add(Op::BROADCAST_TO, {input(FLOAT32, {1, 3}), sizes({b_, 3})})->shape(),
            (Shape{b_, 3}));
  EXPECT_EQ(refusal(Op::BROADCAST_TO, {input(FLOAT32, {2, 3}), i32({2}, {1, 3})}), Kind::shape);
  EXPECT_EQ(refusal(Op::BROADCAST_TO, {input(FLOAT32, {2, 3}), i32({1}, {3})}), Kind::shape);
  auto* y = add(Op::BROADCAST_TO, {i32({2, 1}, {1, 2}), i32({3}, {2, 2, 2})});
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(1, 1, 2, 2, 1, 1, 2, 2));
}

TEST_F(ShapeOps, BroadcastArgsJoinsShapes) {
  auto* y = add(Op::BROADCAST_ARGS, {sizes({b_, 1, 3}), i32({2}, {4, 1})});
  EXPECT_THAT(y->contents(), Pointee(ElementsAre(b_, Dim(4), Dim(3))));
  EXPECT_THAT(elements<std::int32_t>(add(Op::BROADCAST_ARGS, {i32({1}, {5}), i32({2}, {2, 1})})),
              ElementsAre(2, 5));
  EXPECT_EQ(refusal(Op::BROADCAST_ARGS, {i32({1}, {5}), i32({1}, {2})}), Kind::shape);
}

TEST_F(ShapeOps, TileMultipliesSizesAndRepeatsElements) {
  EXPECT_EQ(add(Op::TILE, {input(FLOAT32, {b_, 3}), i32({2}, {2, 1})})->shape(),
            (Shape{Dim(2) * b_, 3}));
  auto* y = add(Op::TILE, {i32({2, 2}, {1, 2, 3, 4}), i32({2}, {1, 2})});
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(1, 2, 1, 2, 3, 4, 3, 4));
  EXPECT_THAT(add(Op::TILE, {sizes({b_}), i32({1}, {2})})->contents(),
              Pointee(ElementsAre(b_, b_)));
  EXPECT_EQ(refusal(Op::TILE, {input(FLOAT32, {2, 3}), i32({1}, {2})}), Kind::shape);
  EXPECT_EQ(refusal(Op::TILE, {input(FLOAT32, {2}), i32({1}, {-2})}), Kind::shape);
}

TEST_F(ShapeOps, TileRepeatsStrings) {
  auto* y = add(Op::TILE, {strings({2}, {"a", "long"}), i32({1}, {2})});
  EXPECT_THAT(string_elements(y), ElementsAre("a", "long", "a", "long"));
}

TEST_F(ShapeOps, FillRepeatsOneValue) {
  EXPECT_EQ(add(Op::FILL, {sizes({b_, 2}), f32({}, {1})})->shape(), (Shape{b_, 2}));
  EXPECT_THAT(elements<float>(add(Op::FILL, {i32({2}, {1, 3}), f32({}, {2.5f})})),
              ElementsAre(2.5f, 2.5f, 2.5f));
  auto* y = add(Op::FILL, {i32({1}, {2}), add(Op::RESHAPE, {sizes({b_}), i32({0}, {})})});
  EXPECT_THAT(y->contents(), Pointee(ElementsAre(b_, b_)));
  EXPECT_EQ(refusal(Op::FILL, {i32({1}, {-1}), f32({}, {1})}), Kind::shape);
  EXPECT_EQ(refusal(Op::FILL, {i64({2}, {std::int64_t{1} << 40, 1}), f32({}, {1})}), Kind::shape);
}

TEST_F(ShapeOps, RangeCountsItsSteps) {
  EXPECT_THAT(elements<std::int32_t>(add(Op::RANGE, {i32({}, {3}), i32({}, {10}), i32({}, {3})})),
              ElementsAre(3, 6, 9));
  EXPECT_THAT(elements<std::int64_t>(add(Op::RANGE, {i64({}, {2}), i64({}, {-2}), i64({}, {-2})})),
              ElementsAre(2, 0));
  EXPECT_THAT(elements<float>(add(Op::RANGE, {f32({}, {0}), f32({}, {1}), f32({}, {0.4f})})),
              ElementsAre(0, 0.4f, 0.8f));
  EXPECT_EQ(refusal(Op::RANGE, {i32({}, {0}), i32({}, {5}), i32({}, {0})}), Kind::shape);
  EXPECT_EQ(refusal(Op::RANGE, {i32({}, {0}), i32({}, {5}), i32({}, {-1})}), Kind::shape);
}

TEST_F(ShapeOps, RangeUpToAFreeSizeHasThatSize) {
  auto* limit = add(Op::RESHAPE, {sizes({b_}), i32({0}, {})});
  EXPECT_EQ(add(Op::RANGE, {i32({}, {0}), limit, i32({}, {1})})->shape(), (Shape{b_}));
  EXPECT_EQ(add(Op::RANGE, {i32({}, {0}), input(INT32, {}), i32({}, {1})})->shape().rank(), 1);
}

TEST_F(ShapeOps, OneHotPutsTheDepthAtItsAxis) {
  tflite::OneHotOptionsT options;
  options.axis = -1;
  auto* x = input(INT32, {b_, 3});
  EXPECT_EQ(add(Op::ONE_HOT, {x, i32({}, {5}), f32({}, {1}), f32({}, {0})}, options)->shape(),
            (Shape{b_, 3, 5}));
  options.axis = -2;
  EXPECT_EQ(refusal(Op::ONE_HOT, {x, i32({}, {5}), f32({}, {1}), f32({}, {0})}, options),
            Kind::option);
  options.axis = 0;
  auto* y =
      add(Op::ONE_HOT, {i32({2}, {1, 7}), i32({}, {2}), i32({}, {9}), i32({}, {-1})}, options);
  EXPECT_EQ(y->shape(), (Shape{2, 2}));
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(-1, -1, 9, -1));
}

TEST_F(ShapeOps, SparseToDenseScattersOverTheDefault) {
  auto* y = add(Op::SPARSE_TO_DENSE,
                {i32({2, 2}, {0, 1, 1, 0}), i32({2}, {2, 2}), f32({2}, {5, 6}), f32({}, {-1})});
  EXPECT_THAT(elements<float>(y), ElementsAre(-1, 5, 6, -1));
}

TEST_F(ShapeOps, ZerosLikeIsAllZero) {
  EXPECT_THAT(elements<float>(add(Op::ZEROS_LIKE, {f32({2}, {1, 2})})), ElementsAre(0, 0));
  EXPECT_THAT(add(Op::ZEROS_LIKE, {sizes({b_, n_})})->constant()->elements(), 2);
}

TEST_F(ShapeOps, VersionsAreTheLowestThatExpressTheNode) {
  auto* one = i32({1}, {2});
  EXPECT_EQ(version_of(Op::TILE, {input(FLOAT32, {b_}), one}), 1);
  EXPECT_EQ(version_of(Op::TILE, {input(STRING, {b_}), one}), 2);
  EXPECT_EQ(version_of(Op::TILE, {input(INT8, {b_}), one}), 3);
  EXPECT_EQ(version_of(Op::BROADCAST_TO, {input(FLOAT32, {1}), sizes({b_})}), 2);
  EXPECT_EQ(version_of(Op::FILL, {sizes({b_}), boolean({}, {1})}), 2);
}

}  // namespace
}  // namespace litecast::ops
