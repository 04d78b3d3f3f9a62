// Zeros around the data that the convolution can add itself:
//
//   y = PAD(x, pads)                           z = CONV_2D(x, w, b) {SAME}
//   z = CONV_2D(y, w, b) {VALID}        ─▶
//
// where SAME pads exactly that: known only for static sizes, or for stride 1. Other users of y do
// no harm: this one reads less memory, and the PAD goes when the last of them has done the same.
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

struct Axis {
  std::int64_t size, stride, dilation;
};

// Whether SAME adds `before` and `after` to an axis of size `in`.
bool same_pads(Dim in, const Axis& window, std::int64_t before, std::int64_t after) {
  const std::int64_t extent = (window.size - 1) * window.dilation + 1;
  std::int64_t total = extent - 1;
  if (window.stride != 1) {
    if (!in.is_constant()) return false;
    const std::int64_t out = (in.value() + window.stride - 1) / window.stride;
    total = std::max<std::int64_t>((out - 1) * window.stride + extent - in.value(), 0);
  }
  return before == total / 2 && after == total - total / 2;
}

template <class Options>
Value* fuse(Node& node, Builder& builder, int height_axis) {
  Options options = node.options_as<Options>();
  const Node* pad = producer(node.operand(0), Op::PAD);
  const Value* filter = node.operand(1);
  if (!pad || options.padding != tflite::Padding::VALID || !filter->shape().is_static())
    return nullptr;
  Value* x = pad->operand(0);
  const Value* amounts = pad->operand(1);
  if (!amounts->is_constant() || !x->shape().is_ranked() || x->shape().rank() != 4) return nullptr;
  const auto pads = ir::integer_values(*amounts->constant());
  if (pads.size() != 8 || pads[0] || pads[1] || pads[6] || pads[7]) return nullptr;
  const Axis height{filter->shape()[height_axis].value(), options.stride_h,
                    options.dilation_h_factor};
  const Axis width{filter->shape()[height_axis + 1].value(), options.stride_w,
                   options.dilation_w_factor};
  if (!same_pads(x->shape()[1], height, pads[2], pads[3]) ||
      !same_pads(x->shape()[2], width, pads[4], pads[5]))
    return nullptr;
  options.padding = tflite::Padding::SAME;
  return try_add(builder, node.op(), {x, node.operand(1), node.operand(2)}, std::move(options));
}

Value* fuse_pad(Node& node, Builder& builder) {
  return node.op() == Op::CONV_2D ? fuse<tflite::Conv2DOptionsT>(node, builder, 1)
                                  : fuse<tflite::DepthwiseConv2DOptionsT>(node, builder, 1);
}

}  // namespace

const Rewrite kFusePad = {"fuse_pad", {Op::CONV_2D, Op::DEPTHWISE_CONV_2D}, fuse_pad};

}  // namespace litecast::optimize
