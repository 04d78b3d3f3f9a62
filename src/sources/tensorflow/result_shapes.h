// The shapes of the results of ops that no builtin operator computes: for nodes whose kernels stand
// outside of the runtime, of which its operator table knows nothing. Tables by family in
// result_shapes/*.cc.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ir/graph.h"
#include "sources/tensorflow/node_def.h"

namespace litecast::tensorflow {

// A node with its operands, handles of variables and tables included.
struct ForeignNode {
  const NodeDef& node;
  std::span<ir::Value* const> operands;
  ir::DimContext& dims;

  // Of an operand; unranked where there is none of that number.
  ir::Shape shape(std::size_t operand) const;
  // A size that only the kernel knows.
  ir::Dim unknown() const { return dims.fresh("result"); }
  ir::Shape of_rank(int rank) const;
  // Elements of a small integer operand as far as they are known; a kernel's -1 among them.
  std::optional<std::vector<ir::Dim>> contents(std::size_t operand) const;
  // The shape that an operand spells out.
  ir::Shape shape_in(std::size_t operand) const;
  std::int64_t integer(std::string_view attr) const { return node.attr(attr).integer(); }
};

using ResultShapes = std::vector<ir::Shape>;

// Unknown sizes become fresh symbols.
ir::Shape shape_of(const TensorShape& shape, ir::DimContext& dims);

// One for each result. What the table does not say is taken from the node's attribute
// _output_shapes, where it has one; otherwise it is unranked.
ResultShapes result_shapes(const ForeignNode& node, std::size_t results);

// A family names ops, separated by blanks, whose shapes one function tells. It may tell fewer than
// there are results.
struct ShapeRule {
  const char* ops;
  ResultShapes (*shapes)(const ForeignNode& node);
};

namespace shapes {
std::span<const ShapeRule> elementwise();
std::span<const ShapeRule> image();
std::span<const ShapeRule> linear_algebra();
std::span<const ShapeRule> random();
std::span<const ShapeRule> reduction();
std::span<const ShapeRule> sparse();
std::span<const ShapeRule> state();
std::span<const ShapeRule> text();
std::span<const ShapeRule> window();
}  // namespace shapes

}  // namespace litecast::tensorflow
