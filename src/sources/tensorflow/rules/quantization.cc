#include "emit/fake_quantize.h"

#include "emit/precision.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

emit::QuantizedRange fake_quant_range(RuleContext& c) {
  return emit::fake_quant_range(c.attr_int("num_bits"), c.attr_bool("narrow_range"));
}

void fake_quant_args(RuleContext& c) {
  Value* min = c.e.scalar(DType::FLOAT32, c.attr_float("min"));
  Value* max = c.e.scalar(DType::FLOAT32, c.attr_float("max"));
  c.output(emit::fake_quantize(c.e, c.input(0), min, max, fake_quant_range(c)));
}

void fake_quant_vars(RuleContext& c) {
  c.output(emit::fake_quantize(c.e, c.input(0), c.input(1), c.input(2), fake_quant_range(c)));
}

// All axes but `axis` (−1: all).
std::vector<int> reduced_axes(const Value* x, int axis) {
  if (!x->shape().is_ranked()) throw Unsupported("quantization of a tensor of unknown rank");
  std::vector<int> axes;
  for (int i = 0; i < x->shape().rank(); ++i)
    if (i != axis) axes.push_back(i);
  return axes;
}

emit::Rounding rounding_of(const RuleContext& c) {
  bool up = c.has_attr("round_mode") && c.attr_string("round_mode") == "HALF_UP";
  return up ? emit::Rounding::half_up : emit::Rounding::half_to_even;
}

void quantize_and_dequantize(RuleContext& c, std::int64_t bits) {
  auto range =
      emit::symmetric_range(bits, c.attr_bool("signed_input"), c.attr_bool("narrow_range"));
  std::int64_t axis_attribute = c.attr_int("axis");
  c.output(emit::in_f32(c.e, {c.input(0), c.input(1), c.input(2)}, [&](auto in) {
    Value* x = in[0];
    int axis = axis_attribute == -1 ? -1 : emit::axis_of(axis_attribute, x->shape().rank());
    if (c.attr_bool("range_given"))
      return emit::quantize_and_dequantize(c.e, x, in[1], in[2], range, rounding_of(c), axis, true);
    auto axes = reduced_axes(x, axis);
    Value* min = emit::reduce(c.e, Op::REDUCE_MIN, x, axes, false);
    Value* max = emit::reduce(c.e, Op::REDUCE_MAX, x, axes, false);
    return emit::quantize_and_dequantize(c.e, x, min, max, range, rounding_of(c), axis, false);
  }));
}

void quantize_and_dequantize_v2(RuleContext& c) {
  quantize_and_dequantize(c, c.attr_int("num_bits"));
}

void quantize_and_dequantize_v3(RuleContext& c) {
  quantize_and_dequantize(c, c.constant_integer(3, "num_bits"));
}

constexpr Rule kQuantizationRules[] = {
    {"FakeQuantWithMinMaxArgs", fake_quant_args},
    {"FakeQuantWithMinMaxVars", fake_quant_vars},
    {"FakeQuantWithMinMaxVarsPerChannel", fake_quant_vars},
    {"QuantizeAndDequantizeV2", quantize_and_dequantize_v2},
    {"QuantizeAndDequantizeV3", quantize_and_dequantize_v3},
    {"QuantizeAndDequantizeV4", quantize_and_dequantize_v2},
};

}  // namespace

std::span<const Rule> quantization() { return kQuantizationRules; }

}  // namespace litecast::tensorflow::rules
