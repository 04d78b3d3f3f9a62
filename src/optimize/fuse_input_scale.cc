// A constant by which each input channel is multiplied goes into the filter:
//
//   y = MUL(x, c)                       z = CONV_2D(x, w · c, b)
//   z = CONV_2D(y, w, b)         ─▶
//
// Padding adds zeros, which a factor does not change. The same for FULLY_CONNECTED and CONV_3D.
// A constant that is added is moved into the bias where no padding is seen:
//
//   y = ADD(x, c);  z = FULLY_CONNECTED(y, w, b)   ─▶   z = FULLY_CONNECTED(x, w, b + w·c)
#include "ir/fold.h"
#include "optimize/activation.h"
#include "optimize/rewrites.h"
#include "optimize/weighted.h"

namespace litecast::optimize {
namespace {

// Elements of a filter that are read at once to sum it up.
constexpr std::int64_t kSummable = 1 << 20;

// Σ over all but the output axis of filter · offset along the input axis.
std::optional<std::vector<float>> contribution(const Weighted& w, const ir::ConstantPtr& offset) {
  const ir::ConstantPtr& filter = w.filter_value()->constant();
  if (filter->elements() > kSummable) return std::nullopt;
  const auto weights = ir::real_values(*filter), offsets = ir::real_values(*offset);
  const ir::StaticShape& shape = filter->shape();
  const auto stride_of = [&](int axis) {
    std::int64_t s = 1;
    for (std::size_t i = static_cast<std::size_t>(axis) + 1; i < shape.size(); ++i) s *= shape[i];
    return s;
  };
  const std::int64_t in_stride = stride_of(w.input_axis), out_stride = stride_of(w.output_axis);
  const std::int64_t in_size = shape[static_cast<std::size_t>(w.input_axis)];
  std::vector<double> sums(static_cast<std::size_t>(w.channels), 0);
  for (std::int64_t i = 0; i < filter->elements(); ++i) {
    const auto channel = static_cast<std::size_t>(i / in_stride % in_size);
    const double o = offsets.size() == 1 ? offsets[0] : offsets[channel];
    sums[static_cast<std::size_t>(i / out_stride % w.channels)] +=
        weights[static_cast<std::size_t>(i)] * o;
  }
  return std::vector<float>(sums.begin(), sums.end());
}

Value* fuse_input_scale(Node& node, Builder& builder) {
  const Weighted w = weighted(&node, /*must_be_linear=*/false);
  if (!w || !w.has_constant_filter() || w.input_axis < 0) return nullptr;
  Node* before = node.operand(w.input)->producer();
  if (!before || (before->op() != Op::MUL && before->op() != Op::ADD) ||
      !before->result()->has_one_use() || !is_linear(*before))
    return nullptr;
  const ConstantOperand operand = constant_operand(*before);
  if (!operand || operand.other->type() != before->result()->type()) return nullptr;
  const std::int64_t inputs = w.filter_value()->shape()[w.input_axis].value();
  const ir::ConstantPtr c = per_channel(operand.constant, inputs);
  if (!c) return nullptr;

  std::vector<Value*> operands(node.operands().begin(), node.operands().end());
  operands[static_cast<std::size_t>(w.input)] = operand.other;
  if (before->op() == Op::MUL) {
    const Value* filter = w.filter_value();
    if (filter->uses().size() > 1 && filter->constant()->byte_size() > kCheapCopy) return nullptr;
    ir::ConstantPtr s = scaled(*filter->constant(), w.input_axis, c);
    if (!s) return nullptr;
    operands[static_cast<std::size_t>(w.filter)] = builder.constant(std::move(s));
  } else {
    const Value* bias = w.bias_value();
    const auto moved = w.has_padding ? std::nullopt : contribution(w, c);
    if (!moved || !bias) return nullptr;
    ir::ConstantPtr b = combine(Op::ADD, bias->constant(),
                                ir::Constant::of<float>(DType::FLOAT32, {w.channels}, *moved));
    if (!b) return nullptr;
    operands[static_cast<std::size_t>(w.bias)] = builder.constant(std::move(b));
  }
  return try_add(builder, node.op(), std::move(operands), node.options());
}

}  // namespace

const Rewrite kFuseInputScale = {
    "fuse_input_scale", {Op::CONV_2D, Op::FULLY_CONNECTED, Op::CONV_3D}, fuse_input_scale};

}  // namespace litecast::optimize
