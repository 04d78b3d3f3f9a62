// Ops that hold XLA's semantics, as jax2tf writes them without native serialization.
#include <numeric>
#include <protozero/pbf_reader.hpp>

#include "emit/conv.h"
#include "emit/gather.h"
#include "emit/matmul.h"
#include "emit/movement.h"
#include "emit/pad.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

using Axes = std::vector<std::int64_t>;

// A serialized message of dimension numbers, all of whose fields are integers or lists of them.
class DimensionNumbers {
 public:
  explicit DimensionNumbers(const RuleContext& c) : bytes_(c.attr_string("dimension_numbers")) {}

  Axes list(protozero::pbf_tag_type field) const {
    Axes axes;
    try {
      protozero::pbf_reader reader(bytes_);
      while (reader.next()) {
        if (reader.tag() != field)
          reader.skip();
        else if (reader.wire_type() == protozero::pbf_wire_type::varint)
          axes.push_back(reader.get_int64());
        else
          for (std::int64_t axis : reader.get_packed_int64()) axes.push_back(axis);
      }
    } catch (const protozero::exception&) {
      throw Unsupported("its dimension numbers are damaged");
    }
    return axes;
  }
  // Zero is not written down.
  std::int64_t number(protozero::pbf_tag_type field) const {
    const Axes axes = list(field);
    return axes.empty() ? 0 : axes.back();
  }

 private:
  std::string bytes_;
};

std::size_t checked_axis(std::int64_t axis, std::size_t rank) {
  if (axis < 0 || static_cast<std::uint64_t>(axis) >= rank)
    throw Unsupported("a dimension number is out of range");
  return static_cast<std::size_t>(axis);
}

void pass_all(RuleContext& c) {
  for (int i = 0; i < c.input_count(); ++i) c.output(i, c.input(i));
}
void pass_first(RuleContext& c) { c.output(c.input(0)); }
// A model runs on one device.
void replica_id(RuleContext& c) { c.output(c.e.scalar_i32(0)); }

// Axes named by letters: batch axes, then contracted ones, then each operand's own.
void dot(RuleContext& c) {
  Value *lhs = c.input(0), *rhs = c.input(1);
  const DimensionNumbers numbers(c);
  std::string left(static_cast<std::size_t>(emit::rank_of(lhs)), ' ');
  std::string right(static_cast<std::size_t>(emit::rank_of(rhs)), ' ');
  std::string result;
  char next = 'a';
  const auto pair_up = [&](const Axes& a, const Axes& b, bool kept) {
    if (a.size() != b.size())
      throw Unsupported("a product's dimension numbers contradict each other");
    for (std::size_t i = 0; i < a.size(); ++i) {
      left[checked_axis(a[i], left.size())] = right[checked_axis(b[i], right.size())] = next;
      if (kept) result += next;
      ++next;
    }
  };
  if (left.size() + right.size() > 26) throw Unsupported("a product of tensors of so many axes");
  pair_up(numbers.list(3), numbers.list(4), true);
  pair_up(numbers.list(1), numbers.list(2), false);
  for (std::string* side : {&left, &right})
    for (char& axis : *side)
      if (axis == ' ') result += axis = next++;
  const DType dtype =
      c.has_attr("preferred_element_type") ? c.attr_type("preferred_element_type") : lhs->dtype();
  c.output(emit::einsum(c.e, left + "," + right + "->" + result,
                        {emit::cast(c.e, lhs, dtype), emit::cast(c.e, rhs, dtype)}));
}

void einsum_of_two(RuleContext& c) {
  c.output(emit::einsum(c.e, c.attr_string("equation"), {c.input(0), c.input(1)}));
}

// `gap` times `value` between each two elements along an axis.
Value* spread(Emitter& e, Value* x, int axis, std::int64_t gap, Value* value) {
  const Dim size = x->shape()[axis];
  const auto at = static_cast<std::size_t>(axis);
  std::vector<Dim> dims = x->shape().dims();
  const int new_axis = axis + 1;
  Value* apart = emit::expand_dims(e, x, {&new_axis, 1});
  emit::Pads pads(dims.size() + 1, {Dim(0), Dim(0)});
  pads[at + 1][1] = gap;
  apart = emit::pad_by(e, apart, pads, value);
  dims[at] = size * Dim(gap + 1);
  Value* spread_out = emit::reshape(e, apart, Shape(dims));
  dims[at] = dims[at] - Dim(gap);
  return emit::slice(e, spread_out, Axes(dims.size(), 0), dims);
}

// XLA's pad: negative borders cut off.
Value* padded(Emitter& e, Value* x, Value* value, const Axes& low, const Axes& high,
              const Axes& interior) {
  const auto rank = static_cast<std::size_t>(emit::rank_of(x));
  if (low.size() != rank || high.size() != rank || interior.size() != rank)
    throw Unsupported("paddings need an entry for each axis");
  emit::Pads pads(rank, {Dim(0), Dim(0)});
  Axes begin(rank, 0);
  bool cuts = false;
  for (std::size_t i = 0; i < rank; ++i) {
    if (interior[i] < 0) throw Unsupported("an interior padding is negative");
    if (interior[i] > 0) x = spread(e, x, static_cast<int>(i), interior[i], value);
    pads[i] = {Dim(std::max<std::int64_t>(low[i], 0)), Dim(std::max<std::int64_t>(high[i], 0))};
    begin[i] = std::max<std::int64_t>(-low[i], 0);
    cuts = cuts || low[i] < 0 || high[i] < 0;
  }
  x = emit::pad_by(e, x, pads, value);
  if (!cuts) return x;
  std::vector<Dim> size = x->shape().dims();
  for (std::size_t i = 0; i < rank; ++i)
    size[i] = size[i] - Dim(begin[i]) - Dim(std::max<std::int64_t>(-high[i], 0));
  return emit::slice(e, x, begin, size);
}

void pad_interior(RuleContext& c) {
  c.output(padded(c.e, c.input(0), c.input(1), c.constant_integers(2, "padding_low"),
                  c.constant_integers(3, "padding_high"),
                  c.constant_integers(4, "padding_interior")));
}

// Where the axes of one order stand in another.
std::vector<int> permutation_from(std::int64_t first, const Axes& spatial, std::int64_t last,
                                  const Value* x) {
  std::vector<int> axes = {static_cast<int>(first)};
  for (std::int64_t axis : spatial) axes.push_back(static_cast<int>(axis));
  axes.push_back(static_cast<int>(last));
  std::vector<int> sorted = axes;
  std::ranges::sort(sorted);
  for (int i = 0; i < static_cast<int>(sorted.size()); ++i)
    if (sorted[static_cast<std::size_t>(i)] != i ||
        emit::rank_of(x) != static_cast<int>(sorted.size()))
      throw Unsupported("a convolution's dimension numbers contradict each other");
  return axes;
}

std::vector<int> inverted(const std::vector<int>& permutation) {
  std::vector<int> inverse(permutation.size());
  for (std::size_t i = 0; i < permutation.size(); ++i)
    inverse[static_cast<std::size_t>(permutation[i])] = static_cast<int>(i);
  return inverse;
}

bool is_depthwise(const Value* x, std::int64_t groups) {
  return groups > 1 && x->shape()[-1] == Dim(groups);
}

// kernel[spatial…, C/groups, O] with a channel for each group, as a depthwise kernel.
Value* depthwise_kernel(Emitter& e, Value* kernel, std::int64_t groups) {
  std::vector<Dim> dims = kernel->shape().dims();
  const std::size_t rank = dims.size();
  dims[rank - 1] = exact_div(dims[rank - 1], Dim(groups)).value_or(Dim(1));
  dims[rank - 2] = groups;
  return emit::reshape(e, kernel, Shape(std::move(dims)));
}

void conv_general(RuleContext& c) {
  Emitter& e = c.e;
  const DimensionNumbers numbers(c);
  const bool v2 = c.op() == "XlaConvV2";
  if (v2 && c.attr_int("batch_group_count") != 1)
    throw Unsupported("a convolution that groups its batch");
  const Axes strides = c.constant_integers(2, "the strides"),
             pads = c.constant_integers(3, "the paddings"),
             spreading = c.constant_integers(4, "the dilation of the image"),
             dilations = c.constant_integers(5, "the dilation of the kernel");
  const std::int64_t groups = c.constant_integer(6, "the number of groups");
  const std::size_t spatial = strides.size();
  if (pads.size() != 2 * spatial || spreading.size() != spatial || dilations.size() != spatial)
    throw Unsupported("a convolution's attributes differ in length");
  Value* x = emit::transpose(
      e, c.input(0),
      permutation_from(numbers.number(7), numbers.list(11), numbers.number(8), c.input(0)));
  std::vector<int> order =
      permutation_from(numbers.number(3), numbers.list(6), numbers.number(4), c.input(1));
  // TensorFlow's kernels begin with their spatial axes.
  std::rotate(order.begin(), order.begin() + 1, order.end() - 1);
  Value* kernel = emit::transpose(e, c.input(1), order);
  Axes low(spatial + 2, 0), high(low), interior(low);
  emit::Window window{.strides = strides, .dilations = dilations};
  bool explicit_pads = false, spreads = false;
  for (std::size_t i = 0; i < spatial; ++i) {
    low[i + 1] = pads[2 * i];
    high[i + 1] = pads[2 * i + 1];
    interior[i + 1] = spreading[i] - 1;
    window.pads.push_back({low[i + 1], high[i + 1]});
    spreads = spreads || interior[i + 1] != 0 || low[i + 1] < 0 || high[i + 1] < 0;
    explicit_pads = explicit_pads || low[i + 1] != 0 || high[i + 1] != 0;
  }
  if (spreads)
    x = padded(e, x, nullptr, low, high, interior);
  else if (explicit_pads)
    window.padding = emit::Padding::explicit_;
  Value* y = is_depthwise(x, groups) && spatial == 2
                 ? emit::depthwise_conv(e, x, depthwise_kernel(e, kernel, groups), nullptr, window)
                 : emit::conv(e, x, kernel, nullptr, window);
  if (v2) y = emit::cast(e, y, c.attr_type("preferred_element_type"));
  const auto result = permutation_from(numbers.number(9), numbers.list(12), numbers.number(10), y);
  c.output(emit::transpose(e, y, inverted(result)));
}

// Starts are moved so that the slice lies within.
Value* clamped_starts(Emitter& e, Value* starts, const Value* x, const Axes& sizes) {
  std::vector<Dim> limits;
  for (std::size_t i = 0; i < sizes.size(); ++i)
    limits.push_back(x->shape()[static_cast<int>(i)] - Dim(sizes[i]));
  Value* last = emit::shape_value(e, limits);
  starts = emit::cast(e, starts, DType::INT32);
  return emit::max(e, emit::min(e, starts, last), e.scalar_i32(0));
}

void dynamic_slice(RuleContext& c) {
  Value* x = c.input(0);
  const Axes sizes = c.constant_integers(2, "the size of a slice");
  if (static_cast<int>(sizes.size()) != emit::rank_of(x))
    throw Unsupported("a slice needs a size for each axis");
  Value* starts = clamped_starts(c.e, c.input(1), x, sizes);
  c.output(emit::move(c.e, Op::SLICE, {x, starts, c.e.i32(sizes)}, 0));
}

// lhs and rhs of one rank: the smaller one's axes are placed where broadcast_dims says.
void broadcast_helper(RuleContext& c) {
  Value *lhs = c.input(0), *rhs = c.input(1);
  const Axes axes = c.constant_integers(2, "broadcast_dims");
  const int left = emit::rank_of(lhs), right = emit::rank_of(rhs);
  if (left != right && !axes.empty()) {
    Value*& smaller = left < right ? lhs : rhs;
    std::vector<Dim> dims(static_cast<std::size_t>(std::max(left, right)), Dim(1));
    if (static_cast<int>(axes.size()) != smaller->shape().rank())
      throw Unsupported("broadcast_dims needs an entry for each axis of the smaller operand");
    for (std::size_t i = 0; i < axes.size(); ++i)
      dims[checked_axis(axes[i], dims.size())] = smaller->shape()[static_cast<int>(i)];
    smaller = emit::reshape(c.e, smaller, Shape(std::move(dims)));
  }
  c.output(0, lhs);
  c.output(1, rhs);
}

// Rounding to a type that the runtime has; others are no wider than float32's neighbours.
void reduce_precision(RuleContext& c) {
  const std::int64_t exponent = c.attr_int("exponent_bits"), mantissa = c.attr_int("mantissa_bits");
  if (exponent >= 8 && mantissa >= 23) return c.output(c.input(0));
  throw Unsupported("rounding to another precision than float32's");
}

// Keys in rising order, along the only axis.
void key_value_sort(RuleContext& c) {
  Value* keys = c.input(0);
  if (emit::rank_of(keys) != 1 || ir::is_integer(keys->dtype()))
    throw Unsupported("a sort of other keys than a vector of floats");
  Value* falling = emit::unary(c.e, Op::NEG, keys);
  const auto sorted = c.e.add_all(Op::TOPK_V2, {falling, emit::dim_value(c.e, keys->shape()[0])});
  c.output(0, emit::unary(c.e, Op::NEG, sorted.at(0)));
  c.output(1, emit::gather(c.e, c.input(1), sorted.at(1), 0));
}

constexpr Rule kXlaRules[] = {
    {"XlaBroadcastHelper", broadcast_helper},
    {"XlaConv", conv_general},
    {"XlaConvV2", conv_general},
    {"XlaDot", dot},
    {"XlaDotV2", dot},
    {"XlaDynamicSlice", dynamic_slice},
    {"XlaEinsum", einsum_of_two},
    {"XlaKeyValueSort", key_value_sort},
    {"XlaOptimizationBarrier", pass_all},
    {"XlaPad", pad_interior},
    {"XlaReducePrecision", reduce_precision},
    {"XlaReplicaId", replica_id},
    {"XlaSetBound", pass_first},
    {"XlaSharding", pass_first},
    {"XlaSpmdFullToShardShape", pass_first},
    {"XlaSpmdShardToFullShape", pass_first},
};

}  // namespace

std::span<const Rule> xla() { return kXlaRules; }

}  // namespace litecast::tensorflow::rules
