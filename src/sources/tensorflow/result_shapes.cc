#include "sources/tensorflow/result_shapes.h"

#include <algorithm>

#include "emit/shape.h"

namespace litecast::tensorflow {
namespace {

using ir::Dim;
using ir::Shape;

struct ShapeEntry {
  std::string_view op;
  ResultShapes (*shapes)(const ForeignNode& node);
};

std::vector<ShapeEntry> all_shape_entries() {
  std::vector<ShapeEntry> entries;
  for (auto family :
       {shapes::elementwise, shapes::image, shapes::linear_algebra, shapes::random,
        shapes::reduction, shapes::sparse, shapes::state, shapes::text, shapes::window})
    for (const ShapeRule& rule : family()) {
      std::string_view ops = rule.ops;
      while (!ops.empty()) {
        const std::string_view op = ops.substr(0, ops.find(' '));
        ops.remove_prefix(std::min(op.size() + 1, ops.size()));
        entries.push_back({op, rule.shapes});
      }
    }
  std::ranges::sort(entries, {}, &ShapeEntry::op);
  return entries;
}

const ShapeEntry* find_shapes(std::string_view op) {
  static const std::vector<ShapeEntry> entries = all_shape_entries();
  const auto found = std::ranges::lower_bound(entries, op, {}, &ShapeEntry::op);
  return found != entries.end() && found->op == op ? &*found : nullptr;
}

// What two sources say of the same shape.
Shape merged(const Shape& shape, const TensorShape& noted, ir::DimContext& dims) {
  if (!noted.known_rank) return shape;
  if (!shape.is_ranked()) return shape_of(noted, dims);
  if (shape.dims().size() != noted.dims.size()) return shape;
  std::vector<Dim> sizes = shape.dims();
  for (std::size_t i = 0; i < sizes.size(); ++i)
    if (!sizes[i].is_constant() && noted.dims[i] >= 0) sizes[i] = noted.dims[i];
  return Shape(std::move(sizes));
}

// What no tensor can have comes from attributes that contradict each other.
Shape possible(const Shape& shape, const ForeignNode& node) {
  if (!shape.is_ranked()) return shape;
  std::vector<Dim> sizes = shape.dims();
  for (Dim& size : sizes)
    if (size.is_constant() && size.value() < 0) size = node.unknown();
  return Shape(std::move(sizes));
}

}  // namespace

Shape ForeignNode::shape(std::size_t operand) const {
  return operand < operands.size() && operands[operand] ? operands[operand]->shape()
                                                        : Shape::unranked();
}

Shape ForeignNode::of_rank(int rank) const {
  std::vector<Dim> sizes;
  for (int i = 0; i < rank; ++i) sizes.push_back(unknown());
  return Shape(std::move(sizes));
}

std::optional<std::vector<Dim>> ForeignNode::contents(std::size_t operand) const {
  if (operand >= operands.size() || !operands[operand]) return std::nullopt;
  return emit::known_dims(operands[operand]);
}

Shape ForeignNode::shape_in(std::size_t operand) const {
  const Shape list = shape(operand);
  // A scalar stands for any number of axes.
  if (list.is_ranked() && list.rank() == 0) return Shape::unranked();
  if (auto known = contents(operand)) {
    for (Dim& size : *known)
      if (size.is_constant() && size.value() < 0) size = unknown();
    return Shape(std::move(*known));
  }
  if (!list.is_ranked() || list.rank() != 1 || !list[0].is_constant()) return Shape::unranked();
  constexpr std::int64_t kMostAxes = 254;  // of a tensor of TensorFlow's
  const std::int64_t rank = list[0].value();
  return rank <= kMostAxes ? of_rank(static_cast<int>(rank)) : Shape::unranked();
}

Shape shape_of(const TensorShape& shape, ir::DimContext& dims) {
  if (!shape.known_rank) return Shape::unranked();
  std::vector<Dim> sizes;
  for (const std::int64_t size : shape.dims)
    sizes.push_back(size < 0 ? dims.fresh("result") : Dim(size));
  return Shape(std::move(sizes));
}

ResultShapes result_shapes(const ForeignNode& node, std::size_t results) {
  ResultShapes known;
  if (const ShapeEntry* entry = find_shapes(node.node.op())) known = entry->shapes(node);
  known.resize(results, Shape::unranked());
  for (Shape& shape : known) shape = possible(shape, node);
  if (const auto noted = node.node.find_attr("_output_shapes")) {
    const std::vector<TensorShape> shapes = noted->shapes();
    for (std::size_t i = 0; i < std::min(results, shapes.size()); ++i)
      known[i] = merged(known[i], shapes[i], node.dims);
  }
  return known;
}

}  // namespace litecast::tensorflow
