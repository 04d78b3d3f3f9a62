// What the ops with a filter and a bias have in common.
#pragma once

#include "optimize/activation.h"
#include "optimize/rewrite.h"

namespace litecast::optimize {

// CONV_2D, DEPTHWISE_CONV_2D, CONV_3D, FULLY_CONNECTED, TRANSPOSE_CONV with a float filter of
// known shape and a constant bias or none.
struct Weighted {
  Node* node = nullptr;
  int input = 0;  // operand numbers
  int filter = 1;
  int bias = 2;
  int output_axis = 0;  // of the filter: the output channels
  int input_axis = -1;  // of the filter: the input channels; -1: none that stands for them alone
  bool has_padding = false;   // whether it sees zeros beyond its input
  std::int64_t channels = 0;  // of the output

  explicit operator bool() const { return node != nullptr; }
  bool has_constant_filter() const { return filter_value()->is_constant(); }
  Value* filter_value() const { return node->operand(filter); }
  Value* bias_value() const { return node->operand(bias); }
};

// Nothing when the node is none of these, or has an activation although it must be linear.
Weighted weighted(Node* node, bool must_be_linear = true);

// A constant as one value for each channel of an axis of size `channels`: it must be a scalar, or
// have that size in its last axis and 1 elsewhere. Null otherwise; never more than rank 1.
ir::ConstantPtr per_channel(const Value* value, std::int64_t channels);

// filter · scale along one axis of the filter, as a constant; null where it cannot be expressed.
ir::ConstantPtr scaled(const ir::Constant& filter, int axis, const ir::ConstantPtr& scale);

// Elementwise on two rank-1 (or scalar) f32 constants.
ir::ConstantPtr combine(Op op, const ir::ConstantPtr& a, const ir::ConstantPtr& b);

// A filter of up to so many bytes is better written twice than one op more run.
inline constexpr std::uint64_t kCheapCopy = 4096;

// The linear node again, with another filter and bias, and with an activation; null where its
// kernel has none.
Value* rebuild(Builder& builder, const Weighted& w, Value* filter, Value* bias,
               Activation activation);

}  // namespace litecast::optimize
