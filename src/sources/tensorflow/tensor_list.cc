#include "sources/tensorflow/tensor_list.h"

#include <fmt/format.h>

#include "emit/arith.h"
#include "emit/gather.h"
#include "emit/movement.h"
#include "emit/scatter.h"
#include "emit/shape.h"
#include "sources/tensorflow/tensor_constant.h"

namespace litecast::tensorflow {
namespace {

using emit::Dim;
using emit::Emitter;
using emit::Op;
using emit::Shape;
using emit::Unsupported;
using emit::Value;

constexpr const char* kGiveShape = "give tf.TensorArray the element_shape of what it will hold";

// What is known from both sides.
ElementShape merged(const ElementShape& a, const ElementShape& b) {
  if (!a || !b || a->size() != b->size()) return a ? a : b;
  ElementShape all = a;
  for (std::size_t i = 0; i < all->size(); ++i)
    if (!(*all)[i] || (!(*all)[i]->is_constant() && (*b)[i])) (*all)[i] = (*b)[i];
  return all;
}

ElementShape element_shape(const Shape& shape) {
  if (!shape.is_ranked()) return std::nullopt;
  return std::vector<std::optional<Dim>>(shape.dims().begin(), shape.dims().end());
}

Shape stacked_shape(Dim length, const ElementShape& element) {
  std::vector<Dim> dims = {length};
  if (!element)
    throw Unsupported("the shape of the elements of a list that nothing was written to is unknown",
                      kGiveShape);
  for (const auto& size : *element) {
    if (!size) throw Unsupported("the shape of a list's elements is not known in full", kGiveShape);
    dims.push_back(*size);
  }
  return Shape(std::move(dims));
}

Value* zeros(Emitter& e, ir::DType dtype, const Shape& shape) {
  return emit::fill(e, shape, blank(e, dtype));
}

Value* row(Emitter& e, Value* item) {
  const int first[] = {0};
  return emit::expand_dims(e, item, first);
}

Value* i32_scalar(Emitter& e, Value* x) { return emit::cast(e, x, ir::DType::INT32); }

// The kernel would take a smaller element, and leave the rest of the row as it was.
void require_element(const Shape& stacked, const Shape& item) {
  if (!item.is_ranked()) return;
  bool fits = item.rank() + 1 == stacked.rank();
  for (int axis = 0; fits && axis < item.rank(); ++axis) {
    const Dim size = item[axis], expected = stacked[axis + 1];
    fits = !size.is_constant() || !expected.is_constant() || size == expected;
  }
  if (!fits)
    throw Unsupported("the elements of the list have different shapes",
                      "make all of one shape, with tf.pad or in several lists");
}

// TensorFlow stops at an element that the list does not have; the kernels may take another.
void require_within(const TensorList& list, const Value* index, const char* what) {
  const Dim length = list.stacked ? list.stacked->shape()[0] : list.length;
  const auto known = emit::known_dims(index);
  if (!known || known->size() != 1 || !known->front().is_constant() || !length.is_constant())
    return;
  const std::int64_t number = known->front().value();
  if (number < 0 || number >= length.value())
    throw Unsupported(
        fmt::format("element {} of a list of {} elements is {}", number, length.value(), what),
        "index a list with 0 up to its length less one");
}

}  // namespace

ir::Value* blank(Emitter& e, ir::DType dtype) {
  if (dtype != ir::DType::STRING) return e.scalar(dtype, 0);
  const std::string_view empty;
  return e.constant(string_constant({}, {&empty, 1}));
}

ir::Type stacked_type(const TensorList& list, const Shape& item) {
  if (list.stacked) return list.stacked->type();
  return {list.dtype, stacked_shape(list.length, merged(list.element, element_shape(item)))};
}

Value* stack(Emitter& e, const TensorList& list, const ElementShape& known) {
  if (list.stacked) return list.stacked;
  return zeros(e, list.dtype, stacked_shape(list.length, merged(list.element, known)));
}

TensorList from_stacked(Value* stacked) {
  TensorList list{.dtype = stacked->dtype(), .stacked = stacked};
  if (!stacked->shape().is_ranked() || stacked->shape().rank() == 0)
    throw Unsupported("a list is made of a tensor whose rank is not known, or zero",
                      "give the tensor a shape (tf.ensure_shape) before it is taken apart");
  return list;
}

Value* get_item(Emitter& e, const TensorList& list, Value* index, const ElementShape& known) {
  // One that nothing was written to may be longer in the next round of a loop.
  if (list.stacked) require_within(list, index, "read");
  return emit::gather(e, stack(e, list, known), i32_scalar(e, index), 0);
}

TensorList set_item(Emitter& e, const TensorList& list, Value* index, Value* item) {
  require_within(list, index, "written");
  Value* all =
      list.stacked ? list.stacked : zeros(e, list.dtype, stacked_type(list, item->shape()).shape);
  require_element(all->shape(), item->shape());
  return from_stacked(emit::set_row(e, all, index, item));
}

TensorList push_back(Emitter& e, const TensorList& list, Value* item) {
  if (!list.stacked && list.length == Dim(0)) return from_stacked(row(e, item));
  return from_stacked(
      emit::concat(e, {stack(e, list, element_shape(item->shape())), row(e, item)}, 0));
}

TensorList without_last(Emitter& e, const TensorList& list) {
  const Shape& shape = list.stacked->shape();
  const std::vector<std::int64_t> begin(static_cast<std::size_t>(shape.rank()), 0);
  std::vector<Dim> size(static_cast<std::size_t>(shape.rank()), Dim(-1));
  size[0] = shape[0] - Dim(1);
  return from_stacked(emit::slice(e, list.stacked, begin, size));
}

Value* length(Emitter& e, const TensorList& list) {
  return emit::dim_value(e, list.stacked ? list.stacked->shape()[0] : list.length);
}

TensorList resized(Emitter& e, const TensorList& list, Value* size, const ElementShape& known) {
  Value* new_length = i32_scalar(e, size);
  Value* all = stack(e, list, known);
  const int rank = all->shape().rank();
  // The old ones, as many as stay, followed by zeros.
  Value* old_length = length(e, from_stacked(all));
  Value* kept = emit::gather(
      e, all,
      e.add(Op::RANGE, {e.scalar_i32(0), emit::min(e, old_length, new_length), e.scalar_i32(1)}),
      0);
  Value* added = emit::max(e, emit::sub(e, new_length, old_length), e.scalar_i32(0));
  std::vector<Value*> sizes = {added};
  for (int axis = 1; axis < rank; ++axis) sizes.push_back(emit::dim_value(e, all->shape()[axis]));
  Value* shape = e.add(Op::PACK, std::move(sizes), tflite::PackOptionsT{.values_count = rank});
  Value* padding = emit::move(e, Op::FILL, {shape, blank(e, list.dtype)}, 1);
  return from_stacked(emit::concat(e, {kept, padding}, 0));
}

}  // namespace litecast::tensorflow
