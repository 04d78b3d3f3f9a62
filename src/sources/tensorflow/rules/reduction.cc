// Ops that bring an axis down to one element, or run along it.
#include <numeric>

#include "emit/complex.h"
#include "emit/complex_math.h"
#include "emit/gather.h"
#include "emit/loop.h"
#include "emit/movement.h"
#include "emit/pad.h"
#include "emit/precision.h"
#include "emit/scatter.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

template <Op op>
void reduce(RuleContext& c) {
  c.output(emit::reduce_by(c.e, op, c.input(0), c.input(1), c.attr_bool("keep_dims")));
}

void euclidean_norm(RuleContext& c) {
  Value* x = c.input(0);
  if (x->dtype() == DType::COMPLEX64) {
    // x · conj(x)
    const auto [real, imag] = emit::complex_parts(c.e, x);
    x = emit::make_complex(c.e, {real, emit::unary(c.e, Op::NEG, imag)});
  }
  Value* squares = emit::mul(c.e, c.input(0), x);
  Value* sum = emit::reduce_by(c.e, Op::SUM, squares, c.input(1), c.attr_bool("keep_dims"));
  // Roots of whole numbers lose their fraction.
  if (ir::is_integer(sum->dtype()))
    return c.output(emit::in_f32(c.e, {sum}, [&](auto in) { return c.e.add(Op::SQRT, {in[0]}); }));
  c.output(emit::unary(c.e, Op::SQRT, sum));
}

// A type in which the kernel compares, with the same order as x.
Value* comparable(Emitter& e, Value* x) {
  const Value* top = nullptr;
  switch (x->dtype()) {
    case DType::INT16:
    case DType::UINT16:
      return emit::cast(e, x, DType::INT32);
    case DType::UINT32:
      // The same order as int32 once the highest bit is flipped.
      top = e.scalar(DType::INT32, static_cast<double>(std::numeric_limits<std::int32_t>::min()));
      return emit::add(e, emit::bitcast(e, x, DType::INT32), const_cast<Value*>(top));
    default:
      return x;
  }
}

struct TopK {
  Value* values;
  Value* indices;
};

// Along the last axis. Equal elements: the lower index comes first.
TopK top_k(Emitter& e, Value* x, Value* k) {
  const auto made = e.add_all(Op::TOPK_V2, {x, k});
  return {made.at(0), made.at(1)};
}

// int64, which ARG_MAX lacks and TOPK_V2 has.
Value* arg_extreme_of_int64(Emitter& e, Op op, Value* x, int axis) {
  if (op == Op::ARG_MIN) x = emit::sub(e, e.scalar(DType::INT64, -1), x);
  std::vector<int> axis_last;
  for (int i = 0; i < x->shape().rank(); ++i)
    if (i != axis) axis_last.push_back(i);
  axis_last.push_back(axis);
  Value* indices = top_k(e, emit::transpose(e, x, axis_last), e.scalar_i32(1)).indices;
  const int last = x->shape().rank() - 1;
  return emit::squeeze(e, indices, {&last, 1});
}

template <class Options>
Value* arg_kernel(Emitter& e, Op op, Value* x, Value* axis, DType dtype) {
  return e.add(op, {x, axis}, Options{.output_type = dtype});
}

template <Op op>
void arg_extreme(RuleContext& c) {
  Value* x = comparable(c.e, c.input(0));
  const DType wanted = c.attr_type("output_type");
  const DType dtype = wanted == DType::INT64 ? DType::INT64 : DType::INT32;
  Value* axis = c.input(1);
  const auto known = c.integers(1);
  if (x->dtype() == DType::INT64) {
    const int last = emit::axis_of(c.constant_integer(1, "the axis"), x->shape().rank());
    return c.output(emit::cast(c.e, arg_extreme_of_int64(c.e, op, x, last), wanted));
  }
  if (known && known->size() == 1 && x->shape().is_ranked())
    axis = c.e.scalar_i32(emit::axis_of(known->front(), x->shape().rank()));
  using Options =
      std::conditional_t<op == Op::ARG_MAX, tflite::ArgMaxOptionsT, tflite::ArgMinOptionsT>;
  c.output(emit::cast(c.e, arg_kernel<Options>(c.e, op, x, axis, dtype), wanted));
}

void output_top_k(RuleContext& c, Value* k, DType index_type) {
  Value* x = c.input(0);
  Value* compared = x->dtype() == DType::UINT16 ? emit::cast(c.e, x, DType::INT32) : x;
  if (x->dtype() == DType::UINT32) compared = emit::cast(c.e, x, DType::INT64);
  const TopK top = top_k(c.e, compared, k);
  c.output(0, emit::cast(c.e, top.values, x->dtype()));
  c.output(1, emit::cast(c.e, top.indices, index_type));
}

void top_k_v1(RuleContext& c) { output_top_k(c, c.e.scalar_i32(c.attr_int("k")), DType::INT32); }

void top_k_v2(RuleContext& c) {
  output_top_k(c, emit::cast(c.e, c.input(1), DType::INT32), c.attr_type("index_type"));
}

Value* cumulative_sum(Emitter& e, Value* x, int axis, bool exclusive, bool reverse) {
  const tflite::CumsumOptionsT options{.exclusive = exclusive, .reverse = reverse};
  const DType dtype = x->dtype();
  if (dtype == DType::COMPLEX64)
    return emit::as_pairs(
        e, x, [&](Value* pairs) { return cumulative_sum(e, pairs, axis, exclusive, reverse); });
  if (ir::is_integer(dtype)) {
    const bool wide = ir::byte_width(dtype) == 8;
    x = emit::cast(e, x, wide ? DType::INT64 : DType::INT32);
  }
  return emit::cast(e, e.add(Op::CUMSUM, {x, e.scalar_i32(axis)}, options), dtype);
}

void cumsum(RuleContext& c) {
  Value* x = c.input(0);
  if (!x->shape().is_ranked()) throw Unsupported("the rank of a cumulative sum is not known");
  const int axis = emit::axis_of(c.constant_integer(1, "the axis"), x->shape().rank());
  c.output(cumulative_sum(c.e, x, axis, c.attr_bool("exclusive"), c.attr_bool("reverse")));
}

// x moved by `distance` along an axis (forwards: its last elements go); `entering` comes in.
Value* shifted(Emitter& e, Value* x, int axis, std::int64_t distance, bool backwards,
               double entering) {
  const auto rank = static_cast<std::size_t>(x->shape().rank());
  const auto at = static_cast<std::size_t>(axis);
  std::vector<std::int64_t> begin(rank, 0);
  std::vector<Dim> size = x->shape().dims();
  size[at] = size[at] - Dim(distance);
  if (backwards) begin[at] = distance;
  emit::Pads pads(rank, {Dim(0), Dim(0)});
  pads[at][backwards ? 1 : 0] = distance;
  return emit::pad_by(e, emit::slice(e, x, begin, size), pads, e.scalar(x->dtype(), entering));
}

struct Scan {
  int axis;
  bool backwards;
  bool exclusive;
  double neutral;
  Value* (*combined)(Emitter&, Value*, Value*);
};

// Runs of 1, 2, 4, … elements are combined.
Value* in_doubled_runs(Emitter& e, Value* x, const Scan& scan) {
  const std::int64_t length = x->shape()[scan.axis].value();
  const auto moved = [&](std::int64_t distance) {
    return shifted(e, x, scan.axis, distance, scan.backwards, scan.neutral);
  };
  if (scan.exclusive && length > 0) x = moved(1);
  for (std::int64_t run = 1; run < length; run *= 2) x = scan.combined(e, x, moved(run));
  return x;
}

// Along an axis of free size.
Value* row_by_row(Emitter& e, Value* x, const Scan& scan) {
  std::vector<int> order(static_cast<std::size_t>(x->shape().rank()));
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[0], order[static_cast<std::size_t>(scan.axis)]);
  x = emit::transpose(e, x, order);
  Value* count = emit::dim_value(e, x->shape()[0]);
  const Shape row(std::vector<Dim>(x->shape().dims().begin() + 1, x->shape().dims().end()));
  Value* none = emit::fill(e, row, e.scalar(x->dtype(), scan.neutral));
  const auto rows = emit::repeat(e, count, {none, x}, {x, count}, [&](emit::Round& round) {
    Value* last = emit::sub(round.e, round.outer[1], round.e.scalar_i32(1));
    Value* place = scan.backwards ? emit::sub(round.e, last, round.number) : round.number;
    Value* before = round.carried[0];
    Value* after = scan.combined(round.e, before, emit::gather(round.e, round.outer[0], place, 0));
    Value* given = scan.exclusive ? before : after;
    return std::vector{after, emit::set_row(round.e, round.carried[1], place, given)};
  });
  return emit::transpose(e, rows[1], order);
}

// What the runtime cannot accumulate along an axis.
void accumulate(RuleContext& c, Value* x, double neutral,
                Value* (*combined)(Emitter&, Value*, Value*),
                Value* (*finished)(Emitter&, Value*) = nullptr) {
  const int axis = emit::axis_of(c.constant_integer(1, "the axis"), emit::rank_of(x));
  const Scan scan = {axis, c.attr_bool("reverse"), c.attr_bool("exclusive"), neutral, combined};
  x = x->shape()[axis].is_constant() ? in_doubled_runs(c.e, x, scan) : row_by_row(c.e, x, scan);
  c.output(emit::cast(c.e, finished ? finished(c.e, x) : x, c.input(0)->dtype()));
}

void cumprod(RuleContext& c) { accumulate(c, c.input(0), 1, emit::mul); }

// log(eᵃ + eᵇ) = max(a, b) + log(1 + e^−|a − b|)
Value* log_of_sum(Emitter& e, Value* a, Value* b) {
  Value* distance = emit::unary(e, Op::ABS, emit::sub(e, a, b));
  Value* smaller = emit::unary(e, Op::EXP, emit::unary(e, Op::NEG, distance));
  Value* rest = emit::unary(e, Op::LOG, emit::add(e, smaller, e.scalar(a->dtype(), 1)));
  return emit::add(e, emit::max(e, a, b), rest);
}

// The logarithm of an empty sum. While sums are made it is the lowest number, from which one can
// subtract.
Value* with_infinities(Emitter& e, Value* x) {
  Value* is_empty = emit::binary(e, Op::LESS_EQUAL, x, emit::lowest(e, x->dtype()));
  const double infinity = std::numeric_limits<double>::infinity();
  return emit::select(e, is_empty, e.scalar(x->dtype(), -infinity), x);
}

void cumulative_logsumexp(RuleContext& c) {
  if (c.input(0)->dtype() == DType::FLOAT64) throw Unsupported("logarithms of sums of float64");
  accumulate(c, emit::cast(c.e, c.input(0), DType::FLOAT32),
             static_cast<double>(std::numeric_limits<float>::lowest()), log_of_sum,
             c.attr_bool("exclusive") ? with_infinities : nullptr);
}

constexpr Rule kReductionRules[] = {
    {"All", reduce<Op::REDUCE_ALL>},
    {"Any", reduce<Op::REDUCE_ANY>},
    {"ArgMax", arg_extreme<Op::ARG_MAX>},
    {"ArgMin", arg_extreme<Op::ARG_MIN>},
    {"Cumprod", cumprod},
    {"Cumsum", cumsum},
    {"CumulativeLogsumexp", cumulative_logsumexp},
    {"EuclideanNorm", euclidean_norm},
    {"Max", reduce<Op::REDUCE_MAX>},
    {"Mean", reduce<Op::MEAN>},
    {"Min", reduce<Op::REDUCE_MIN>},
    {"Prod", reduce<Op::REDUCE_PROD>},
    {"Sum", reduce<Op::SUM>},
    {"TopK", top_k_v1},
    {"TopKV2", top_k_v2},
};

}  // namespace

std::span<const Rule> reduction() { return kReductionRules; }

}  // namespace litecast::tensorflow::rules
