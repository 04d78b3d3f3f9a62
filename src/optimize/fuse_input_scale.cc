// A constant by which each input channel is multiplied goes into the filter:
//
//   y = MUL(x, c)                       z = CONV_2D(x, w · c, b)
//   z = CONV_2D(y, w, b)         ─▶
//
// Padding adds zeros, which a factor does not change. The same for FULLY_CONNECTED and CONV_3D.
// Several such ops may use the product, when all can take it in. A constant that is added is moved
// into the bias where no padding is seen:
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
std::vector<float> contribution(const Weighted& w, const ir::ConstantPtr& offset) {
  const ir::ConstantPtr& filter = w.filter_value()->constant();
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

// So many users of a product or a sum are looked through.
constexpr std::size_t kMostUsers = 8;

// A Weighted whose input is `constant` times, or plus, something else.
struct Absorption {
  Weighted w;
  Value* rest = nullptr;
  ir::ConstantPtr constant;  // per input channel
  explicit operator bool() const { return constant != nullptr; }
};

Absorption absorption(Node* user, const Node& before) {
  const Weighted w = weighted(user, /*must_be_linear=*/false);
  if (!w || !w.has_constant_filter() || w.input_axis < 0 ||
      user->operand(w.input) != before.result() || w.filter_value() == before.result() ||
      w.bias_value() == before.result())
    return {};
  const ConstantOperand operand = constant_operand(before);
  if (!operand || operand.other->type() != before.result()->type()) return {};
  const Value* filter = w.filter_value();
  if (before.op() == Op::ADD) {
    if (w.has_padding || filter->constant()->elements() > kSummable) return {};
  } else if (filter->uses().size() > 1 && filter->constant()->byte_size() > kCheapCopy) {
    return {};
  }
  return {w, operand.other, per_channel(operand.constant, filter->shape()[w.input_axis].value())};
}

// Whether the product or sum has no user left once all have taken it in.
bool all_users_absorb(const Node& before) {
  const auto& uses = before.result()->uses();
  return before.result()->output_uses() == 0 && uses.size() <= kMostUsers &&
         std::ranges::all_of(uses,
                             [&](const ir::Use& use) { return !!absorption(use.node, before); });
}

Value* fuse_input_scale(Node& node, Builder& builder) {
  const Weighted w = weighted(&node, /*must_be_linear=*/false);
  Node* before = w ? node.operand(w.input)->producer() : nullptr;
  if (!before || (before->op() != Op::MUL && before->op() != Op::ADD) || !is_linear(*before))
    return nullptr;
  const Absorption a = absorption(&node, *before);
  if (!a || !all_users_absorb(*before)) return nullptr;

  std::vector<Value*> operands(node.operands().begin(), node.operands().end());
  operands[static_cast<std::size_t>(w.input)] = a.rest;
  ir::ConstantPtr changed;
  if (before->op() == Op::MUL) {
    changed = scaled(*w.filter_value()->constant(), w.input_axis, a.constant);
  } else {
    changed = ir::Constant::of<float>(DType::FLOAT32, {w.channels}, contribution(w, a.constant));
    if (const Value* bias = w.bias_value()) changed = combine(Op::ADD, bias->constant(), changed);
  }
  if (!changed) return nullptr;
  const auto at = static_cast<std::size_t>(before->op() == Op::MUL ? w.filter : w.bias);
  operands.resize(std::max(operands.size(), at + 1));
  operands[at] = builder.constant(std::move(changed));
  return try_add(builder, node.op(), std::move(operands), node.options());
}

}  // namespace

const Rewrite kFuseInputScale = {
    "fuse_input_scale", {Op::CONV_2D, Op::FULLY_CONNECTED, Op::CONV_3D}, fuse_input_scale};

}  // namespace litecast::optimize
