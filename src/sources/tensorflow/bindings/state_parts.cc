// Ops that assign parts of a variable: rows, elements, slices.
#include <array>

#include "emit/arith.h"
#include "emit/movement.h"
#include "emit/scatter.h"
#include "emit/segment.h"
#include "emit/shape.h"
#include "sources/tensorflow/binding_rules.h"
#include "sources/tensorflow/bindings/assignment.h"
#include "sources/tensorflow/rules/slice_bounds.h"

namespace litecast::tensorflow::bindings {
namespace {

// What is changed, where, and by what.
struct Scatter {
  Value* x;
  Value* indices;  // […, depth]
  Value* updates;
};

using Scattered = Value* (*)(Emitter& e, const Scatter& scatter);

Value* replaced(Emitter& e, const Scatter& s) {
  return emit::scatter_update(e, s.x, s.indices, s.updates);
}

template <Op op>
Value* accumulated(Emitter& e, const Scatter& s) {
  Value* shape = emit::shape_value(e, s.x->shape().dims());
  return emit::binary(e, op, s.x, emit::scatter_nd(e, s.indices, s.updates, shape));
}

template <Op op>
Value* extreme(Emitter& e, const Scatter& s) {
  return emit::scatter_extreme(e, op, s.x, s.indices, s.updates);
}

// By the product of all updates of a row.
template <Op op>
Value* scaled(Emitter& e, const Scatter& s) {
  const std::vector<Dim>& dims = s.indices->shape().dims();
  Value* rows = emit::reshape(e, s.indices, Shape(std::vector<Dim>(dims.begin(), dims.end() - 1)));
  Value* factors = emit::unsorted_segment(e, Op::UNSORTED_SEGMENT_PROD, s.updates, rows,
                                          emit::dim_value(e, s.x->shape()[0]));
  return emit::binary(e, op, s.x, factors);
}

// One update for each index; a scalar is for all.
Value* whole_updates(Emitter& e, Value* x, const Value* indices, Value* updates) {
  if (emit::rank_of(updates) > 0) return updates;
  std::vector<Dim> dims = indices->shape().dims();
  dims.insert(dims.end(), x->shape().dims().begin() + 1, x->shape().dims().end());
  return emit::broadcast_to(e, updates, Shape(std::move(dims)));
}

template <Scattered scattered>
void scatter_rows(NodeContext& c, Walk&) {
  const auto target = target_of(c);
  if (!target) return;
  Value* x = c.input(0);
  Value* indices = c.input(1);
  if (emit::rank_of(x) == 0) throw Unsupported("it assigns rows of a scalar");
  const int last = emit::rank_of(indices);
  assign(c, *target,
         scattered(c.e, {x, emit::expand_dims(c.e, indices, {&last, 1}),
                         whole_updates(c.e, x, indices, c.input(2))}));
}

template <Scattered scattered>
void scatter_nd(NodeContext& c, Walk&) {
  if (const auto target = target_of(c))
    assign(c, *target, scattered(c.e, {c.input(0), c.input(1), c.input(2)}));
}

// An index from the end, as the op takes it.
Value* wrapped(Emitter& e, Value* index, Dim size) {
  if (index->is_constant()) {
    const std::int64_t value = emit::known_integers(index)->front();
    return value < 0 ? emit::add(e, index, emit::dim_value(e, size)) : index;
  }
  Value* zero = e.scalar_i32(0);
  Value* is_negative = emit::binary(e, Op::LESS, index, zero);
  return emit::select(e, is_negative, emit::add(e, index, emit::dim_value(e, size)), index);
}

// The slice as a block that a DYNAMIC_UPDATE_SLICE can put in, which may stand at a computed place.
// TensorFlow takes a value of exactly the slice's shape, or a scalar.
class Block {
 public:
  Block(NodeContext& c, const rules::Masks& masks)
      : c_(c), masks_(masks), dims_(c.input(0)->shape().dims()), value_(c.input(4)) {}

  // The variable with the value in place of the block; null where the slice is no block.
  Value* put() {
    const auto strides = c_.integers(3);
    if (!strides || masks_.new_axis != 0 ||
        std::ranges::any_of(*strides, [](std::int64_t stride) { return stride != 1; }))
      return nullptr;
    const auto entries = entries_by_axis(strides->size());
    if (!entries) return nullptr;
    for (std::size_t axis = 0; axis < dims_.size(); ++axis)
      if (!add_axis(axis, (*entries)[axis])) return nullptr;
    Value* update = emit::broadcast_to(c_.e, value_, Shape(given_));
    update = emit::reshape(c_.e, update, Shape(block_));
    return emit::move(c_.e, Op::DYNAMIC_UPDATE_SLICE,
                      {c_.input(0), update, emit::concat(c_.e, begins_, 0)}, 0);
  }

 private:
  using Entry = std::optional<std::size_t>;  // none: the axis is taken whole

  std::optional<std::vector<Entry>> entries_by_axis(std::size_t count) const {
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < count; ++i) {
      if (!rules::has(masks_.ellipsis, i)) {
        entries.push_back(i);
      } else if (dims_.size() + 1 >= count) {
        entries.resize(entries.size() + dims_.size() + 1 - count);
      }
    }
    if (entries.size() > dims_.size()) return std::nullopt;
    entries.resize(dims_.size());
    return entries;
  }

  bool add_axis(std::size_t axis, Entry entry) {
    const bool shrinks = entry && rules::has(masks_.shrink, *entry);
    const bool from_start = !entry || rules::has(masks_.begin, *entry);
    const bool to_end = !entry || rules::has(masks_.end, *entry);
    std::optional<Dim> size;
    if (shrinks)
      size = Dim(1);
    else if (from_start && to_end)
      size = dims_[axis];
    else
      size = size_of_value();
    if (!size) return false;
    Value* begin = from_start ? c_.e.scalar_i32(0) : wrapped(c_.e, number(*entry), dims_[axis]);
    begins_.push_back(emit::reshape(c_.e, begin, Shape{1}));
    block_.push_back(*size);
    if (!shrinks) given_.push_back(*size);
    return true;
  }

  // Along the next axis of the value.
  std::optional<Dim> size_of_value() const {
    const Shape& shape = value_->shape();
    if (!shape.is_ranked() || given_.size() >= shape.dims().size()) return std::nullopt;
    return shape.dims()[given_.size()];
  }

  // Where entry `i` begins.
  Value* number(std::size_t i) {
    Value* all = emit::cast(c_.e, c_.input(1), DType::INT32);
    const std::array begin = {static_cast<std::int64_t>(i)};
    const std::array size = {Dim(1)};
    return emit::reshape(c_.e, emit::slice(c_.e, all, begin, size), Shape(std::vector<Dim>{}));
  }

  NodeContext& c_;
  const rules::Masks& masks_;
  const std::vector<Dim> dims_;
  Value* value_;
  std::vector<Value*> begins_;
  std::vector<Dim> block_;  // the block's sizes
  std::vector<Dim> given_;  // the same without the axes that are single elements
};

void assign_slice(NodeContext& c, Walk&) {
  const auto target = target_of(c);
  if (!target) return;
  const rules::Masks masks(c);
  Value* x = c.input(0);
  if (emit::rank_of(x) > 0)
    if (Value* changed = Block(c, masks).put()) return assign(c, *target, changed);
  assign(c, *target, rules::with_slice(c));
}

constexpr BindingRule kStatePartRules[] = {
    {"ResourceScatterAdd", scatter_rows<accumulated<Op::ADD>>},
    {"ResourceScatterDiv", scatter_rows<scaled<Op::DIV>>},
    {"ResourceScatterMax", scatter_rows<extreme<Op::UNSORTED_SEGMENT_MAX>>},
    {"ResourceScatterMin", scatter_rows<extreme<Op::UNSORTED_SEGMENT_MIN>>},
    {"ResourceScatterMul", scatter_rows<scaled<Op::MUL>>},
    {"ResourceScatterNdAdd", scatter_nd<accumulated<Op::ADD>>},
    {"ResourceScatterNdMax", scatter_nd<extreme<Op::UNSORTED_SEGMENT_MAX>>},
    {"ResourceScatterNdMin", scatter_nd<extreme<Op::UNSORTED_SEGMENT_MIN>>},
    {"ResourceScatterNdSub", scatter_nd<accumulated<Op::SUB>>},
    {"ResourceScatterNdUpdate", scatter_nd<replaced>},
    {"ResourceScatterSub", scatter_rows<accumulated<Op::SUB>>},
    {"ResourceScatterUpdate", scatter_rows<replaced>},
    {"ResourceStridedSliceAssign", assign_slice},
    {"ScatterAdd", scatter_rows<accumulated<Op::ADD>>},
    {"ScatterDiv", scatter_rows<scaled<Op::DIV>>},
    {"ScatterMax", scatter_rows<extreme<Op::UNSORTED_SEGMENT_MAX>>},
    {"ScatterMin", scatter_rows<extreme<Op::UNSORTED_SEGMENT_MIN>>},
    {"ScatterMul", scatter_rows<scaled<Op::MUL>>},
    {"ScatterNdAdd", scatter_nd<accumulated<Op::ADD>>},
    {"ScatterNdSub", scatter_nd<accumulated<Op::SUB>>},
    {"ScatterNdUpdate", scatter_nd<replaced>},
    {"ScatterSub", scatter_rows<accumulated<Op::SUB>>},
    {"ScatterUpdate", scatter_rows<replaced>},
    {"StridedSliceAssign", assign_slice},
};

}  // namespace

std::span<const BindingRule> state_parts() { return kStatePartRules; }

}  // namespace litecast::tensorflow::bindings
