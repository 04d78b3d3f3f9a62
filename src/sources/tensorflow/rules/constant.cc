// Tensors that are made from sizes and numbers.
#include <cmath>

#include "emit/movement.h"
#include "emit/pad.h"
#include "emit/precision.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

// A tensor of the shape that input `index` gives, filled with a scalar.
Value* filled(RuleContext& c, int index, Value* scalar) {
  if (auto dims = c.known_dims(index)) return emit::fill(c.e, Shape(*std::move(dims)), scalar);
  return emit::move(c.e, Op::FILL, {c.input(index), scalar}, 1);
}

void fill(RuleContext& c) { c.output(filled(c, 0, c.input(1))); }

// The shape of a value as an i32 tensor, its contents known as far as its sizes are.
Value* shape_of(Emitter& e, Value* x, DType dtype = DType::INT32) {
  return e.add(Op::SHAPE, {x}, tflite::ShapeOptionsT{.out_type = dtype});
}

Value* zero_of(Emitter& e, DType dtype) {
  if (dtype == DType::STRING)
    return e.constant(ir::Constant::owned(
        dtype, {},
        std::vector<std::byte>{
            std::byte{1}, {}, {}, {}, std::byte{12}, {}, {}, {}, std::byte{12}, {}, {}, {}}));
  if (dtype == DType::COMPLEX64) return emit::cast(e, e.scalar(DType::FLOAT32, 0), dtype);
  return e.scalar(dtype, 0);
}

// What stands in it is undefined unless `init` asks for zeros.
void empty(RuleContext& c) { c.output(filled(c, 0, zero_of(c.e, c.attr_type("dtype")))); }

void fill_like(RuleContext& c, Value* scalar) {
  Value* x = c.input(0);
  if (x->shape().is_ranked()) return c.output(emit::fill(c.e, x->shape(), scalar));
  c.output(emit::move(c.e, Op::FILL, {shape_of(c.e, x), scalar}, 1));
}

void zeros_like(RuleContext& c) {
  Value* x = c.input(0);
  if (!x->shape().is_static())
    if (Value* zeros = c.e.try_add(Op::ZEROS_LIKE, {x})) return c.output(zeros);
  fill_like(c, zero_of(c.e, x->dtype()));
}

void ones_like(RuleContext& c) {
  const DType dtype = c.input(0)->dtype();
  fill_like(c, dtype == DType::COMPLEX64 ? emit::cast(c.e, c.e.scalar(DType::FLOAT32, 1), dtype)
                                         : c.e.scalar(dtype, 1));
}

void shape(RuleContext& c) { c.output(shape_of(c.e, c.input(0), c.attr_type("out_type"))); }

void shape_n(RuleContext& c) {
  for (int i = 0; i < c.input_count(); ++i)
    c.output(i, shape_of(c.e, c.input(i), c.attr_type("out_type")));
}

void rank(RuleContext& c) {
  Value* x = c.input(0);
  c.output(x->shape().is_ranked() ? c.e.scalar_i32(x->shape().rank()) : c.e.add(Op::RANK, {x}));
}

void size(RuleContext& c) {
  Value* x = c.input(0);
  const DType dtype = c.attr_type("out_type");
  if (x->shape().is_ranked() && x->shape().elements().is_constant()) {
    Value* count = c.e.scalar_i32(x->shape().elements().value());
    return c.output(emit::cast(c.e, count, dtype));
  }
  const int axis = 0;
  Value* product = emit::reduce(c.e, Op::REDUCE_PROD, shape_of(c.e, x, dtype), {&axis, 1}, false);
  if (x->shape().is_ranked() && !product->contents())
    product->set_contents({x->shape().elements()});
  c.output(product);
}

// The integer behind a float: a constant without fraction, or what was cast. Null where there is
// none.
Value* integer_behind(Emitter& e, Value* x) {
  if (x->is_constant()) {
    const double value = ir::real_values(*x->constant()).at(0);
    const bool is_whole = std::abs(value) < (1 << 24) && value == std::floor(value);
    return is_whole ? e.scalar_i32(static_cast<std::int64_t>(value)) : nullptr;
  }
  const ir::Node* cast = x->producer();
  if (!cast || cast->op() != Op::CAST) return nullptr;
  Value* integer = cast->operand(0);
  return integer->contents() ? emit::cast(e, integer, DType::INT32) : nullptr;
}

// A range of floats between sizes has a length that is known as far as these are.
Value* range_between_sizes(Emitter& e, const std::vector<Value*>& bounds) {
  std::vector<Value*> integers;
  for (Value* bound : bounds) {
    if (bound->dtype() != DType::FLOAT32) return nullptr;
    integers.push_back(integer_behind(e, bound));
    if (!integers.back()) return nullptr;
  }
  return e.try_add(Op::RANGE, integers);
}

// The kernel counts in f32, i32 and i64.
void range(RuleContext& c) {
  const DType dtype = c.input(0)->dtype();
  std::vector<Value*> bounds = c.inputs(0, 3);
  if (Value* range = range_between_sizes(c.e, bounds))
    return c.output(emit::cast(c.e, range, dtype));
  if (Value* range = c.e.try_add(Op::RANGE, bounds)) return c.output(range);
  for (Value*& bound : bounds) bound = emit::cast(c.e, bound, DType::INT64);
  if (!ir::is_integer(dtype)) throw Unsupported("the runtime has no float64 range", "use float32");
  c.output(emit::cast(c.e, c.e.add(Op::RANGE, bounds), dtype));
}

// start + (stop − start) · i / (num − 1)
void lin_space(RuleContext& c) {
  Value* start = c.input(0);
  const std::int64_t count = c.constant_integer(2, "the number of points");
  if (count < 1) throw Unsupported("a range needs at least one point");
  if (count == 1) return c.output(emit::reshape(c.e, start, Shape{1}));
  std::vector<float> fractions;
  for (std::int64_t i = 0; i < count; ++i)
    fractions.push_back(
        static_cast<float>(static_cast<double>(i) / static_cast<double>(count - 1)));
  Value* steps = emit::f32_tensor(c.e, {count}, fractions);
  Value* span = emit::sub(c.e, c.input(1), start);
  Value* offsets = emit::mul(c.e, span, emit::cast(c.e, steps, start->dtype()));
  c.output(emit::add(c.e, start, offsets));
}

// The kernel takes i32 and i64 indices.
void one_hot(RuleContext& c) {
  Value* indices = c.input(0);
  if (ir::byte_width(indices->dtype()) < 4) indices = emit::cast(c.e, indices, DType::INT32);
  const auto axis = static_cast<int>(c.attr_int("axis"));
  c.output(emit::move(c.e, Op::ONE_HOT, {indices, c.input(1), c.input(2), c.input(3)}, 2,
                      tflite::OneHotOptionsT{.axis = axis}));
}

void broadcast_to(RuleContext& c) {
  if (auto dims = c.known_dims(1))
    return c.output(emit::broadcast_to(c.e, c.input(0), Shape(*std::move(dims))));
  c.output(emit::move(c.e, Op::BROADCAST_TO, {c.input(0), c.input(1)}, 0));
}

Value* sizes_as(RuleContext& c, const std::vector<Dim>& dims, DType dtype) {
  return emit::cast(c.e, emit::shape_value(c.e, dims), dtype);
}

void broadcast_args(RuleContext& c) {
  const auto a = c.known_dims(0);
  const auto b = c.known_dims(1);
  const auto both = a && b ? ir::broadcast(Shape(*a), Shape(*b)) : std::nullopt;
  if (both) return c.output(sizes_as(c, both->dims(), c.input(0)->dtype()));
  c.output(c.e.add(Op::BROADCAST_ARGS, {c.input(0), c.input(1)}));
}

// The axes over which a gradient is summed: those where an operand was broadcast, and all that have
// size 1 in both.
std::vector<std::int64_t> summed_axes(const std::vector<Dim>& own, const std::vector<Dim>& other) {
  const std::size_t rank = std::max(own.size(), other.size());
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::size_t missing = rank - own.size();
    if (i < missing || own[i - missing] == Dim(1)) axes.push_back(static_cast<std::int64_t>(i));
  }
  return axes;
}

// A shape that only the run tells, as an i32 vector.
Value* shape_vector(RuleContext& c, int index) {
  Value* shape = emit::cast(c.e, c.input(index), DType::INT32);
  if (!shape->shape().is_ranked()) return c.e.add(Op::RESHAPE, {shape, c.e.i32({-1})});
  if (shape->shape().rank() != 1) throw Unsupported("a shape must be a vector");
  return shape;
}

// Ones put before a shape, so that it has `rank` entries.
Value* with_rank(Emitter& e, Value* shape, Dim rank) {
  const emit::Pads missing = {{rank - shape->shape()[0], Dim(0)}};
  return emit::pad_by(e, shape, missing, e.scalar_i32(1));
}

// The same where only the run tells the shapes: equal ones need no sum.
void gradient_args_at_run_time(RuleContext& c) {
  Emitter& e = c.e;
  Value* shapes[] = {shape_vector(c, 0), shape_vector(c, 1)};
  const Dim ranks[] = {shapes[0]->shape()[0], shapes[1]->shape()[0]};
  const bool never_equal = ranks[0].is_constant() && ranks[1].is_constant() && ranks[0] != ranks[1];
  for (Value*& shape : shapes) shape = with_rank(e, shape, ir::max(ranks[0], ranks[1]));
  const int first = 0, last = 1;
  Value* differ = emit::reduce(
      e, Op::REDUCE_ANY, emit::binary(e, Op::NOT_EQUAL, shapes[0], shapes[1]), {&first, 1}, true);
  for (int i = 0; i < 2; ++i) {
    Value* summed = emit::binary(e, Op::EQUAL, shapes[i], e.scalar_i32(1));
    if (!never_equal) summed = emit::binary(e, Op::LOGICAL_AND, summed, differ);
    Value* axes = emit::squeeze(e, e.add(Op::WHERE, {summed}), {&last, 1});
    c.output(i, emit::cast(e, axes, c.input(0)->dtype()));
  }
}

void broadcast_gradient_args(RuleContext& c) {
  const auto a = c.known_dims(0);
  const auto b = c.known_dims(1);
  if (!a || !b) return gradient_args_at_run_time(c);
  const DType dtype = c.input(0)->dtype();
  if (*a == *b) {
    c.output(0, emit::cast(c.e, c.e.i32({}), dtype));
    return c.output(1, emit::cast(c.e, c.e.i32({}), dtype));
  }
  c.output(0, emit::cast(c.e, c.e.i32(summed_axes(*a, *b)), dtype));
  c.output(1, emit::cast(c.e, c.e.i32(summed_axes(*b, *a)), dtype));
}

constexpr Rule kConstantRules[] = {
    {"BroadcastArgs", broadcast_args},
    {"BroadcastGradientArgs", broadcast_gradient_args},
    {"BroadcastTo", broadcast_to},
    {"Empty", empty},
    {"Fill", fill},
    {"LinSpace", lin_space},
    {"OneHot", one_hot},
    {"OnesLike", ones_like},
    {"Range", range},
    {"Rank", rank},
    {"Shape", shape},
    {"ShapeN", shape_n},
    {"VariableShape", shape},
    {"Size", size},
    {"ZerosLike", zeros_like},
};

}  // namespace

std::span<const Rule> constant() { return kConstantRules; }

}  // namespace litecast::tensorflow::rules
