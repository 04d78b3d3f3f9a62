#include "emit/arith.h"

#include <array>
#include <cmath>
#include <utility>

#include "emit/bitwise.h"
#include "emit/broadcast_rank.h"
#include "emit/complex_math.h"
#include "emit/integer_division.h"
#include "emit/integer_power.h"
#include "emit/movement.h"
#include "emit/precision.h"
#include "emit/shape.h"
#include "ir/fold.h"

namespace litecast::emit {
namespace {

using Violation = ops::LimitViolation;

bool orders(Op op) {
  return op == Op::LESS || op == Op::LESS_EQUAL || op == Op::GREATER || op == Op::GREATER_EQUAL ||
         op == Op::MAXIMUM || op == Op::MINIMUM;
}

// Their result modulo 2^n is that of the same op on other integers of at least n bits.
bool is_modular(Op op) {
  return op == Op::ADD || op == Op::SUB || op == Op::MUL || op == Op::EQUAL ||
         op == Op::NOT_EQUAL || op == Op::NEG;
}

// The integer type in which the op gives the same result after a cast back; none: no such type.
std::optional<DType> wider_type(Op op, DType dtype) {
  switch (dtype) {
    case DType::INT8:
    case DType::UINT8:
    case DType::INT16:
    case DType::UINT16:
      return DType::INT32;
    case DType::UINT32:
      return is_modular(op) ? DType::INT32 : DType::INT64;
    case DType::UINT64:
      return is_modular(op) ? std::optional(DType::INT64) : std::nullopt;
    default:
      return std::nullopt;
  }
}

bool is_size(Value* value) {
  const auto dims = known_dims(value);
  return dims && std::ranges::all_of(*dims, [](ir::Dim dim) {
           return !dim.is_constant() || std::in_range<std::int32_t>(dim.value());
         });
}

// A size fits 32 bits, so shape arithmetic whose result does too may be done there, where there are
// more kernels.
bool are_sizes(Op op, Value* a, Value* b) {
  const bool stays_small = op != Op::DIV && op != Op::POW && op != Op::SQUARED_DIFFERENCE;
  return stays_small && a->dtype() == DType::INT64 && is_size(a) && is_size(b);
}

Value* in_type(Emitter& e, Op op, Value* a, Value* b, DType dtype) {
  const DType original = a->dtype();
  Value* result = binary(e, op, cast(e, a, dtype), cast(e, b, dtype));
  return result->dtype() == dtype ? cast(e, result, original) : result;
}

// uint64 is ordered as int64 is once the highest bit is flipped, which adding it does.
Value* ordered_uint64(Emitter& e, Op op, Value* a, Value* b) {
  Value* top = e.constant(ir::Constant::of<std::int64_t>(
      DType::INT64, {}, std::vector{std::numeric_limits<std::int64_t>::min()}));
  const auto flip = [&](Value* v) { return add(e, v, top); };
  Value* result =
      binary(e, op, flip(bitcast(e, a, DType::INT64)), flip(bitcast(e, b, DType::INT64)));
  if (result->dtype() == DType::BOOL) return result;
  return bitcast(e, flip(result), DType::UINT64);
}

// The value of a scalar exponent that is whole and not negative.
std::optional<std::int64_t> whole_exponent(const Value* exponent) {
  constexpr double kLargest = 4096;
  if (!exponent->is_constant() || exponent->constant()->elements() != 1) return std::nullopt;
  const double value = ir::real_values(*exponent->constant())[0];
  if (!(value >= 0) || value > kLargest || value != std::floor(value)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

// The kernel of FLOOR_MOD refuses a divisor of zero; of NaN it makes what is right for both.
Value* without_zero(Emitter& e, Value* divisor) {
  if (divisor->is_constant() && divisor->constant()->is_small() &&
      std::ranges::count(ir::real_values(*divisor->constant()), 0.0) == 0)
    return divisor;
  const DType dtype = divisor->dtype();
  Value* is_zero = binary(e, Op::EQUAL, divisor, e.scalar(dtype, 0));
  return select(e, is_zero, e.scalar(dtype, std::numeric_limits<double>::quiet_NaN()), divisor);
}

// What a kernel lacks for a dtype, put together from others; null where there is nothing.
Value* composed(Emitter& e, Op op, Value* a, Value* b) {
  const DType dtype = a->dtype();
  if (dtype == DType::COMPLEX64) return complex_binary(e, op, a, b);
  if (op == Op::SQUARED_DIFFERENCE) return unary(e, Op::SQUARE, sub(e, a, b));
  if (op == Op::DIV && dtype == DType::INT64) return truncate_div(e, a, b);
  if (op == Op::FLOOR_DIV && dtype == DType::INT64) return floor_div(e, a, b);
  if (op == Op::BITWISE_XOR && ir::bit_width(dtype) == 64) return wide_xor(e, a, b);
  if (op == Op::POW && ir::bit_width(dtype) == 64 && ir::is_integer(dtype))
    return wide_power(e, a, b);
  if (dtype == DType::UINT64 && orders(op)) return ordered_uint64(e, op, a, b);
  return nullptr;
}

// The kernels lack float64, but what is known while converting needs none: sizes that Python's `/`
// divides are of that type.
Value* folded_f64(Emitter& e, Op op, const std::vector<Value*>& operands) {
  const auto is_known = [](const Value* v) {
    return v->dtype() == DType::FLOAT64 && v->is_constant();
  };
  if (!std::ranges::all_of(operands, is_known)) return nullptr;
  const ops::OpInfo& info = *ops::find(op);
  const ir::NodeSpec spec{.op = op, .operands = operands};
  const auto types = info.infer({spec.op, spec.options, spec.operands, spec.graphs}, e.dims());
  if (!types) return nullptr;
  const ops::OpView node{spec.op, spec.options, spec.operands, spec.graphs, *types};
  const std::vector<ir::ConstantPtr> results = ir::fold(info, node, *types);
  return results.empty() ? nullptr : e.constant(results[0]);
}

bool is_cube(Op op, const Value* exponent) {
  return op == Op::POW && whole_exponent(exponent) == 3;
}

Value* other_dtype(Emitter& e, Op op, Value* a, Value* b) {
  if (Value* result = folded_f64(e, op, {a, b})) return result;
  if (are_sizes(op, a, b)) return in_type(e, op, a, b, DType::INT32);
  if (Value* result = composed(e, op, a, b)) return result;
  const auto wider = wider_type(op, a->dtype());
  return wider ? in_type(e, op, a, b, *wider) : nullptr;
}

}  // namespace

Value* binary(Emitter& e, Op op, Value* a, Value* b) {
  if (ir::is_float(a->dtype()) && op == Op::FLOOR_DIV)
    return unary(e, Op::FLOOR, rounded_quotient(e, a, b));
  if (ir::is_float(a->dtype()) && op == Op::FLOOR_MOD) b = without_zero(e, b);
  auto made = e.attempt(op, {a, b});
  if (made) return made->at(0);
  Value* result = nullptr;
  if (made.error().kind == Violation::Kind::dtype) result = other_dtype(e, op, a, b);
  if (made.error().kind == Violation::Kind::rank && op == Op::SQUARED_DIFFERENCE)
    result = composed(e, op, a, b);
  else if (made.error().kind == Violation::Kind::rank && is_cube(op, b))
    // Two products of any rank are less than a power between two RESHAPEs.
    result = integer_power(e, a, 3);
  else if (made.error().kind == Violation::Kind::rank)
    result = with_lower_rank(
        e, {a, b}, [&](const std::vector<Value*>& operands) { return e.try_add(op, operands); });
  if (result == nullptr) throw violated(op, made.error(), std::array{a});
  return result;
}

Value* unary(Emitter& e, Op op, Value* x) {
  auto made = e.attempt(op, {x});
  if (made) return made->at(0);
  if (Value* result = folded_f64(e, op, {x})) return result;
  const DType dtype = x->dtype();
  if (op == Op::SQUARE) return mul(e, x, x);
  if (dtype == DType::COMPLEX64)
    if (Value* result = complex_unary(e, op, x)) return result;
  if (op == Op::NEG && (ir::is_integer(dtype) || dtype == DType::COMPLEX64))
    return sub(e, e.scalar(dtype, 0), x);
  if (op == Op::ABS && ir::is_integer(dtype))
    return binary(e, Op::MAXIMUM, x, unary(e, Op::NEG, x));
  if (op == Op::SIGN && ir::is_integer(dtype))
    return binary(e, Op::MINIMUM, binary(e, Op::MAXIMUM, x, e.scalar(dtype, -1)),
                  e.scalar(dtype, 1));
  throw violated(op, made.error(), std::array{x});
}

Value* select(Emitter& e, Value* condition, Value* a, Value* b) {
  if (a->dtype() == DType::COMPLEX64) {
    Value* chosen = select(e, condition, bitcast(e, a, DType::INT64), bitcast(e, b, DType::INT64));
    return bitcast(e, chosen, DType::COMPLEX64);
  }
  const bool alike = condition->shape() == a->shape() && a->shape() == b->shape();
  const Op op = alike && a->shape().is_ranked() ? Op::SELECT : Op::SELECT_V2;
  auto made = e.attempt(op, {condition, a, b});
  if (made) return made->at(0);
  if (made.error().kind == Violation::Kind::rank) {
    Value* result = with_lower_rank(e, {condition, a, b}, [&](const std::vector<Value*>& operands) {
      return e.try_add(Op::SELECT_V2, operands);
    });
    if (result) return result;
  }
  return move(e, op, {condition, a, b}, 1);
}

}  // namespace litecast::emit
