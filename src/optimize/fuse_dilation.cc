// A dilated convolution written as a plain one on interleaved parts:
//
//   a = SPACE_TO_BATCH_ND(x, [d, d], pads)
//   b = CONV_2D(a, w, bias) {VALID}             ─▶   y = CONV_2D(x, w, bias) {dilation: d}
//   y = BATCH_TO_SPACE_ND(b, [d, d], crops)
//
// with SAME padding where that is what pads − crops amount to, VALID where they amount to nothing,
// and a PAD before it otherwise.
#include "emit/shape.h"
#include "optimize/activation.h"
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

struct Padding {
  std::int64_t before, after;
};

// What is really added at both ends of the spatial axes.
std::optional<std::vector<Padding>> net_padding(const Value* pads, const Value* crops) {
  const auto p = emit::known_dims(pads), c = emit::known_dims(crops);
  if (!p || !c || p->size() != 4 || c->size() != 4) return std::nullopt;
  std::vector<Padding> out;
  for (std::size_t i = 0; i < 4; i += 2) {
    const Dim before = (*p)[i] - (*c)[i], after = (*p)[i + 1] - (*c)[i + 1];
    if (!before.is_constant() || !after.is_constant() || before.value() < 0 || after.value() < 0)
      return std::nullopt;
    out.push_back({before.value(), after.value()});
  }
  return out;
}

template <class Options>
Value* dilated(const Node& conv, Builder& builder, Value* x, const std::vector<std::int64_t>& block,
               const std::vector<Padding>& padding) {
  Options options = conv.options_as<Options>();
  if (options.padding != tflite::Padding::VALID || options.stride_h != 1 || options.stride_w != 1 ||
      options.dilation_h_factor != 1 || options.dilation_w_factor != 1)
    return nullptr;
  options.dilation_h_factor = static_cast<int>(block[0]);
  options.dilation_w_factor = static_cast<int>(block[1]);
  const ir::Shape& filter = conv.operand(1)->shape();
  const auto is_same = [&](int axis) {
    const Padding p = padding[static_cast<std::size_t>(axis)];
    const std::int64_t total =
        (filter[axis + 1].value() - 1) * block[static_cast<std::size_t>(axis)];
    return p.before == total / 2 && p.after == total - total / 2;
  };
  const bool none = std::all_of(padding.begin(), padding.end(),
                                [](Padding p) { return p.before == 0 && p.after == 0; });
  if (!none && is_same(0) && is_same(1)) {
    options.padding = tflite::Padding::SAME;
  } else if (!none) {
    const std::vector<std::int32_t> rows = {0,
                                            0,
                                            static_cast<std::int32_t>(padding[0].before),
                                            static_cast<std::int32_t>(padding[0].after),
                                            static_cast<std::int32_t>(padding[1].before),
                                            static_cast<std::int32_t>(padding[1].after),
                                            0,
                                            0};
    x = try_add(builder, Op::PAD,
                {x, builder.constant(ir::Constant::of<std::int32_t>(DType::INT32, {4, 2}, rows))});
    if (!x) return nullptr;
  }
  builder.set_provenance(conv.provenance_ref());
  return try_add(builder, conv.op(), {x, conv.operand(1), conv.operand(2)}, std::move(options));
}

Value* fuse_dilation(Node& node, Builder& builder) {
  Node* conv = node.operand(0)->has_one_use() ? node.operand(0)->producer() : nullptr;
  if (!conv || (conv->op() != Op::CONV_2D && conv->op() != Op::DEPTHWISE_CONV_2D)) return nullptr;
  const Node* split = only_producer(conv->operand(0), Op::SPACE_TO_BATCH_ND);
  if (!split || !conv->operand(1)->shape().is_static()) return nullptr;
  const auto block = emit::known_integers(split->operand(1));
  if (!block || block->size() != 2 || block != emit::known_integers(node.operand(1)))
    return nullptr;
  const auto padding = net_padding(split->operand(2), node.operand(2));
  if (!padding) return nullptr;
  Value* x = split->operand(0);
  Value* y = conv->op() == Op::CONV_2D
                 ? dilated<tflite::Conv2DOptionsT>(*conv, builder, x, *block, *padding)
                 : dilated<tflite::DepthwiseConv2DOptionsT>(*conv, builder, x, *block, *padding);
  return y;
}

}  // namespace

const Rewrite kFuseDilation = {"fuse_dilation", {Op::BATCH_TO_SPACE_ND}, fuse_dilation};

}  // namespace litecast::optimize
