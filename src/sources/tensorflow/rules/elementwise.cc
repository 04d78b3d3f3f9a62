// Arithmetic, element by element, that one or two kernels do.
#include <limits>

#include "emit/bitwise.h"
#include "emit/complex.h"
#include "emit/exponential.h"
#include "emit/integer_division.h"
#include "emit/precision.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {

namespace {

template <Op op>
void unary(RuleContext& c) {
  c.output(emit::unary(c.e, op, c.input(0)));
}

template <Op op>
void binary(RuleContext& c) {
  c.output(emit::binary(c.e, op, c.input(0), c.input(1)));
}

template <Value* (*lower)(Emitter&, Value*, Value*)>
void lowered(RuleContext& c) {
  c.output(lower(c.e, c.input(0), c.input(1)));
}

Value* is_zero(RuleContext& c, Value* x) {
  return emit::binary(c.e, Op::EQUAL, x, c.e.scalar(x->dtype(), 0));
}

Value* log1p_of(RuleContext& c, Value* x) {
  if (emit::is_complex(x))
    return emit::unary(c.e, Op::LOG, emit::add(c.e, x, c.e.scalar(x->dtype(), 1)));
  return emit::in_f32(c.e, {x}, [&](auto in) { return emit::log1p(c.e, in[0]); });
}

Value* expm1_of(RuleContext& c, Value* x) {
  if (emit::is_complex(x))
    return emit::sub(c.e, emit::unary(c.e, Op::EXP, x), c.e.scalar(x->dtype(), 1));
  return emit::in_f32(c.e, {x}, [&](auto in) { return emit::expm1(c.e, in[0]); });
}

// Integers are whole already.
template <Op op>
void rounding(RuleContext& c) {
  Value* x = c.input(0);
  c.output(ir::is_integer(x->dtype()) ? x : emit::unary(c.e, op, x));
}

// The kernel wants shapes that are known to be equal.
void add_n(RuleContext& c) {
  std::vector<Value*> parts = c.inputs(0, c.input_count());
  if (parts.size() > 2)
    if (Value* sum = c.e.try_add(Op::ADD_N, parts)) return c.output(sum);
  Value* sum = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) sum = emit::add(c.e, sum, parts[i]);
  c.output(sum);
}

// The quotient with the fraction cut off; integers divide so.
void truncate_div(RuleContext& c) {
  if (ir::is_integer(c.input(0)->dtype())) return c.output(emit::div(c.e, c.input(0), c.input(1)));
  Value* quotient = emit::rounded_quotient(c.e, c.input(0), c.input(1));
  Value* magnitude = emit::unary(c.e, Op::FLOOR, emit::unary(c.e, Op::ABS, quotient));
  c.output(emit::mul(c.e, emit::unary(c.e, Op::SIGN, quotient), magnitude));
}

void div_no_nan(RuleContext& c) {
  Value* quotient = emit::div(c.e, c.input(0), c.input(1));
  c.output(emit::select(c.e, is_zero(c, c.input(1)), c.number(0), quotient));
}

// Zero where the second is zero, even if the first is infinite or NaN.
void mul_no_nan(RuleContext& c) {
  Value* product = emit::mul(c.e, c.input(0), c.input(1));
  c.output(emit::select(c.e, is_zero(c, c.input(1)), c.number(0), product));
}

// |x − y|², which is a real number, of complex ones too.
void squared_difference(RuleContext& c) {
  if (!emit::is_complex(c.input(0))) return binary<Op::SQUARED_DIFFERENCE>(c);
  const auto [real, imag] = emit::complex_parts(c.e, emit::sub(c.e, c.input(0), c.input(1)));
  Value* sum = emit::add(c.e, emit::mul(c.e, real, real), emit::mul(c.e, imag, imag));
  c.output(emit::make_complex(c.e, {sum, emit::sub(c.e, imag, imag)}));
}

// The second, or zero where the first is zero.
void unless_zero(RuleContext& c, Value* value) {
  c.output(emit::select(c.e, is_zero(c, c.input(0)), c.number(0), value));
}

void xlogy(RuleContext& c) {
  unless_zero(c, emit::mul(c.e, c.input(0), emit::unary(c.e, Op::LOG, c.input(1))));
}

void xlog1py(RuleContext& c) {
  unless_zero(c, emit::mul(c.e, c.input(0), log1p_of(c, c.input(1))));
}

void xdivy(RuleContext& c) { unless_zero(c, emit::div(c.e, c.input(0), c.input(1))); }

void reciprocal(RuleContext& c) { c.output(emit::div(c.e, c.number(1), c.input(0))); }

void expm1(RuleContext& c) { c.output(expm1_of(c, c.input(0))); }
void log1p(RuleContext& c) { c.output(log1p_of(c, c.input(0))); }

void is_nan(RuleContext& c) { c.output(emit::binary(c.e, Op::NOT_EQUAL, c.input(0), c.input(0))); }

// How |x| compares with infinity. Not by x − x: the kernel of SUB clamps its result.
template <Op op>
void against_infinity(RuleContext& c) {
  Value* magnitude = emit::unary(c.e, Op::ABS, c.input(0));
  c.output(emit::binary(c.e, op, magnitude, c.number(std::numeric_limits<double>::infinity())));
}

void invert(RuleContext& c) { c.output(emit::invert(c.e, c.input(0))); }

void clip(RuleContext& c) {
  Value* capped = emit::binary(c.e, Op::MINIMUM, c.input(0), c.input(2));
  c.output(emit::binary(c.e, Op::MAXIMUM, capped, c.input(1)));
}

// A condition of rank 1 chooses whole rows.
void select_v1(RuleContext& c) {
  Value* condition = c.input(0);
  const Shape& shape = c.input(1)->shape();
  if (shape.is_ranked() && condition->shape().is_ranked() && condition->shape().rank() == 1 &&
      shape.rank() > 1) {
    std::vector<int> axes;
    for (int axis = 1; axis < shape.rank(); ++axis) axes.push_back(axis);
    condition = emit::expand_dims(c.e, condition, axes);
  }
  c.output(emit::select(c.e, condition, c.input(1), c.input(2)));
}

void select_v2(RuleContext& c) { c.output(emit::select(c.e, c.input(0), c.input(1), c.input(2))); }

constexpr Rule kElementwiseRules[] = {
    {"Abs", unary<Op::ABS>},
    {"AccumulateNV2", add_n},
    {"Add", binary<Op::ADD>},
    {"AddN", add_n},
    {"AddV2", binary<Op::ADD>},
    {"BitwiseAnd", lowered<emit::bitwise_and>},
    {"BitwiseOr", lowered<emit::bitwise_or>},
    {"BitwiseXor", binary<Op::BITWISE_XOR>},
    {"Ceil", rounding<Op::CEIL>},
    {"ClipByValue", clip},
    {"Cos", unary<Op::COS>},
    {"Div", binary<Op::DIV>},
    {"DivNoNan", div_no_nan},
    {"Exp", unary<Op::EXP>},
    {"Expm1", expm1},
    {"Floor", rounding<Op::FLOOR>},
    {"FloorDiv", binary<Op::FLOOR_DIV>},
    {"FloorMod", binary<Op::FLOOR_MOD>},
    {"Inv", reciprocal},
    {"Invert", invert},
    {"IsFinite", against_infinity<Op::LESS>},
    {"IsInf", against_infinity<Op::EQUAL>},
    {"IsNan", is_nan},
    {"LeftShift", lowered<emit::left_shift>},
    {"Log", unary<Op::LOG>},
    {"Log1p", log1p},
    {"Maximum", binary<Op::MAXIMUM>},
    {"Minimum", binary<Op::MINIMUM>},
    {"Mod", lowered<emit::truncate_mod>},
    {"Mul", binary<Op::MUL>},
    {"MulNoNan", mul_no_nan},
    {"Neg", unary<Op::NEG>},
    {"Pow", binary<Op::POW>},
    {"RealDiv", binary<Op::DIV>},
    {"Reciprocal", reciprocal},
    {"RightShift", lowered<emit::right_shift>},
    {"Rint", rounding<Op::ROUND>},
    {"Round", rounding<Op::ROUND>},
    {"Rsqrt", unary<Op::RSQRT>},
    {"Select", select_v1},
    {"SelectV2", select_v2},
    {"Sign", unary<Op::SIGN>},
    {"Sin", unary<Op::SIN>},
    {"Sqrt", unary<Op::SQRT>},
    {"Square", unary<Op::SQUARE>},
    {"SquaredDifference", squared_difference},
    {"Sub", binary<Op::SUB>},
    {"TruncateDiv", truncate_div},
    {"TruncateMod", lowered<emit::truncate_mod>},
    {"Xdivy", xdivy},
    {"Xlog1py", xlog1py},
    {"Xlogy", xlogy},
};

}  // namespace

std::span<const Rule> elementwise() { return kElementwiseRules; }

}  // namespace litecast::tensorflow::rules
