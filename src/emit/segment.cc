#include "emit/segment.h"

#include <array>
#include <limits>

#include "emit/arith.h"
#include "emit/complex_math.h"
#include "emit/gather.h"
#include "emit/pad.h"
#include "emit/scatter.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

bool none_is_negative(const Value* ids) {
  const auto known = known_integers(ids);
  return known && std::ranges::all_of(*known, [](std::int64_t id) { return id >= 0; });
}

std::vector<Dim> row_dims(const Value* data, const Value* ids) {
  const std::vector<Dim>& dims = data->shape().dims();
  return {dims.begin() + ids->shape().rank(), dims.end()};
}

// By scattering, which adds up but takes no negative numbers: they are moved to a segment in front
// of the others, which is cut off.
Value* sum_of_int64(Emitter& e, Value* data, Value* ids, Value* count) {
  const bool has_front = !none_is_negative(ids);
  if (has_front) {
    ids = add(e, max(e, ids, e.scalar_i32(-1)), e.scalar_i32(1));
    count = add(e, count, e.scalar_i32(1));
  }
  const std::vector<Dim> rest = row_dims(data, ids);
  Value* shape = reshape(e, count, Shape{1});
  if (!rest.empty()) shape = concat(e, {shape, shape_value(e, rest)}, 0);
  const int last = -1;
  Value* sums = scatter_nd(e, expand_dims(e, ids, {&last, 1}), data, shape);
  if (!has_front) return sums;
  std::vector<std::int64_t> begin(rest.size() + 1, 0);
  begin[0] = 1;
  return slice(e, sums, begin, std::vector<Dim>(rest.size() + 1, Dim(-1)));
}

// First the upper halves decide, then, among the rows that have the best one, the lower halves.
// They are unsigned: the lowest int32 added to them makes them ordered.
Value* extreme_of_int64(Emitter& e, Op op, Value* data, Value* ids, Value* count) {
  Value* halves = bitcast(e, data, DType::INT32);
  Value* lowest_i32 = lowest(e, DType::INT32);
  Value* low = add(e, gather(e, halves, e.scalar_i32(0), data->shape().rank()), lowest_i32);
  Value* high = gather(e, halves, e.scalar_i32(1), data->shape().rank());
  Value* best_high = e.add(op, {high, ids, count});
  Value* own_segments = gather(e, best_high, max(e, ids, e.scalar_i32(0)), 0);
  Value* worst = op == Op::UNSORTED_SEGMENT_MAX ? lowest_i32 : highest(e, DType::INT32);
  Value* candidates = select(e, binary(e, Op::EQUAL, high, own_segments), low, worst);
  Value* best_low = add(e, e.add(op, {candidates, ids, count}), lowest_i32);
  const tflite::PackOptionsT options{.values_count = 2, .axis = best_high->shape().rank()};
  return bitcast(e, e.add(Op::PACK, {best_low, best_high}, options), DType::INT64);
}

// Unsigned integers are ordered as signed ones of their width once the highest bit is flipped,
// which adding it does.
Value* extreme_of_unsigned(Emitter& e, Op op, Value* data, Value* ids, Value* count) {
  const DType dtype = data->dtype();
  const bool wide = dtype == DType::UINT64;
  const DType as_signed = wide ? DType::INT64 : DType::INT32;
  Value* top = wide ? e.constant(ir::Constant::of<std::int64_t>(
                          as_signed, {}, std::vector{std::numeric_limits<std::int64_t>::min()}))
                    : lowest(e, as_signed);
  Value* flipped = add(e, bitcast(e, data, as_signed), top);
  return bitcast(e, add(e, unsorted_segment(e, op, flipped, ids, count), top), dtype);
}

// A segment without rows holds the extreme of float32 or int32, which is beyond that of a narrower
// type. That of a floating type beats infinities too.
Value* within(Emitter& e, Op op, Value* x, DType dtype) {
  if (op == Op::UNSORTED_SEGMENT_MAX) return max(e, x, cast(e, lowest(e, dtype), x->dtype()));
  if (op == Op::UNSORTED_SEGMENT_MIN) return min(e, x, cast(e, highest(e, dtype), x->dtype()));
  return x;
}

Value* in_other_type(Emitter& e, Op op, Value* data, Value* ids, Value* count) {
  const DType dtype = data->dtype();
  if (!ir::is_integer(dtype)) return nullptr;
  if (ir::byte_width(dtype) < 4) {
    Value* wide = e.add(op, {cast(e, data, DType::INT32), ids, count});
    return cast(e, within(e, op, wide, dtype), dtype);
  }
  const bool adds = op == Op::UNSORTED_SEGMENT_SUM, multiplies = op == Op::UNSORTED_SEGMENT_PROD;
  if (dtype == DType::UINT32 && (adds || multiplies))
    return bitcast(e, e.add(op, {bitcast(e, data, DType::INT32), ids, count}), dtype);
  if (multiplies) return nullptr;
  if (adds) return sum_of_int64(e, data, ids, count);
  return dtype == DType::INT64 ? extreme_of_int64(e, op, data, ids, count)
                               : extreme_of_unsigned(e, op, data, ids, count);
}

}  // namespace

Value* unsorted_segment(Emitter& e, Op op, Value* data, Value* ids, Value* count) {
  rank_of(data);
  rank_of(ids);
  ids = cast(e, ids, DType::INT32);
  count = cast(e, count, DType::INT32);
  const DType dtype = data->dtype();
  auto made = e.attempt(op, {data, ids, count});
  if (made) return ir::is_half(dtype) ? within(e, op, made->at(0), dtype) : made->at(0);
  if (op == Op::UNSORTED_SEGMENT_SUM && dtype == DType::COMPLEX64)
    return as_pairs(e, data,
                    [&](Value* pairs) { return unsorted_segment(e, op, pairs, ids, count); });
  if (Value* result = in_other_type(e, op, data, ids, count)) return result;
  throw violated(op, made.error(), std::array{data});
}

Value* segment_sizes(Emitter& e, Value* ids, Value* count, DType dtype, int rank) {
  Value* ones = fill(e, ids->shape(), e.scalar(dtype, 1));
  Value* sizes = unsorted_segment(e, Op::UNSORTED_SEGMENT_SUM, ones, ids, count);
  std::vector<int> rest;
  for (int axis = 1; axis < rank; ++axis) rest.push_back(axis);
  return expand_dims(e, sizes, rest);
}

Value* running_sum(Emitter& e, Value* x, bool exclusive) {
  return e.add(Op::CUMSUM, {x, e.scalar_i32(0)}, tflite::CumsumOptionsT{.exclusive = exclusive});
}

}  // namespace litecast::emit
