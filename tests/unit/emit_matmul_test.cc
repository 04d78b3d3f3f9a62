#include "emit/matmul.h"

#include "emit/complex.h"
#include "emit/erf.h"
#include "emit_fixture.h"

namespace litecast::emit {
namespace {

class Matmul : public EmitFixture {};

TEST_F(Matmul, WithAConstantMatrixIsFullyConnected) {
  Value* y = matmul(e, input({symbol("b"), 4}), counted({4, 6}), false, false);
  EXPECT_EQ(ops(), "FULLY_CONNECTED");
  EXPECT_EQ(y->shape(), (Shape{symbol("b"), 6}));
  EXPECT_FALSE(graph_.first()->options_as<tflite::FullyConnectedOptionsT>().keep_num_dims);
}

TEST_F(Matmul, KeepsTheAxesOfTheLeftOperand) {
  Value* y = matmul(e, input({symbol("b"), 3, 4}), counted({1, 6, 4}), false, true);
  EXPECT_EQ(ops(), "FULLY_CONNECTED");
  EXPECT_EQ(y->shape(), (Shape{symbol("b"), 3, 6}));
}

TEST_F(Matmul, CollapsesBatchesBeyondTheKernelsRank) {
  Value* y = matmul(e, input({2, 3, 4, 5, 6, 7}), input({2, 3, 4, 5, 7, 8}), false, false);
  EXPECT_EQ(ops(), "RESHAPE RESHAPE BATCH_MATMUL RESHAPE");
  EXPECT_EQ(y->shape(), (Shape{2, 3, 4, 5, 6, 8}));
}

TEST_F(Matmul, OfIntegersIsExact) {
  matmul(e, input({3, 4}, DType::INT32), input({4, 5}, DType::INT32), false, false);
  EXPECT_EQ(ops(), "RESHAPE RESHAPE MUL SUM");
}

TEST_F(Matmul, RefusesVectors) {
  EXPECT_THROW(matmul(e, input({3}), input({3, 4}), false, false), Unsupported);
}

class ComplexNumbers : public EmitFixture {};

TEST_F(ComplexNumbers, GiveBackThePartsTheyWereMadeOf) {
  Value *re = input({3}), *im = input({3});
  Value* z = make_complex(e, {re, im});
  EXPECT_EQ(ops(), "PACK BITCAST");
  EXPECT_EQ(z->dtype(), DType::COMPLEX64);
  EXPECT_EQ(z->shape(), Shape{3});
  EXPECT_EQ(complex_parts(e, z).real, re);
  EXPECT_EQ(complex_parts(e, z).imag, im);
}

TEST_F(ComplexNumbers, FromElsewhereAreTakenApartByTheKernels) {
  complex_parts(e, input({3}, DType::COMPLEX64));
  EXPECT_EQ(ops(), "REAL IMAG");
}

TEST_F(Matmul, ErfIsMadeOfGelu) {
  erf(e, input({3}));
  EXPECT_EQ(ops(), "MUL RELU_N1_TO_1 MUL ADD GELU DIV MUL SUB");
}

}  // namespace
}  // namespace litecast::emit
