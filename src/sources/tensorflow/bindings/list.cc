// TensorLists, and the TensorArrays of TensorFlow 1, whose contents travel along the `flow`.
#include "emit/gather.h"
#include "emit/scatter.h"
#include "emit/shape.h"
#include "sources/tensorflow/binding_rules.h"
#include "sources/tensorflow/tensor_list.h"

namespace litecast::tensorflow::bindings {
namespace {

const TensorList& list_of(NodeContext& c, int index) {
  if (auto* list = std::get_if<TensorList>(&c.binding(index))) return *list;
  throw Unsupported("it takes a list that was not made by an op that is known");
}

// What an operand says of the elements' shape: sizes, where -1 is unknown; or a scalar -1.
ElementShape shape_operand(NodeContext& c, int index) {
  const auto sizes = c.known_dims(index);
  if (!sizes || c.input(index)->shape() == Shape(std::vector<Dim>{})) return std::nullopt;
  std::vector<std::optional<Dim>> element;
  for (const Dim size : *sizes)
    element.push_back(size == Dim(-1) ? std::nullopt : std::optional(size));
  return element;
}

// A size that is an operand. One that only data decide gets a symbol, which the tensor stands for.
Dim size_operand(NodeContext& c, int index) {
  Value* size = c.input(index);
  if (!c.known_dims(index)) size->set_contents({c.e.dims().fresh("length")});
  const auto known = c.known_dims(index);
  if (known->size() != 1) c.node.malformed("takes a length that is not one number");
  return known->front();
}

void reserve(NodeContext& c, Walk&) {
  c.bind(0, TensorList{.dtype = c.attr_type("element_dtype"),
                       .element = shape_operand(c, 0),
                       .length = size_operand(c, 1)});
}

void empty(NodeContext& c, Walk&) {
  c.bind(0, TensorList{.dtype = c.attr_type("element_dtype"), .element = shape_operand(c, 0)});
}

void from_tensor(NodeContext& c, Walk&) { c.bind(0, from_stacked(c.input(0))); }

void get(NodeContext& c, Walk&) {
  c.output(get_item(c.e, list_of(c, 0), c.input(1), shape_operand(c, 2)));
}

// The list made long enough to have an element `index`, which has the shape `item`.
TensorList reaching(Emitter& e, const TensorList& list, Value* index, const Shape& item) {
  const ir::Type type = stacked_type(list, item);
  Value* after = emit::add(e, emit::cast(e, index, DType::INT32), e.scalar_i32(1));
  const std::vector<Dim>& sizes = type.shape.dims();
  return resized(e, list, emit::max(e, after, length(e, list)),
                 std::vector<std::optional<Dim>>(sizes.begin() + 1, sizes.end()));
}

void set(NodeContext& c, Walk&) {
  TensorList list = list_of(c, 0);
  if (c.has_attr("resize_if_index_out_of_bounds") && c.attr_bool("resize_if_index_out_of_bounds"))
    list = reaching(c.e, list, c.input(1), c.input(2)->shape());
  c.bind(0, set_item(c.e, list, c.input(1), c.input(2)));
}

void push(NodeContext& c, Walk&) { c.bind(0, push_back(c.e, list_of(c, 0), c.input(1))); }

void pop(NodeContext& c, Walk&) {
  const TensorList list = from_stacked(stack(c.e, list_of(c, 0), shape_operand(c, 1)));
  Value* last = emit::dim_value(c.e, list.stacked->shape()[0] - Dim(1));
  c.bind(0, without_last(c.e, list));
  // An empty one may be longer in the next round of a loop.
  c.output(1, emit::gather(c.e, list.stacked, last, 0));
}

void stack_all(NodeContext& c, Walk&) { c.output(stack(c.e, list_of(c, 0), shape_operand(c, 1))); }

void count(NodeContext& c, Walk&) { c.output(length(c.e, list_of(c, 0))); }

void resize(NodeContext& c, Walk&) {
  const TensorList& list = list_of(c, 0);
  if (!list.stacked)
    return c.bind(0, TensorList{list.dtype, list.element, size_operand(c, 1), nullptr});
  c.bind(0, resized(c.e, list, c.input(1), std::nullopt));
}

void element_shape(NodeContext& c, Walk&) {
  const TensorList& list = list_of(c, 0);
  const DType type = c.attr_type("shape_type");
  std::vector<Dim> sizes;
  if (list.stacked) {
    sizes.assign(list.stacked->shape().dims().begin() + 1, list.stacked->shape().dims().end());
  } else if (list.element) {
    for (const auto& size : *list.element) sizes.push_back(size.value_or(Dim(-1)));
  } else {
    return c.output(c.e.scalar(type, -1));
  }
  c.output(emit::cast(c.e, emit::shape_value(c.e, sizes), type));
}

// Joins elements along their first axis.
void join(NodeContext& c, Value* all, int lengths_output) {
  if (emit::rank_of(all) < 2) c.node.malformed("joins elements that are scalars");
  const std::vector<Dim>& sizes = all->shape().dims();
  std::vector<Dim> joined(sizes.begin() + 1, sizes.end());
  joined[0] = sizes[0] * sizes[1];
  c.output(0, emit::reshape(c.e, all, Shape(std::move(joined))));
  Value* each = emit::cast(c.e, emit::dim_value(c.e, sizes[1]), DType::INT64);
  c.output(lengths_output, emit::fill(c.e, Shape(std::vector<Dim>{sizes[0]}), each));
}

void concat(NodeContext& c, Walk&) {
  join(c, stack(c.e, list_of(c, 0), c.input_count() > 1 ? shape_operand(c, 1) : std::nullopt), 1);
}

void concat_lists(NodeContext& c, Walk&) {
  Value* a = stack(c.e, list_of(c, 0), std::nullopt);
  Value* b = stack(c.e, list_of(c, 1), std::nullopt);
  c.bind(0, from_stacked(emit::concat(c.e, {a, b}, 0)));
}

// Parts of one length, one below the other.
TensorList split_evenly(NodeContext& c, Value* x, int lengths) {
  if (!c.input(lengths)->is_constant())
    throw Unsupported("it makes a list of tensors whose lengths only data decide",
                      "split into a fixed number of parts, or into rows (TensorArray.unstack)");
  const auto sizes = c.constant_integers(lengths, "the lengths of a list's elements");
  if (sizes.empty() || std::ranges::any_of(sizes, [&](auto size) { return size != sizes[0]; }))
    throw Unsupported("it makes a list of tensors of different lengths",
                      "make all of one length, with tf.pad, or use tf.split");
  emit::rank_of(x);
  std::vector<Dim> shape = x->shape().dims();
  if (shape.empty()) c.node.malformed("splits a scalar");
  shape[0] = Dim(sizes[0]);
  shape.insert(shape.begin(), Dim(static_cast<std::int64_t>(sizes.size())));
  return from_stacked(emit::reshape(c.e, x, Shape(std::move(shape))));
}

void split(NodeContext& c, Walk&) { c.bind(0, split_evenly(c, c.input(0), 2)); }

void gather(NodeContext& c, Walk&) {
  c.output(emit::gather(c.e, stack(c.e, list_of(c, 0), shape_operand(c, 2)), c.input(1), 0));
}

TensorList scattered(NodeContext& c, Value* into, Value* indices, Value* items) {
  const int last[] = {1};
  Value* rows = emit::expand_dims(c.e, indices, last);
  return from_stacked(emit::scatter_update(c.e, into, rows, items));
}

// Elements that no index names are zeros.
void scatter(NodeContext& c, Walk&) {
  Value* items = c.input(0);
  emit::rank_of(items);
  std::vector<Dim> sizes = items->shape().dims();
  const auto indices = c.constant_integers(1, "the places to which a list's elements go");
  const std::int64_t most = indices.empty() ? -1 : *std::ranges::max_element(indices);
  const auto asked = c.input_count() > 3 ? c.integers(3) : std::nullopt;
  sizes[0] = asked && asked->size() == 1 && asked->front() >= 0 ? asked->front() : most + 1;
  Value* zeros = emit::fill(c.e, Shape(std::move(sizes)), blank(c.e, items->dtype()));
  c.bind(0, scattered(c, zeros, c.input(1), items));
}

void scatter_into(NodeContext& c, Walk&) {
  Value* items = c.input(1);
  emit::rank_of(items);
  const auto& sizes = items->shape().dims();
  Value* into =
      stack(c.e, list_of(c, 0), std::vector<std::optional<Dim>>(sizes.begin() + 1, sizes.end()));
  c.bind(0, scattered(c, into, c.input(2), items));
}

// ---- TensorArray: (handle, …, flow) ----

void make_array(NodeContext& c, Walk&) {
  ElementShape element;
  if (const TensorShape shape = c.node.attr("element_shape").shape(); shape.known_rank) {
    element.emplace();
    for (const std::int64_t size : shape.dims)
      element->push_back(size < 0 ? std::nullopt : std::optional(Dim(size)));
  }
  c.bind(0, OpaqueHandle{&c.node});
  c.bind(1, TensorList{c.attr_type("dtype"), std::move(element), size_operand(c, 0), nullptr});
}

void read_array(NodeContext& c, Walk&) {
  c.output(get_item(c.e, list_of(c, 2), c.input(1), std::nullopt));
}

// Whether writing behind the end of the array at input 0 makes it longer.
bool grows(NodeContext& c) {
  const auto* handle = std::get_if<OpaqueHandle>(&c.binding(0));
  const auto grows = handle ? handle->origin->find_attr("dynamic_size") : std::nullopt;
  return grows && grows->boolean();
}

void write_array(NodeContext& c, Walk&) {
  TensorList list = list_of(c, 3);
  if (grows(c)) list = reaching(c.e, list, c.input(1), c.input(2)->shape());
  c.bind(0, set_item(c.e, list, c.input(1), c.input(2)));
}

void gather_array(NodeContext& c, Walk&) {
  c.output(emit::gather(c.e, stack(c.e, list_of(c, 2), std::nullopt), c.input(1), 0));
}

// Whether the numbers of an operand are 0, 1, 2, …
bool counts_up(NodeContext& c, int index) {
  Value* numbers = c.input(index);
  if (const auto known = c.known_dims(index)) {
    for (std::size_t i = 0; i < known->size(); ++i)
      if ((*known)[i] != Dim(static_cast<std::int64_t>(i))) return false;
    return true;
  }
  const ir::Node* range = numbers->producer();
  const auto is = [](const Value* value, std::int32_t number) {
    const auto contents = emit::known_dims(value);
    return contents && contents->size() == 1 && contents->front() == Dim(number);
  };
  return range && range->op() == Op::RANGE && is(range->operands()[0], 0) &&
         is(range->operands()[2], 1);
}

void scatter_array(NodeContext& c, Walk&) {
  Value* items = c.input(2);
  emit::rank_of(items);
  TensorList list = list_of(c, 3);
  const auto& sizes = items->shape().dims();
  // The usual case: all elements in their order.
  const bool fills = sizes[0] == list.length || (grows(c) && list.length == Dim(0));
  if (!list.stacked && fills && counts_up(c, 1)) return c.bind(0, from_stacked(items));
  if (grows(c)) {
    const Shape item(std::vector<Dim>(sizes.begin() + 1, sizes.end()));
    const int first[] = {0};
    list = reaching(c.e, list, emit::reduce(c.e, Op::REDUCE_MAX, c.input(1), first, false), item);
  }
  Value* into = stack(c.e, list, std::vector<std::optional<Dim>>(sizes.begin() + 1, sizes.end()));
  c.bind(0, scattered(c, into, c.input(1), items));
}

void size_of_array(NodeContext& c, Walk&) { c.output(length(c.e, list_of(c, 1))); }

void concat_array(NodeContext& c, Walk&) { join(c, stack(c.e, list_of(c, 1), std::nullopt), 1); }

void split_array(NodeContext& c, Walk&) { c.bind(0, split_evenly(c, c.input(1), 2)); }

void close_array(NodeContext&, Walk&) {}

constexpr BindingRule kListRules[] = {
    {"EmptyTensorList", empty},
    {"TensorArrayCloseV3", close_array},
    {"TensorArrayConcatV3", concat_array},
    {"TensorArrayGatherV3", gather_array},
    {"TensorArrayReadV3", read_array},
    {"TensorArrayScatterV3", scatter_array},
    {"TensorArraySizeV3", size_of_array},
    {"TensorArraySplitV3", split_array},
    {"TensorArrayV3", make_array},
    {"TensorArrayWriteV3", write_array},
    {"TensorListConcat", concat},
    {"TensorListConcatLists", concat_lists},
    {"TensorListConcatV2", concat},
    {"TensorListElementShape", element_shape},
    {"TensorListFromTensor", from_tensor},
    {"TensorListGather", gather},
    {"TensorListGetItem", get},
    {"TensorListLength", count},
    {"TensorListPopBack", pop},
    {"TensorListPushBack", push},
    {"TensorListReserve", reserve},
    {"TensorListResize", resize},
    {"TensorListScatter", scatter},
    {"TensorListScatterIntoExistingList", scatter_into},
    {"TensorListScatterV2", scatter},
    {"TensorListSetItem", set},
    {"TensorListSplit", split},
    {"TensorListStack", stack_all},
};

}  // namespace

std::span<const BindingRule> list() { return kListRules; }

}  // namespace litecast::tensorflow::bindings
