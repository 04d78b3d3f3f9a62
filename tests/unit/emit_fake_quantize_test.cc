#include "emit/fake_quantize.h"

#include "emit_fixture.h"

namespace litecast::emit {
namespace {

class FakeQuantize : public EmitFixture {
 protected:
  Value* scalar(double value) { return e.scalar(DType::FLOAT32, value); }
};

TEST_F(FakeQuantize, OfAKnownRangeIsAPairOfKernels) {
  fake_quantize(e, input({2, 3}), scalar(-1), scalar(2), fake_quant_range(8, false));
  ASSERT_EQ(ops(), "QUANTIZE DEQUANTIZE");
  const ir::Quantization& q = *graph_.first()->result()->type().quantization;
  EXPECT_FLOAT_EQ(q.scales.at(0), 3.0F / 255);
  EXPECT_EQ(q.zero_points.at(0), 85 - 128);
}

TEST_F(FakeQuantize, NarrowRangeNeverReachesTheLowestInteger) {
  fake_quantize(e, input({2, 3}), scalar(-1), scalar(1), fake_quant_range(8, true));
  ASSERT_EQ(ops(), "MAXIMUM QUANTIZE DEQUANTIZE");
  EXPECT_EQ(graph_.last()->operand(0)->type().quantization->zero_points.at(0), 0);
}

TEST_F(FakeQuantize, OfOtherWidthsIsArithmetic) {
  fake_quantize(e, input({2, 3}), scalar(-1), scalar(2), fake_quant_range(4, false));
  EXPECT_EQ(ops(), "MAXIMUM MINIMUM SUB MUL ADD FLOOR MUL ADD");
}

// 1.1 / (3.4 / 255) is 82.5.
TEST_F(FakeQuantize, MovesAHalfZeroPointUpwards) {
  fake_quantize(e, input({2, 3}), scalar(-1.1), scalar(2.3), fake_quant_range(8, false));
  EXPECT_EQ(graph_.first()->result()->type().quantization->zero_points.at(0), 83 - 128);
}

TEST_F(FakeQuantize, RefusesWidthsThatFloatsCannotHold) {
  EXPECT_THROW(fake_quant_range(40, false), Unsupported);
  EXPECT_THROW(symmetric_range(0, true, false), Unsupported);
}

TEST_F(FakeQuantize, SymmetricRangesLeaveOutTheLowestWhenNarrow) {
  EXPECT_EQ(symmetric_range(8, true, true).lowest, -127);
  EXPECT_EQ(symmetric_range(8, true, false).lowest, -128);
  EXPECT_EQ(symmetric_range(8, false, true).lowest, 0);
}

}  // namespace
}  // namespace litecast::emit
