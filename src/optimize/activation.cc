#include "optimize/activation.h"

namespace litecast::optimize {
namespace {

using ir::Op;

struct Access {
  Op op;
  Activation (*get)(const ir::Options&);
  ir::Options (*with)(const ir::Options&, Activation);
};

template <class T>
constexpr Access access(Op op) {
  return {op, [](const ir::Options& o) { return o.as<T>().fused_activation_function; },
          [](const ir::Options& o, Activation a) {
            T table = o.as<T>();
            table.fused_activation_function = a;
            return ir::Options(std::move(table));
          }};
}

// CONCATENATION, CONV_3D and L2_NORMALIZATION have the field, but their kernels refuse it.
constexpr Access kAccess[] = {
    access<tflite::Conv2DOptionsT>(Op::CONV_2D),
    access<tflite::DepthwiseConv2DOptionsT>(Op::DEPTHWISE_CONV_2D),
    access<tflite::TransposeConvOptionsT>(Op::TRANSPOSE_CONV),
    access<tflite::FullyConnectedOptionsT>(Op::FULLY_CONNECTED),
    access<tflite::AddOptionsT>(Op::ADD),
    access<tflite::SubOptionsT>(Op::SUB),
    access<tflite::MulOptionsT>(Op::MUL),
    access<tflite::DivOptionsT>(Op::DIV),
    access<tflite::Pool2DOptionsT>(Op::AVERAGE_POOL_2D),
    access<tflite::Pool2DOptionsT>(Op::MAX_POOL_2D),
};

const Access* find(Op op) {
  for (const Access& a : kAccess)
    if (a.op == op) return &a;
  return nullptr;
}

}  // namespace

std::optional<Activation> activation_of(const ir::Node& node) {
  const Access* a = find(node.op());
  return a ? std::optional(a->get(node.options())) : std::nullopt;
}

ir::Options with_activation(const ir::Node& node, Activation activation) {
  return find(node.op())->with(node.options(), activation);
}

}  // namespace litecast::optimize
