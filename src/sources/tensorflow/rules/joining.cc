// Putting tensors together along an axis, and taking them apart.
#include "emit/movement.h"
#include "emit/strided_slice.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

void concat_parts(RuleContext& c, int first, int axis_index) {
  std::vector<Value*> parts = c.inputs(first, c.input_count() - 1);
  const std::int64_t axis = c.constant_integer(axis_index, "the axis of a concatenation");
  c.output(emit::concat(c.e, parts, emit::axis_of(axis, emit::rank_of(parts.front()))));
}

void concat(RuleContext& c) { concat_parts(c, 1, 0); }
void concat_v2(RuleContext& c) { concat_parts(c, 0, c.input_count() - 1); }

void concat_offset(RuleContext& c) {
  const int parts = c.input_count() - 1;
  const std::int64_t axis = c.constant_integer(0, "the axis");
  Dim offset = 0;
  for (int i = 0; i < parts; ++i) {
    const auto shape = c.known_dims(1 + i);
    if (!shape) throw Unsupported("the shapes of what is concatenated must be known");
    const auto at = static_cast<std::size_t>(emit::axis_of(axis, static_cast<int>(shape->size())));
    std::vector<Dim> offsets(shape->size(), Dim(0));
    offsets[at] = offset;
    c.output(i, emit::cast(c.e, emit::shape_value(c.e, offsets), c.input(1 + i)->dtype()));
    offset = offset + (*shape)[at];
  }
}

void parallel_concat(RuleContext& c) {
  c.output(emit::concat(c.e, c.inputs(0, c.input_count()), 0));
}

bool packs(DType dtype) { return dtype != DType::BOOL && dtype != DType::STRING; }

// Where the kernel lacks the type, each tensor gets the new axis by itself.
void pack(RuleContext& c) {
  std::vector<Value*> parts = c.inputs(0, c.input_count());
  const int axis = emit::axis_of(c.attr_int("axis"), emit::rank_of(parts[0]) + 1);
  const auto count = static_cast<int>(parts.size());
  if (count > 1 && packs(parts[0]->dtype()))
    return c.output(emit::move(c.e, Op::PACK, std::move(parts), 0,
                               tflite::PackOptionsT{.values_count = count, .axis = axis}));
  for (Value*& part : parts) part = emit::expand_dims(c.e, part, {&axis, 1});
  c.output(emit::concat(c.e, parts, axis));
}

// One row of x along an axis, which goes away.
Value* row(Emitter& e, Value* x, int axis, std::int64_t index) {
  std::vector<emit::AxisRange> ranges(static_cast<std::size_t>(x->shape().rank()));
  ranges[static_cast<std::size_t>(axis)] = {.begin = Dim(index), .shrink = true};
  return emit::strided_slice(e, x, std::move(ranges));
}

void unpack(RuleContext& c) {
  Value* x = c.input(0);
  const auto count = static_cast<int>(c.attr_int("num"));
  const int axis = emit::axis_of(c.attr_int("axis"), emit::rank_of(x));
  if (count == 1) return c.output(emit::squeeze(c.e, x, {&axis, 1}));
  const tflite::UnpackOptionsT options{.num = count, .axis = axis};
  if (auto rows = c.e.attempt(Op::UNPACK, {x}, options)) {
    for (int i = 0; i < count; ++i) c.output(i, rows->at(static_cast<std::size_t>(i)));
    return;
  }
  for (int i = 0; i < count; ++i) c.output(i, row(c.e, x, axis, i));
}

void output_all(RuleContext& c, const ir::Values& values) {
  for (std::size_t i = 0; i < values.size(); ++i) c.output(static_cast<int>(i), values[i]);
}

void split(RuleContext& c) {
  Value* x = c.input(1);
  const auto count = static_cast<int>(c.attr_int("num_split"));
  if (count == 1) return c.output(x);
  Value* axis = c.input(0);
  if (const auto known = c.integers(0); known && x->shape().is_ranked())
    axis = c.e.scalar_i32(emit::axis_of(known->at(0), x->shape().rank()));
  output_all(
      c, emit::move_all(c.e, Op::SPLIT, {axis, x}, 1, tflite::SplitOptionsT{.num_splits = count}));
}

void split_v(RuleContext& c) {
  Value* x = c.input(0);
  const auto count = static_cast<int>(c.attr_int("num_split"));
  if (count == 1) return c.output(x);
  Value* axis = c.input(2);
  if (const auto known = c.integers(2); known && x->shape().is_ranked())
    axis = c.e.scalar_i32(emit::axis_of(known->at(0), x->shape().rank()));
  Value* sizes = emit::cast(c.e, c.input(1), DType::INT32);
  output_all(c, emit::move_all(c.e, Op::SPLIT_V, {x, sizes, axis}, 0,
                               tflite::SplitVOptionsT{.num_splits = count}));
}

constexpr Rule kJoiningRules[] = {
    {"Concat", concat},
    {"ConcatOffset", concat_offset},
    {"ConcatV2", concat_v2},
    {"Pack", pack},
    {"ParallelConcat", parallel_concat},
    {"Split", split},
    {"SplitV", split_v},
    {"Unpack", unpack},
};

}  // namespace

std::span<const Rule> joining() { return kJoiningRules; }

}  // namespace litecast::tensorflow::rules
