#include "emit/fake_quantize.h"

#include <cmath>

#include "emit/arith.h"
#include "emit/precision.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

Value* clamped(Emitter& e, Value* x, Value* low, Value* high) {
  return min(e, max(e, x, low), high);
}

// To the nearest integer, halves upwards.
Value* round_half_up(Emitter& e, Value* x) { return unary(e, Op::FLOOR, add(e, x, f32(e, 0.5))); }

double low(QuantizedRange range) { return static_cast<double>(range.lowest); }
double high(QuantizedRange range) { return static_cast<double>(range.highest); }

void check_bits(std::int64_t bits) {
  if (bits < 1 || bits > 24) throw Unsupported(fmt::format("quantization to {} bits", bits));
}

// Real numbers of an affine grid.
struct Grid {
  Value* scale;
  Value* lowest;  // the real value of the lowest integer
  Value* highest;
};

// The real zero of [minimum, maximum] is moved to the nearest integer.
Grid nudged(Emitter& e, Value* minimum, Value* maximum, QuantizedRange range) {
  Value* steps = f32(e, high(range) - low(range));
  Value* scale = div(e, sub(e, maximum, minimum), steps);
  Value* zero = round_half_up(e, sub(e, f32(e, low(range)), div(e, minimum, scale)));
  zero = clamped(e, zero, f32(e, low(range)), f32(e, high(range)));
  return {scale, mul(e, sub(e, f32(e, low(range)), zero), scale),
          mul(e, sub(e, f32(e, high(range)), zero), scale)};
}

Value* through_grid(Emitter& e, Value* x, const Grid& grid) {
  Value* per_unit = div(e, f32(e, 1), grid.scale);
  Value* steps = mul(e, sub(e, clamped(e, x, grid.lowest, grid.highest), grid.lowest), per_unit);
  return add(e, mul(e, round_half_up(e, steps), grid.scale), grid.lowest);
}

std::optional<std::vector<double>> small_reals(const Value* x) {
  if (!x->is_constant() || !x->constant()->is_small()) return std::nullopt;
  return ir::real_values(*x->constant());
}

bool may_be_empty(const Value* minimum, const Value* maximum) {
  const auto low = small_reals(minimum), high = small_reals(maximum);
  if (!low || !high || low->size() != high->size()) return true;
  for (std::size_t i = 0; i < low->size(); ++i)
    if ((*low)[i] == 0 && (*high)[i] == 0) return true;
  return false;
}

// What a constant is on the grid, as i8 with `first` for its lowest integer; null where x is no
// constant or too large to fold.
ir::ConstantPtr quantized_constant(Emitter& e, Value* x, const Grid& grid, std::int64_t first,
                                   const ir::Quantization* quantization) {
  if (!x->is_constant()) return nullptr;
  Value* steps = div(e, sub(e, clamped(e, x, grid.lowest, grid.highest), grid.lowest), grid.scale);
  Value* integers = add(e, round_half_up(e, steps), f32(e, static_cast<double>(first)));
  integers = cast(e, integers, DType::INT8);
  if (!integers->is_constant()) return nullptr;
  const ir::Constant& constant = *integers->constant();
  return ir::Constant::owned(DType::INT8, constant.shape(), constant.bytes(), quantization);
}

Value* quantize_dequantize(Emitter& e, Value* x, const Grid& grid, std::int64_t first,
                           ir::Quantization parameters) {
  const auto* quantization = e.builder().module().quantization(std::move(parameters));
  Value* quantized;
  if (auto constant = quantized_constant(e, x, grid, first, quantization)) {
    quantized = e.constant(std::move(constant));
  } else {
    ir::Type type = {DType::INT8, x->shape(), quantization};
    auto made = e.builder().add({Op::QUANTIZE, {x}, tflite::QuantizeOptionsT{}}, {type});
    if (!made) throw Unsupported(made.error().message);
    quantized = made->front();
  }
  return e.add(Op::DEQUANTIZE, {quantized}, tflite::DequantizeOptionsT{});
}

// The i8 form of the grid where its range is known and the kernels have it: one scale, or one for
// each channel of a constant.
std::optional<ir::Quantization> known_quantization(const Value* x, const Grid& grid) {
  auto scales = small_reals(grid.scale), lowest = small_reals(grid.lowest);
  if (!scales || !lowest || scales->size() != lowest->size()) return std::nullopt;
  bool per_channel = grid.scale->shape().rank() > 0;
  if (per_channel && !x->is_constant()) return std::nullopt;
  ir::Quantization result;
  result.axis = per_channel ? x->shape().rank() - 1 : 0;
  for (std::size_t i = 0; i < scales->size(); ++i) {
    if (!((*scales)[i] > 0)) return std::nullopt;
    result.scales.push_back(static_cast<float>((*scales)[i]));
    result.zero_points.push_back(-std::llround((*lowest)[i] / (*scales)[i]));
  }
  return result;
}

}  // namespace

QuantizedRange fake_quant_range(std::int64_t bits, bool narrow) {
  check_bits(bits);
  return {narrow ? 1 : 0, (std::int64_t{1} << bits) - 1};
}

QuantizedRange symmetric_range(std::int64_t bits, bool is_signed, bool narrow) {
  check_bits(bits);
  if (!is_signed) return {0, (std::int64_t{1} << bits) - 1};
  std::int64_t half = std::int64_t{1} << (bits - 1);
  return {narrow ? 1 - half : -half, half - 1};
}

Value* is_empty_range(Emitter& e, Value* minimum, Value* maximum) {
  Value* zero = f32(e, 0);
  return binary(e, Op::LOGICAL_AND, binary(e, Op::EQUAL, minimum, zero),
                binary(e, Op::EQUAL, maximum, zero));
}

RealRange nudged_range(Emitter& e, Value* minimum, Value* maximum, QuantizedRange range) {
  const Grid grid = nudged(e, minimum, maximum, range);
  return {grid.lowest, grid.highest};
}

Value* fake_quantize(Emitter& e, Value* x, Value* minimum, Value* maximum, QuantizedRange range) {
  if (may_be_empty(minimum, maximum))
    return select(e, is_empty_range(e, minimum, maximum), f32(e, 0),
                  through_grid(e, x, nudged(e, minimum, maximum, range)));
  Grid grid = nudged(e, minimum, maximum, range);
  auto quantization = known_quantization(x, grid);
  if (range.highest != 255 || !quantization) return through_grid(e, x, grid);
  // QUANTIZE saturates at −128, which a narrow range does not have.
  if (range.lowest != 0) x = max(e, x, grid.lowest);
  std::int64_t first = range.lowest - 128;
  for (std::int64_t& zero : quantization->zero_points) zero += first;
  return quantize_dequantize(e, x, grid, first, *std::move(quantization));
}

Value* quantize_and_dequantize(Emitter& e, Value* x, Value* minimum, Value* maximum,
                               QuantizedRange range, Rounding rounding, int axis, bool clamps) {
  if (axis >= 0) {
    std::vector<Dim> dims(static_cast<std::size_t>(x->shape().rank()), Dim(1));
    dims[static_cast<std::size_t>(axis)] = minimum->shape()[-1];
    minimum = reshape(e, minimum, Shape(dims));
    maximum = reshape(e, maximum, Shape(dims));
  }
  // The side that needs the larger step decides; a range on one side of zero has only one.
  Value* scale = max(e, mul(e, maximum, f32(e, 1 / high(range))), f32(e, 1e-35));
  if (range.lowest != 0) scale = max(e, scale, mul(e, minimum, f32(e, 1 / low(range))));
  auto known = small_reals(scale);
  if (known && axis < 0 && range.lowest == -128 && range.highest == 127)
    return quantize_dequantize(
        e, x, {scale, mul(e, scale, f32(e, low(range))), mul(e, scale, f32(e, high(range)))},
        range.lowest, {{static_cast<float>(known->front())}, {0}, 0});
  Value* steps = div(e, x, scale);
  steps = rounding == Rounding::half_to_even ? unary(e, Op::ROUND, steps) : round_half_up(e, steps);
  if (!clamps) return mul(e, steps, scale);
  return mul(e, clamped(e, steps, f32(e, low(range)), f32(e, high(range))), scale);
}

}  // namespace litecast::emit
