#include "emit/shape.h"

#include <gmock/gmock.h>

#include "emit/arith.h"
#include "emit/strided_slice.h"

namespace litecast::emit {
namespace {

using ::testing::ElementsAre;

class EmitShapeTest : public ::testing::Test {
 protected:
  Value* input(DType dtype, Shape shape) { return graph.add_input({dtype, std::move(shape)}); }
  Value* floats(Shape shape) { return input(DType::FLOAT32, std::move(shape)); }
  Dim symbol(const char* name) { return module.dims().symbol(name); }

  // The ops that the value is computed by, in execution order.
  std::vector<Op> ops_of(Value* value) {
    std::set<const ir::Node*> needed;
    collect(value, needed);
    std::vector<Op> ops;
    for (const ir::Node* n = graph.first(); n; n = n->next())
      if (needed.contains(n)) ops.push_back(n->op());
    return ops;
  }
  void collect(Value* value, std::set<const ir::Node*>& needed) {
    if (!value || !value->producer() || !needed.insert(value->producer()).second) return;
    for (Value* operand : value->producer()->operands()) collect(operand, needed);
  }
  Value* shape_of(Value* x) {
    return e.add(Op::SHAPE, {x}, tflite::ShapeOptionsT{.out_type = DType::INT32});
  }

  ir::Module module;
  ir::Graph& graph = module.add_graph("main");
  ir::Builder builder{graph};
  Emitter e{builder};
};

TEST_F(EmitShapeTest, AReshapeWithOneFreeSizeNeedsNoShapeArithmetic) {
  Value* x = floats({symbol("b"), 7, 7, 64});
  Value* batch = e.add(Op::STRIDED_SLICE, {shape_of(x), e.i32({0}), e.i32({1}), e.i32({1})},
                       tflite::StridedSliceOptionsT{.shrink_axis_mask = 1});
  Value* shape =
      e.add(Op::PACK, {batch, e.scalar_i32(3136)}, tflite::PackOptionsT{.values_count = 2});
  Value* flat = reshape_by(e, x, shape);
  EXPECT_EQ(flat->shape(), (Shape{symbol("b"), 3136}));
  EXPECT_THAT(ops_of(flat), ElementsAre(Op::RESHAPE));
}

TEST_F(EmitShapeTest, AReshapeWithTwoFreeSizesComputesOneOfThem) {
  Value* x = floats({symbol("b"), symbol("s"), 64});
  Value* heads = reshape(e, x, Shape{symbol("b"), symbol("s"), 8, 8});
  EXPECT_EQ(heads->shape(), (Shape{symbol("b"), symbol("s"), 8, 8}));
  EXPECT_THAT(ops_of(heads),
              ElementsAre(Op::SHAPE, Op::STRIDED_SLICE, Op::CONCATENATION, Op::RESHAPE));
}

TEST_F(EmitShapeTest, SizesOfOneComeAndGoWithoutSizes) {
  Value* x = floats({symbol("b"), symbol("s")});
  EXPECT_THAT(ops_of(reshape(e, x, Shape{symbol("b"), 1, symbol("s")})),
              ElementsAre(Op::EXPAND_DIMS));
}

TEST_F(EmitShapeTest, AShapeThatIsTheSameNeedsNothing) {
  Value* x = floats({symbol("b"), 4});
  EXPECT_EQ(reshape(e, x, x->shape()), x);
  EXPECT_EQ(broadcast_to(e, x, x->shape()), x);
  EXPECT_EQ(transpose(e, x, std::vector{0, 1}), x);
}

TEST_F(EmitShapeTest, ATransposeThatMovesOnlyOnesIsAReshape) {
  Value* x = floats({symbol("b"), 1, 5, 1});
  EXPECT_THAT(ops_of(transpose(e, x, std::vector{0, 2, 1, 3})), ElementsAre(Op::RESHAPE));
}

TEST_F(EmitShapeTest, ATransposeBeyondTheKernelsRankMergesAxes) {
  Value* x = floats({2, 3, 4, 5, 6, 7, 8});
  Value* y = transpose(e, x, std::vector{4, 5, 6, 0, 1, 2, 3});
  EXPECT_EQ(y->shape(), (Shape{6, 7, 8, 2, 3, 4, 5}));
  EXPECT_THAT(ops_of(y), ElementsAre(Op::RESHAPE, Op::TRANSPOSE, Op::RESHAPE));
}

TEST_F(EmitShapeTest, AComposedSizeIsComputedFromTheInputs) {
  const Dim b = symbol("b"), s = symbol("s");
  floats({b, s});
  const Dim wanted = b * s * 2 + floordiv(s, 3);
  Value* value = dim_value(e, wanted);
  ASSERT_NE(value->contents(), nullptr);
  EXPECT_THAT(*value->contents(), ElementsAre(wanted));
}

TEST_F(EmitShapeTest, ASizeThatSharesItsPartsIsComputedOnceEach) {
  floats({symbol("s")});
  Dim size = symbol("s");
  for (int i = 0; i < 7; ++i) size = ceildiv(size * size + 1, 3);
  dim_value(e, size);
  EXPECT_LT(graph.node_count(), 60u);
}

TEST_F(EmitShapeTest, ASizeThatNoTensorHasIsRefused) {
  EXPECT_THROW(dim_value(e, symbol("nowhere")), Unsupported);
}

TEST_F(EmitShapeTest, ASliceUpToAFixedDistanceFromTheEndNeedsNoSize) {
  const Dim s = symbol("s");
  Value* x = floats({symbol("b"), s});
  Value* y = strided_slice(e, x, {{}, {.begin = s - 3, .end = s - 1}});
  EXPECT_THAT(ops_of(y), ElementsAre(Op::STRIDED_SLICE));
}

TEST_F(EmitShapeTest, ASliceOfEverythingIsTheTensor) {
  const Dim s = symbol("s");
  Value* x = floats({4, s});
  EXPECT_EQ(strided_slice(e, x, {{.begin = Dim(0), .end = Dim(9)}, {.end = s}}), x);
}

TEST_F(EmitShapeTest, ASliceBeyondTheKernelsRankMergesWholeAxes) {
  Value* x = floats({2, 3, 4, 5, 6, 7});
  Value* y =
      strided_slice(e, x, {{}, {}, {.begin = Dim(1)}, {}, {}, {.begin = Dim(2), .shrink = true}});
  EXPECT_EQ(y->shape(), (Shape{2, 3, 3, 5, 6}));
}

TEST_F(EmitShapeTest, HalfPrecisionIsComputedInFloat32WithoutCastsBetweenOps) {
  Value* x = input(DType::FLOAT16, {2, 3});
  Value* y = unary(e, Op::TANH, add(e, x, x));
  EXPECT_EQ(y->dtype(), DType::FLOAT16);
  EXPECT_THAT(ops_of(y), ElementsAre(Op::CAST, Op::ADD, Op::TANH, Op::CAST));
}

TEST_F(EmitShapeTest, NarrowIntegersAreAddedAsInt32) {
  Value* x = input(DType::UINT8, {4});
  Value* y = add(e, x, x);
  EXPECT_EQ(y->dtype(), DType::UINT8);
  EXPECT_THAT(ops_of(y), ElementsAre(Op::CAST, Op::ADD, Op::CAST));
}

TEST_F(EmitShapeTest, BroadcastsBeyondTheKernelsRankMergeAxes) {
  Value* a = floats({2, 3, 4, 5, 6, 7, 8});
  Value* b = floats({1, 1, 1, 1, 1, 7, 8});
  Value* y = add(e, a, b);
  EXPECT_EQ(y->shape(), a->shape());
  EXPECT_THAT(ops_of(y), ElementsAre(Op::RESHAPE, Op::RESHAPE, Op::ADD, Op::RESHAPE));
}

TEST_F(EmitShapeTest, ReducingOverOnesIsAReshape) {
  Value* x = floats({symbol("b"), 1, 3});
  EXPECT_THAT(ops_of(reduce(e, Op::SUM, x, std::vector{1}, false)), ElementsAre(Op::RESHAPE));
  EXPECT_EQ(reduce(e, Op::SUM, x, std::vector{1}, true), x);
}

}  // namespace
}  // namespace litecast::emit
