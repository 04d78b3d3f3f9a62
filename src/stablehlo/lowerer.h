// Makes StableHLO's operators, whose operands have one shape and whose sizes and axes are options.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "emit/emitter.h"
#include "ir/builder.h"

namespace litecast::stablehlo {

using emit::Unsupported;
using ir::DType;
using ir::Graph;
using ir::Node;
using ir::Op;
using ir::Shape;
using ir::Type;
using ir::Value;
using ir::Values;
using Sizes = std::vector<std::int64_t>;
using Direction = tflite::StablehloComparisonDirection;

// All sizes of a value, which the stage has checked to be known.
Sizes sizes_of(const Value* x);
int rank_of(const Value* x);
// Axes 0 … rank − 1.
Sizes iota(int rank);
Sizes ones(int rank);

// The graphs that say how two elements become one; one for all reductions alike.
class Combiners {
 public:
  explicit Combiners(ir::Module& module) : module_(module) {}
  Graph* of(Op op, DType dtype);
  // The second argument, which is the update of a scatter.
  Graph* second(DType dtype);
  // Of (value, place) pairs: the larger or smaller value with the lowest of its places.
  Graph* extreme(bool largest, DType value, DType place);
  // Of pairs of neighbours: whether the first value belongs before the second.
  Graph* descending(DType value, DType place);

 private:
  enum class Kind { pair, second, largest, smallest, descending };
  Graph*& entry(Kind kind, Op op, DType first, DType second);

  ir::Module& module_;
  std::map<std::tuple<Kind, Op, DType, DType>, Graph*> made_;
};

class Lowerer {
 public:
  Lowerer(Graph& graph, Combiners& combiners) : builder_(graph), combiners_(combiners) {}

  ir::Builder& builder() { return builder_; }
  Combiners& combiners() { return combiners_; }
  // What is made from now on stands before the node and says that it comes from there.
  void stand_before(Node& node);

  Values add_all(ir::NodeSpec spec, std::vector<Type> results);
  Value* add(Op op, std::vector<Value*> operands, Type result, ir::Options options = {},
             std::vector<Graph*> graphs = {});
  // An operator of the runtime, to be lowered in turn.
  Value* runtime_op(Op op, std::vector<Value*> operands, ir::Options options = {});

  Value* unary(Op op, Value* x) { return add(op, {x}, x->type()); }
  // Of operands of one shape.
  Value* binary(Op op, Value* a, Value* b) { return add(op, {a, b}, a->type()); }
  Value* compare(Direction direction, Value* a, Value* b);
  Value* select(Value* condition, Value* a, Value* b);
  Value* clamp(Value* x, double low, double high);
  Value* convert(Value* x, DType dtype);

  Value* scalar(DType dtype, double value) { return builder_.scalar(dtype, value); }
  Value* lowest(DType dtype) { return limit(dtype, false); }
  Value* highest(DType dtype) { return limit(dtype, true); }
  // A number of x's type in each place of x.
  Value* like(const Value* x, double value);
  Value* iota_along(DType dtype, const Sizes& sizes, int axis);
  Value* indices(const Sizes& values, const Sizes& shape);

  // By numpy's rule.
  Value* broadcast(Value* x, const Shape& shape);
  // Axis i of x becomes axes[i].
  Value* broadcast_along(Value* x, const Sizes& sizes, const Sizes& axes);
  Value* reshape(Value* x, const Sizes& sizes);
  Value* transpose(Value* x, const Sizes& permutation);
  Value* slice(Value* x, const Sizes& start, const Sizes& limit, const Sizes& strides);
  // The indices [begin, end) of one axis.
  Value* slice_axis(Value* x, int axis, std::int64_t begin, std::int64_t end);
  Value* concatenate(const Values& parts, int axis);
  Value* pad(Value* x, Value* value, const Sizes& low, const Sizes& high, const Sizes& interior);
  // Over these axes, which vanish.
  Value* reduce(Op combiner, Value* x, Value* init, const Sizes& axes);
  // These places along an axis, in this order, each of them any number of times.
  Value* take(Value* x, int axis, const Sizes& places);
  // One element of a list of integers.
  Value* element(Value* list, std::int64_t index);

 private:
  Value* limit(DType dtype, bool highest);

  ir::Builder builder_;
  Combiners& combiners_;
};

}  // namespace litecast::stablehlo
