// Ops that give the elements of a tensor another place or shape.
#include <map>

#include "emit/complex.h"
#include "emit/gather.h"
#include "emit/movement.h"
#include "emit/pad.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

void reshape(RuleContext& c) { c.output(emit::reshape_by(c.e, c.input(0), c.input(1))); }

Value* transposed(RuleContext& c) {
  Value* x = c.input(0);
  if (x->shape().is_ranked() && x->shape().rank() < 2) return x;
  const auto permutation = c.integers(1);
  if (!permutation)
    return emit::move(c.e, Op::TRANSPOSE, {x, emit::cast(c.e, c.input(1), DType::INT32)}, 0);
  std::vector<int> axes;
  for (std::int64_t axis : *permutation)
    axes.push_back(emit::axis_of(axis, static_cast<int>(permutation->size())));
  return emit::transpose(c.e, x, axes);
}

void transpose(RuleContext& c) { c.output(transposed(c)); }

void conjugate_transpose(RuleContext& c) { c.output(emit::conjugate(c.e, transposed(c))); }

void expand_dims(RuleContext& c) {
  if (const auto axes = c.integers(1); axes && axes->size() == 1) {
    const auto axis = static_cast<int>(axes->front());
    return c.output(emit::expand_dims(c.e, c.input(0), {&axis, 1}));
  }
  c.output(c.e.add(Op::EXPAND_DIMS, {c.input(0), c.input(1)}));
}

// Without axes every size 1 goes; a free size is taken not to be 1.
void squeeze(RuleContext& c) {
  Value* x = c.input(0);
  const auto given = c.attr_ints("squeeze_dims");
  if (!x->shape().is_ranked()) {
    tflite::SqueezeOptionsT options;
    options.squeeze_dims.assign(given.begin(), given.end());
    return c.output(c.e.add(Op::SQUEEZE, {x}, std::move(options)));
  }
  std::vector<int> axes;
  for (std::int64_t axis : given) axes.push_back(emit::axis_of(axis, x->shape().rank()));
  if (given.empty())
    for (int axis = 0; axis < x->shape().rank(); ++axis)
      if (x->shape()[axis] == Dim(1)) axes.push_back(axis);
  c.output(emit::squeeze(c.e, x, axes));
}

// The kernels take sizes of both integer types; known ones are written down as int32.
Value* sizes_operand(RuleContext& c, int index) {
  Value* sizes = c.input(index);
  return sizes->is_constant() ? emit::cast(c.e, sizes, DType::INT32) : sizes;
}

void tile(RuleContext& c) {
  Value* x = c.input(0);
  if (x->shape().is_ranked() && x->shape().rank() == 0) return c.output(x);
  const auto multiples = c.known_dims(1);
  if (multiples && std::ranges::all_of(*multiples, [](Dim m) { return m == Dim(1); }))
    return c.output(x);
  c.output(emit::move(c.e, Op::TILE, {x, sizes_operand(c, 1)}, 0));
}

// Rows of before and after, where they are known.
std::optional<emit::Pads> known_pads(RuleContext& c, int index) {
  const auto flat = c.known_dims(index);
  if (!flat || !c.input(0)->shape().is_ranked()) return std::nullopt;
  emit::Pads pads;
  for (std::size_t i = 0; i + 1 < flat->size(); i += 2)
    pads.push_back({(*flat)[i], (*flat)[i + 1]});
  return pads;
}

void pad_with(RuleContext& c, Value* value) {
  if (const auto pads = known_pads(c, 1))
    return c.output(emit::pad_by(c.e, c.input(0), *pads, value));
  std::vector<Value*> operands = {c.input(0), sizes_operand(c, 1)};
  if (value) operands.push_back(value);
  c.output(emit::move(c.e, value ? Op::PADV2 : Op::PAD, std::move(operands), 0));
}

void pad(RuleContext& c) { pad_with(c, nullptr); }
void pad_v2(RuleContext& c) { pad_with(c, c.input(2)); }

void mirror_pad(RuleContext& c) {
  c.output(emit::mirror_pad(c.e, c.input(0), c.input(1), c.attr_string("mode") == "REFLECT"));
}

// The kernel reverses a run of neighbouring axes at once.
Value* reverse_axes(Emitter& e, Value* x, std::vector<int> axes) {
  std::ranges::sort(axes);
  for (std::size_t i = 0; i < axes.size();) {
    std::vector<std::int64_t> run;
    for (; i < axes.size() && (run.empty() || axes[i] == run.back() + 1); ++i)
      run.push_back(axes[i]);
    x = emit::move(e, Op::REVERSE_V2, {x, e.i32(run)}, 0);
  }
  return x;
}

// Reversing one element changes nothing.
std::vector<int> worth_reversing(const Value* x, const std::vector<std::int64_t>& axes) {
  std::vector<int> kept;
  for (std::int64_t axis : axes) {
    const int checked = emit::axis_of(axis, x->shape().rank());
    if (x->shape()[checked] != Dim(1)) kept.push_back(checked);
  }
  return kept;
}

void reverse_v2(RuleContext& c) {
  Value* x = c.input(0);
  const auto axes = c.constant_integers(1, "the axes of a reversal");
  c.output(reverse_axes(c.e, x, worth_reversing(x, axes)));
}

void reverse(RuleContext& c) {
  Value* x = c.input(0);
  Value* flags = c.input(1);
  if (!flags->is_constant()) throw Unsupported("the axes of a reversal must be constant");
  const auto bytes = flags->constant()->bytes();
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (bytes[i] != std::byte{0}) axes.push_back(static_cast<std::int64_t>(i));
  c.output(reverse_axes(c.e, x, worth_reversing(x, axes)));
}

void reverse_sequence(RuleContext& c) {
  const tflite::ReverseSequenceOptionsT options{
      .seq_dim = static_cast<int>(c.attr_int("seq_dim")),
      .batch_dim = static_cast<int>(c.attr_int("batch_dim"))};
  c.output(emit::move(c.e, Op::REVERSE_SEQUENCE, {c.input(0), c.input(1)}, 0, options));
}

// x[from : to] along an axis; a null `to` is the end.
Value* part(Emitter& e, Value* x, int axis, std::int64_t from, Dim size) {
  std::vector<std::int64_t> begin(static_cast<std::size_t>(x->shape().rank()), 0);
  std::vector<Dim> sizes = x->shape().dims();
  begin[static_cast<std::size_t>(axis)] = from;
  sizes[static_cast<std::size_t>(axis)] = size;
  return emit::slice(e, x, begin, sizes);
}

Value* roll_known(Emitter& e, Value* x, int axis, std::int64_t shift) {
  const Dim size = x->shape()[axis];
  const std::int64_t length = size.value();
  if (length == 0) return x;
  const std::int64_t moved = ((shift % length) + length) % length;
  if (moved == 0) return x;
  return emit::concat(
      e, {part(e, x, axis, length - moved, moved), part(e, x, axis, 0, length - moved)}, axis);
}

// Of x twice, the run that begins where the rolled tensor does.
Value* roll_by_value(Emitter& e, Value* x, int axis, Value* shift) {
  Value* length = emit::dim_value(e, x->shape()[axis]);
  Value* moved = e.add(Op::FLOOR_MOD, {emit::cast(e, shift, DType::INT32), length});
  Value* start = emit::reshape(e, e.add(Op::SUB, {length, moved}), Shape{1});
  const auto rank = static_cast<std::size_t>(x->shape().rank());
  std::vector<Value*> begins(rank, e.i32({0}));
  begins[static_cast<std::size_t>(axis)] = start;
  Value* begin = emit::concat(e, begins, 0);
  Value* size = emit::shape_value(e, x->shape().dims());
  return emit::move(e, Op::SLICE, {emit::concat(e, {x, x}, axis), begin, size}, 0);
}

Value* element(Emitter& e, Value* x, std::int64_t index) {
  if (x->shape().rank() == 0) return x;
  Value* one = emit::slice(e, x, std::vector{index}, std::vector{Dim(1)});
  return emit::reshape(e, one, Shape{});
}

// Axes that are data: all that they move along an axis is added up, for each axis in turn.
Value* roll_by_axes(Emitter& e, Value* x, Value* shifts, Value* axes) {
  const int rank = emit::rank_of(x);
  const int first = 0, last = 1;
  const auto column = [&](Value* v) {
    v = emit::cast(e, v, DType::INT32);
    if (!v->shape().is_ranked()) throw Unsupported("shifts of unknown rank");
    if (v->shape().rank() == 0) v = emit::expand_dims(e, v, {&first, 1});
    return emit::expand_dims(e, v, {&last, 1});
  };
  Value* places = emit::binary(e, Op::FLOOR_MOD, column(axes), e.scalar_i32(rank));
  Value* is_axis = emit::binary(e, Op::EQUAL, places, emit::iota(e, rank));
  Value* moves = emit::mul(e, emit::cast(e, is_axis, DType::INT32), column(shifts));
  moves = emit::reduce(e, Op::SUM, moves, {&first, 1}, false);
  for (int axis = 0; axis < rank; ++axis) {
    const Dim size = x->shape()[axis];
    Value* sources = emit::sub(e, emit::iota(e, size), element(e, moves, axis));
    sources = emit::binary(e, Op::FLOOR_MOD, sources, emit::dim_value(e, size));
    x = emit::gather(e, x, sources, axis);
  }
  return x;
}

void roll(RuleContext& c) {
  Value* x = c.input(0);
  if (!c.integers(2)) return c.output(roll_by_axes(c.e, x, c.input(1), c.input(2)));
  const auto axes = c.constant_integers(2, "the axes of a roll");
  const auto shifts = c.integers(1);
  // An axis that is named twice moves by the sum.
  std::map<int, std::int64_t> known;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const int axis = emit::axis_of(axes[i], x->shape().rank());
    if (shifts && x->shape()[axis].is_constant())
      known[axis] += shifts->at(i);
    else
      x = roll_by_value(c.e, x, axis, element(c.e, c.input(1), static_cast<std::int64_t>(i)));
  }
  for (const auto& [axis, shift] : known) x = roll_known(c.e, x, axis, shift);
  c.output(x);
}

constexpr Rule kArrayRules[] = {
    {"ConjugateTranspose", conjugate_transpose},
    {"ExpandDims", expand_dims},
    {"MirrorPad", mirror_pad},
    {"Pad", pad},
    {"PadV2", pad_v2},
    {"Reshape", reshape},
    {"Reverse", reverse},
    {"ReverseSequence", reverse_sequence},
    {"ReverseV2", reverse_v2},
    {"Roll", roll},
    {"Squeeze", squeeze},
    {"Tile", tile},
    {"Transpose", transpose},
};

}  // namespace

std::span<const Rule> array() { return kArrayRules; }

}  // namespace litecast::tensorflow::rules
