#include "op_fixture.h"

namespace litecast::ops {
namespace {

using ir::Dim;
using ir::Shape;
using Kind = LimitViolation::Kind;

class RecurrentOps : public OpFixture {
 protected:
  // A layer of 6 units over 5 features.
  ir::Values lstm() {
    ir::Values operands = {input(FLOAT32, {b_, t_, 5})};
    for (int i = 0; i < 4; ++i) operands.push_back(input(FLOAT32, {6, 5}));
    for (int i = 0; i < 4; ++i) operands.push_back(input(FLOAT32, {6, 6}));
    operands.insert(operands.end(), 3, nullptr);
    for (int i = 0; i < 4; ++i) operands.push_back(input(FLOAT32, {6}));
    operands.insert(operands.end(), 2, nullptr);
    for (int i = 0; i < 2; ++i) operands.push_back(input(FLOAT32, {b_, 6}));
    operands.insert(operands.end(), 4, nullptr);
    return operands;
  }
  const Dim b_ = symbol("b"), t_ = symbol("t");
};

TEST_F(RecurrentOps, LstmSequenceGivesItsUnits) {
  EXPECT_EQ(add(Op::UNIDIRECTIONAL_SEQUENCE_LSTM, lstm())->shape(), (Shape{b_, t_, 6}));
  ir::Values coupled = lstm();
  coupled[1] = coupled[5] = coupled[12] = nullptr;
  EXPECT_EQ(add(Op::UNIDIRECTIONAL_SEQUENCE_LSTM, coupled)->shape(), (Shape{b_, t_, 6}));
}

TEST_F(RecurrentOps, LstmRefusesHalfAnInputGate) {
  ir::Values operands = lstm();
  operands[5] = nullptr;
  EXPECT_EQ(refusal(Op::UNIDIRECTIONAL_SEQUENCE_LSTM, operands), Kind::option);
  operands = lstm();
  operands[8] = nullptr;
  EXPECT_EQ(refusal(Op::UNIDIRECTIONAL_SEQUENCE_LSTM, operands), Kind::option);
}

TEST_F(RecurrentOps, NodesWithStateAreNeverShared) {
  const ir::Values operands = lstm();
  EXPECT_NE(add(Op::UNIDIRECTIONAL_SEQUENCE_LSTM, operands),
            add(Op::UNIDIRECTIONAL_SEQUENCE_LSTM, operands));
}

TEST_F(RecurrentOps, BidirectionalRnnGivesOneOrTwoResults) {
  ir::Values operands = {input(FLOAT32, {t_, b_, 5})};
  for (const std::int64_t units : {6, 7}) {
    operands.push_back(input(FLOAT32, {units, 5}));
    operands.push_back(input(FLOAT32, {units, units}));
    operands.push_back(input(FLOAT32, {units}));
    operands.push_back(input(FLOAT32, {b_, units}));
  }
  tflite::BidirectionalSequenceRNNOptionsT options;
  EXPECT_EQ(ask(Op::BIDIRECTIONAL_SEQUENCE_RNN, operands, options)->at(1)->shape(),
            (Shape{t_, b_, 7}));
  options.merge_outputs = true;
  EXPECT_EQ(add(Op::BIDIRECTIONAL_SEQUENCE_RNN, operands, options)->shape(), (Shape{t_, b_, 13}));
}

TEST_F(RecurrentOps, SvdfDividesFiltersByItsRank) {
  tflite::SVDFOptionsT options;
  options.rank = 2;
  const ir::Values operands = {input(FLOAT32, {b_, 5}), input(FLOAT32, {8, 5}),
                               input(FLOAT32, {8, 10}), nullptr, input(FLOAT32, {b_, 80})};
  EXPECT_EQ(add(Op::SVDF, operands, options)->shape(), (Shape{b_, 4}));
  options.rank = 3;
  EXPECT_EQ(refusal(Op::SVDF, operands, options), Kind::shape);
}

TEST_F(RecurrentOps, VersionsNameHybrids) {
  EXPECT_EQ(version_of(Op::UNIDIRECTIONAL_SEQUENCE_LSTM, lstm()), 1);
  ir::Values operands = lstm();
  for (int i = 1; i <= 8; ++i)
    operands[static_cast<std::size_t>(i)] = quantized_input(INT8, {6, i <= 4 ? 5 : 6});
  EXPECT_EQ(version_of(Op::UNIDIRECTIONAL_SEQUENCE_LSTM, operands), 2);
}

}  // namespace
}  // namespace litecast::ops
