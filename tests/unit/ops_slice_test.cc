#include "op_fixture.h"

namespace litecast::ops {
namespace {

using ir::Dim;
using ir::Shape;
using testing::ElementsAre;
using testing::Pointee;
using Kind = LimitViolation::Kind;

struct Masks {
  int begin = 0, end = 0, ellipsis = 0, new_axis = 0, shrink = 0;
};

class SliceOps : public OpFixture {
 protected:
  static tflite::StridedSliceOptionsT masks(Masks m) {
    tflite::StridedSliceOptionsT options;
    options.begin_mask = m.begin;
    options.end_mask = m.end;
    options.ellipsis_mask = m.ellipsis;
    options.new_axis_mask = m.new_axis;
    options.shrink_axis_mask = m.shrink;
    return options;
  }
  ir::Value* vector(std::vector<std::int32_t> values) {
    const auto size = static_cast<std::int64_t>(values.size());
    return i32({size}, std::move(values));
  }
  ir::Value* strided(ir::Value* x, std::vector<std::int32_t> begin, std::vector<std::int32_t> end,
                     std::vector<std::int32_t> strides, Masks m = {}) {
    return add(Op::STRIDED_SLICE,
               {x, vector(std::move(begin)), vector(std::move(end)), vector(std::move(strides))},
               masks(m));
  }
  static tflite::ConcatenationOptionsT concat_axis(int axis) {
    tflite::ConcatenationOptionsT options;
    options.axis = axis;
    return options;
  }
  static tflite::PackOptionsT pack_axis(int axis, int count) {
    tflite::PackOptionsT options;
    options.axis = axis;
    options.values_count = count;
    return options;
  }
  static tflite::UnpackOptionsT unpack_axis(int axis, int count) {
    tflite::UnpackOptionsT options;
    options.axis = axis;
    options.num = count;
    return options;
  }

  const Dim b_ = symbol("b"), n_ = symbol("n");
};

TEST_F(SliceOps, SliceTakesSizesAndRests) {
  auto* x = input(FLOAT32, {b_, 5});
  EXPECT_EQ(add(Op::SLICE, {x, vector({0, 1}), vector({-1, 3})})->shape(), (Shape{b_, 3}));
  EXPECT_EQ(add(Op::SLICE, {x, vector({1, 2}), vector({-1, -1})})->shape(),
            (Shape{b_ - Dim(1), 3}));
  auto* y = add(Op::SLICE, {i32({2, 3}, {1, 2, 3, 4, 5, 6}), vector({0, 1}), vector({2, -1})});
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(2, 3, 5, 6));
}

TEST_F(SliceOps, SliceRefusesWhatIsOutside) {
  auto* x = input(FLOAT32, {5});
  EXPECT_EQ(refusal(Op::SLICE, {x, vector({3}), vector({3})}), Kind::shape);
  EXPECT_EQ(refusal(Op::SLICE, {x, vector({-1}), vector({1})}), Kind::shape);
  EXPECT_EQ(refusal(Op::SLICE, {x, vector({6}), vector({-1})}), Kind::shape);
  EXPECT_EQ(refusal(Op::SLICE, {x, vector({0, 0}), vector({1, 1})}), Kind::shape);
}

TEST_F(SliceOps, SliceMovesElementsBelowAByte) {
  auto* x = constant<std::uint8_t>(INT4, {4}, {0x21, 0x43});
  EXPECT_THAT(elements<std::uint8_t>(add(Op::SLICE, {x, vector({1}), vector({2})})),
              ElementsAre(0x32));
}

TEST_F(SliceOps, StridedSliceClampsAsPythonDoes) {
  auto* x = vector({0, 1, 2, 3, 4, 5});
  EXPECT_THAT(elements<std::int32_t>(strided(x, {1}, {100}, {2})), ElementsAre(1, 3, 5));
  EXPECT_THAT(elements<std::int32_t>(strided(x, {-2}, {0}, {1}, {.end = 1})), ElementsAre(4, 5));
  EXPECT_THAT(elements<std::int32_t>(strided(x, {0}, {0}, {-1}, {.begin = 1, .end = 1})),
              ElementsAre(5, 4, 3, 2, 1, 0));
  EXPECT_THAT(elements<std::int32_t>(strided(x, {4}, {1}, {-2})), ElementsAre(4, 2));
  EXPECT_THAT(elements<std::int32_t>(strided(x, {4}, {2}, {1})), ElementsAre());
  EXPECT_THAT(elements<std::int32_t>(strided(x, {-1}, {0}, {1}, {.shrink = 1})), ElementsAre(5));
}

TEST_F(SliceOps, StridedSliceAppliesEveryMask) {
  auto* x = input(FLOAT32, {b_, 4, 6});
  EXPECT_EQ(strided(x, {0, 1}, {0, 3}, {1, 1}, {.begin = 1, .end = 1})->shape(), (Shape{b_, 2, 6}));
  EXPECT_EQ(strided(x, {0, 2}, {0, 3}, {1, 1}, {.ellipsis = 1, .shrink = 2})->shape(),
            (Shape{b_, 4}));
  EXPECT_EQ(strided(x, {0, 0, 0}, {0, 0, 0}, {1, 1, 1}, {.ellipsis = 1, .new_axis = 2, .shrink = 4})
                ->shape(),
            (Shape{b_, 4, 1}));
  EXPECT_EQ(strided(x, {0}, {0}, {1}, {.new_axis = 1})->shape(), (Shape{1, b_, 4, 6}));
}

TEST_F(SliceOps, StridedSliceOfFreeSizes) {
  auto* x = input(FLOAT32, {b_, n_});
  const Masks open_batch{.begin = 1, .end = 1};
  EXPECT_EQ(strided(x, {0, 1}, {0, 0}, {1, 1}, {.begin = 1, .end = 3})->shape(),
            (Shape{b_, n_ - Dim(1)}));
  EXPECT_EQ(strided(x, {0, 0}, {0, -1}, {1, 1}, open_batch)->shape(), (Shape{b_, n_ - Dim(1)}));
  EXPECT_EQ(strided(x, {0, 0}, {0, 5}, {1, 1}, open_batch)->shape(), (Shape{b_, min(n_, 5)}));
  EXPECT_EQ(strided(x, {0, -3}, {0, 0}, {1, 1}, {.begin = 1, .end = 3})->shape(),
            (Shape{b_, min(n_, 3)}));
  EXPECT_EQ(strided(x, {0, 0}, {0, 0}, {1, 2}, {.begin = 3, .end = 3})->shape(),
            (Shape{b_, ceildiv(n_, 2)}));
  EXPECT_EQ(strided(x, {0, 0}, {0, 0}, {1, -1}, {.begin = 3, .end = 3})->shape(), (Shape{b_, n_}));
}

TEST_F(SliceOps, StridedSliceUpToAKnownFreeSize) {
  auto* x = input(FLOAT32, {512, 8});
  auto* y = add(Op::STRIDED_SLICE, {x, vector({0}), sizes({n_}), vector({1})}, masks({.begin = 1}));
  EXPECT_EQ(y->shape(), (Shape{min(n_, 512), 8}));
  auto* z = add(Op::STRIDED_SLICE, {input(FLOAT32, {n_, 8}), vector({0}), sizes({n_}), vector({1})},
                masks({.begin = 1}));
  EXPECT_EQ(z->shape(), (Shape{n_, 8}));
}

TEST_F(SliceOps, StridedSliceByUnknownPlacesKeepsTheRank) {
  auto* y = add(Op::STRIDED_SLICE,
                {input(FLOAT32, {b_, 4}), input(INT32, {2}), input(INT32, {2}), vector({1, 1})},
                masks({.begin = 1, .end = 1, .shrink = 2}));
  EXPECT_EQ(y->shape(), (Shape{b_}));
}

TEST_F(SliceOps, StridedSliceRefusesWhatTheKernelHasNoRoomFor) {
  auto* x = input(FLOAT32, {1, 2, 3, 4, 5});
  EXPECT_EQ(refusal(Op::STRIDED_SLICE, {x, vector({0}), vector({0}), vector({1})},
                    masks({.new_axis = 1})),
            Kind::option);
  EXPECT_EQ(refusal(Op::STRIDED_SLICE, {x, vector({0}), vector({0}), vector({0})}), Kind::option);
  EXPECT_EQ(
      refusal(Op::STRIDED_SLICE, {x, vector({7}), vector({8}), vector({1})}, masks({.shrink = 1})),
      Kind::shape);
}

TEST_F(SliceOps, ContentsFollowTheElements) {
  auto* shape = sizes({b_, 7, n_});
  EXPECT_THAT(strided(shape, {0}, {1}, {1}, {.shrink = 1})->contents(), Pointee(ElementsAre(b_)));
  EXPECT_THAT(elements<std::int32_t>(strided(shape, {1}, {2}, {1}, {.shrink = 1})), ElementsAre(7));
  EXPECT_THAT(add(Op::SLICE, {shape, vector({1}), vector({-1})})->contents(),
              Pointee(ElementsAre(Dim(7), n_)));
  auto* joined = add(Op::CONCATENATION, {shape, vector({5})}, concat_axis(0));
  EXPECT_THAT(joined->contents(), Pointee(ElementsAre(b_, Dim(7), n_, Dim(5))));
}

TEST_F(SliceOps, UnpackAndSplitKnowEachResult) {
  auto* shape = sizes({b_, 7, n_});
  const auto parts = *ask(Op::UNPACK, {shape}, unpack_axis(0, 3));
  EXPECT_THAT(parts[0]->contents(), Pointee(ElementsAre(b_)));
  EXPECT_THAT(parts[2]->contents(), Pointee(ElementsAre(n_)));
  auto* packed = add(Op::PACK, {parts[2], parts[0]}, pack_axis(0, 2));
  EXPECT_THAT(packed->contents(), Pointee(ElementsAre(n_, b_)));
  tflite::SplitVOptionsT options;
  options.num_splits = 2;
  const auto split = *ask(Op::SPLIT_V, {shape, vector({1, -1}), i32({}, {0})}, options);
  EXPECT_THAT(split[1]->contents(), Pointee(ElementsAre(Dim(7), n_)));
}

TEST_F(SliceOps, SplitDividesOneAxis) {
  tflite::SplitOptionsT options;
  options.num_splits = 2;
  auto results = *ask(Op::SPLIT, {i32({}, {-1}), input(FLOAT32, {b_, 6})}, options);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[1]->shape(), (Shape{b_, 3}));
  results = *ask(Op::SPLIT, {i32({}, {1}), i32({2, 2}, {1, 2, 3, 4})}, options);
  EXPECT_THAT(elements<std::int32_t>(results[0]), ElementsAre(1, 3));
  EXPECT_THAT(elements<std::int32_t>(results[1]), ElementsAre(2, 4));
  EXPECT_EQ(refusal(Op::SPLIT, {i32({}, {0}), input(FLOAT32, {3})}, options), Kind::shape);
  options.num_splits = INT32_MAX;
  EXPECT_EQ(refusal(Op::SPLIT, {i32({}, {0}), input(FLOAT32, {n_})}, options), Kind::option);
}

TEST_F(SliceOps, SplitVSolvesTheFreeSize) {
  tflite::SplitVOptionsT options;
  options.num_splits = 3;
  auto* x = input(FLOAT32, {n_, 6});
  auto results = *ask(Op::SPLIT_V, {x, vector({1, -1, 2}), i32({}, {1})}, options);
  EXPECT_EQ(results[1]->shape(), (Shape{n_, 3}));
  results = *ask(Op::SPLIT_V, {x, vector({1, -1, 2}), i32({}, {0})}, options);
  EXPECT_EQ(results[1]->shape(), (Shape{n_ - Dim(3), 6}));
  EXPECT_EQ(refusal(Op::SPLIT_V, {x, vector({1, 1, 2}), i32({}, {1})}, options), Kind::shape);
  EXPECT_EQ(refusal(Op::SPLIT_V, {x, vector({9, -1, 2}), i32({}, {1})}, options), Kind::shape);
}

TEST_F(SliceOps, ConcatenationAddsSizesAndUnifiesTheOthers) {
  auto* y =
      add(Op::CONCATENATION, {input(FLOAT32, {b_, 3}), input(FLOAT32, {4, n_})}, concat_axis(-1));
  EXPECT_EQ(y->shape(), (Shape{4, n_ + Dim(3)}));
  auto* z =
      add(Op::CONCATENATION, {i32({2, 1}, {1, 2}), i32({2, 2}, {3, 4, 5, 6})}, concat_axis(1));
  EXPECT_THAT(elements<std::int32_t>(z), ElementsAre(1, 3, 4, 2, 5, 6));
  EXPECT_EQ(
      refusal(Op::CONCATENATION, {input(FLOAT32, {2, 3}), input(FLOAT32, {3, 3})}, concat_axis(1)),
      Kind::shape);
  EXPECT_EQ(refusal(Op::CONCATENATION, {input(FLOAT32, {2}), input(INT32, {2})}, concat_axis(0)),
            Kind::dtype);
  EXPECT_EQ(refusal(Op::CONCATENATION, {}, concat_axis(0)), Kind::option);
}

TEST_F(SliceOps, PackAndUnpackInsertAndRemoveAnAxis) {
  auto* a = i32({2}, {1, 2});
  auto* b = i32({2}, {3, 4});
  auto* y = add(Op::PACK, {a, b}, pack_axis(-1, 2));
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(1, 3, 2, 4));
  const auto parts = *ask(Op::UNPACK, {y}, unpack_axis(1, 2));
  EXPECT_THAT(elements<std::int32_t>(parts[1]), ElementsAre(3, 4));
  EXPECT_EQ(refusal(Op::PACK, {a, b}, pack_axis(0, 3)), Kind::option);
  EXPECT_EQ(refusal(Op::UNPACK, {y}, unpack_axis(1, 3)), Kind::shape);
  EXPECT_EQ(refusal(Op::PACK, {input(BOOL, {2})}, pack_axis(0, 1)), Kind::dtype);
}

TEST_F(SliceOps, DynamicUpdateSliceClampsItsStart) {
  auto* y = add(Op::DYNAMIC_UPDATE_SLICE, {i32({4}, {1, 2, 3, 4}), i32({2}, {8, 9}), vector({3})});
  EXPECT_THAT(elements<std::int32_t>(y), ElementsAre(1, 2, 8, 9));
  EXPECT_EQ(
      refusal(Op::DYNAMIC_UPDATE_SLICE, {input(FLOAT32, {2}), input(FLOAT32, {3}), vector({0})}),
      Kind::shape);
}

}  // namespace
}  // namespace litecast::ops
