// Sizes as values of the running model.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "emit/shape.h"
#include "ir/dim_expr.h"

namespace litecast::emit {
namespace {

// Where a size can be read: the size of an axis, or an element of a tensor that holds sizes.
struct Source {
  Value* value = nullptr;
  int index = 0;
  bool is_element = false;
};

std::optional<Source> axis_with(Value* value, Dim dim) {
  if (!value->shape().is_ranked()) return std::nullopt;
  for (int axis = 0; axis < value->shape().rank(); ++axis)
    if (value->shape()[axis] == dim) return Source{value, axis};
  return std::nullopt;
}

std::optional<Source> element_with(Value* value, Dim dim) {
  if (!value->contents() || !value->shape().is_ranked() || value->shape().rank() > 1)
    return std::nullopt;
  const auto found = std::ranges::find(*value->contents(), dim);
  if (found == value->contents()->end()) return std::nullopt;
  return Source{value, static_cast<int>(found - value->contents()->begin()), true};
}

// Composed sizes are looked for among this many latest nodes only: computing one from its symbols
// is always possible, and a search through all nodes for each would cost quadratic time.
constexpr int kNearbyNodes = 200;

bool is_symbol(Dim dim) {
  const auto& terms = dim.expr()->terms;
  return terms.size() == 1 && terms[0].coefficient == 1 && terms[0].atoms.size() == 1 &&
         terms[0].atoms[0]->kind == ir::AtomKind::symbol;
}

// The expression that is this atom alone.
Dim dim_of(ir::DimContext& dims, const ir::Atom& atom) {
  switch (atom.kind) {
    case ir::AtomKind::symbol:
      return dims.symbol(atom.name);
    case ir::AtomKind::floordiv:
      return floordiv(atom.a, atom.b);
    case ir::AtomKind::ceildiv:
      return ceildiv(atom.a, atom.b);
    case ir::AtomKind::min:
      return min(atom.a, atom.b);
    case ir::AtomKind::max:
      return max(atom.a, atom.b);
    default:
      return ir::broadcast(atom.a, atom.b).value();
  }
}

// A value before the insertion point in which `find` finds the size: inputs first, then the latest.
template <class Find>
std::optional<Source> search(Emitter& e, Dim dim, Find&& find) {
  const ir::Graph& graph = e.builder().graph();
  for (Value* input : graph.inputs())
    if (auto found = find(input, dim)) return found;
  const ir::Node* before = e.builder().insertion_point();
  int budget = is_symbol(dim) ? std::numeric_limits<int>::max() : kNearbyNodes;
  for (const ir::Node* n = before ? before->previous() : graph.last(); n != nullptr && budget > 0;
       n = n->previous(), --budget)
    for (Value* result : n->results())
      if (auto found = find(result, dim)) return found;
  return std::nullopt;
}

// Elements only where nothing else has the size: they may be all that a graph would compute them
// for.
std::optional<Source> find_source(Emitter& e, Dim dim) {
  if (auto axis = search(e, dim, axis_with)) return axis;
  return is_symbol(dim) ? search(e, dim, element_with) : std::nullopt;
}

Value* shape_of(Emitter& e, Value* value) {
  return e.add(Op::SHAPE, {value}, tflite::ShapeOptionsT{.out_type = DType::INT32});
}

Value* sizes_of(Emitter& e, const Source& source) {
  return source.is_element ? cast(e, source.value, DType::INT32) : shape_of(e, source.value);
}

// `count` sizes of the source from its own on, as a vector.
Value* read_vector(Emitter& e, const Source& source, int count) {
  Value* sizes = sizes_of(e, source);
  if (sizes->shape().rank() == 0) return e.add(Op::RESHAPE, {sizes, e.i32({1})});
  return e.add(Op::STRIDED_SLICE,
               {sizes, e.i32({source.index}), e.i32({source.index + count}), e.i32({1})},
               tflite::StridedSliceOptionsT{});
}

Value* read_scalar(Emitter& e, const Source& source) {
  Value* sizes = sizes_of(e, source);
  if (sizes->shape().rank() == 0) return sizes;
  return e.add(Op::STRIDED_SLICE,
               {sizes, e.i32({source.index}), e.i32({source.index + 1}), e.i32({1})},
               tflite::StridedSliceOptionsT{.shrink_axis_mask = 1});
}

Value* ceildiv_value(Emitter& e, Value* a, Value* b) {
  Value* last = e.add(Op::SUB, {b, e.scalar_i32(1)});
  return e.add(Op::FLOOR_DIV, {e.add(Op::ADD, {a, last}), b});
}

// The size that broadcasting gives: where one is 1 the other, else both are equal. max would be
// wrong for a size 0.
Value* broadcast_value(Emitter& e, Value* a, Value* b) {
  return e.add(Op::SELECT_V2, {e.add(Op::EQUAL, {a, e.scalar_i32(1)}), b, a});
}

// One symbolic size may be nested this deep in others (as a chain of strided convolutions does).
constexpr int kMaxDepth = 256;

class Evaluation {
 public:
  // Sizes are scalars, or vectors of one element.
  Evaluation(Emitter& e, bool as_vector) : e_(e), as_vector_(as_vector) {}

  Value* value(Dim dim) {
    if (dim.is_constant()) return e_.scalar_i32(dim.value());
    // Sizes share their parts, which must not be taken apart again and again.
    Value*& made = made_[dim.expr()];
    if (!made) made = make(dim);
    return made;
  }

 private:
  Value* make(Dim dim) {
    if (auto found = find_source(e_, dim))
      return as_vector_ ? read_vector(e_, *found, 1) : read_scalar(e_, *found);
    if (++depth_ > kMaxDepth) throw Unsupported("a tensor size depends on too many others");
    const auto& terms = dim.expr()->terms;
    Value* result = is_atom(terms) ? composed(*terms[0].atoms[0]) : polynomial(*dim.expr());
    --depth_;
    return result;
  }

  static bool is_atom(const std::vector<ir::Term>& terms) {
    return terms.size() == 1 && terms[0].coefficient == 1 && terms[0].atoms.size() == 1;
  }

  Value* composed(const ir::Atom& atom) {
    if (atom.kind == ir::AtomKind::symbol)
      throw Unsupported(fmt::format("the size '{}' is needed but no tensor has it", atom.name));
    Value* a = value(atom.a);
    Value* b = value(atom.b);
    switch (atom.kind) {
      case ir::AtomKind::floordiv:
        return e_.add(Op::FLOOR_DIV, {a, b});
      case ir::AtomKind::ceildiv:
        return ceildiv_value(e_, a, b);
      case ir::AtomKind::min:
        return e_.add(Op::MINIMUM, {a, b});
      case ir::AtomKind::max:
        return e_.add(Op::MAXIMUM, {a, b});
      default:
        return broadcast_value(e_, a, b);
    }
  }

  // The magnitude: the sign is taken into account by the sum.
  Value* term(const ir::Term& term) {
    Value* product = nullptr;
    for (const ir::Atom* atom : term.atoms) {
      Value* factor = value(dim_of(e_.dims(), *atom));
      product = product ? e_.add(Op::MUL, {product, factor}) : factor;
    }
    const std::int64_t coefficient = std::abs(term.coefficient);
    if (product == nullptr) return e_.scalar_i32(coefficient);
    return coefficient == 1 ? product : e_.add(Op::MUL, {product, e_.scalar_i32(coefficient)});
  }

  Value* polynomial(const ir::DimExpr& expr) {
    Value* sum = nullptr;
    for (const ir::Term& t : expr.terms) {
      if (sum == nullptr && t.coefficient > 0)
        sum = term(t);
      else
        sum =
            e_.add(t.coefficient < 0 ? Op::SUB : Op::ADD, {sum ? sum : e_.scalar_i32(0), term(t)});
    }
    return sum;
  }

  Emitter& e_;
  bool as_vector_;
  std::unordered_map<const ir::DimExpr*, Value*> made_;
  int depth_ = 0;
};

// A value before the insertion point that has exactly this shape.
Value* find_shape(Emitter& e, std::span<const Dim> dims) {
  const auto has_shape = [&](const Value* v) {
    return v->shape().is_ranked() && std::ranges::equal(v->shape().dims(), dims);
  };
  const ir::Graph& graph = e.builder().graph();
  for (Value* input : graph.inputs())
    if (has_shape(input)) return input;
  const ir::Node* before = e.builder().insertion_point();
  int budget = kNearbyNodes;
  for (const ir::Node* n = before ? before->previous() : graph.last(); n != nullptr && budget > 0;
       n = n->previous(), --budget)
    for (Value* result : n->results())
      if (has_shape(result)) return result;
  return nullptr;
}

// A shape in as few parts as can be, joined by CONCATENATION: the runtime joins vectors faster than
// it packs scalars.
class ShapeParts {
 public:
  ShapeParts(Emitter& e, std::span<const Dim> dims) : e_(e), sizes_(e, true) {
    while (!dims.empty()) dims = dims.subspan(add_part(dims));
  }
  Value* joined() {
    if (parts_.size() == 1) return parts_[0];
    return e_.add(Op::CONCATENATION, parts_, tflite::ConcatenationOptionsT{});
  }

 private:
  // Adds what the sizes begin with, and tells how many of them that is.
  std::size_t add_part(std::span<const Dim> dims) {
    if (dims[0].is_constant()) return add_constants(dims);
    if (const auto source = find_source(e_, dims[0])) return add_sizes(*source, dims);
    parts_.push_back(sizes_.value(dims[0]));
    return 1;
  }

  std::size_t add_constants(std::span<const Dim> dims) {
    std::vector<std::int64_t> values;
    for (Dim d : dims) {
      if (!d.is_constant()) break;
      values.push_back(d.value());
    }
    parts_.push_back(e_.i32(values));
    return values.size();
  }

  std::size_t add_sizes(const Source& source, std::span<const Dim> dims) {
    std::size_t count = 1;
    while (count < dims.size() && size_at(source, count) == dims[count]) ++count;
    parts_.push_back(read_vector(e_, source, static_cast<int>(count)));
    return count;
  }

  static std::optional<Dim> size_at(const Source& source, std::size_t after) {
    const std::size_t at = static_cast<std::size_t>(source.index) + after;
    const auto& sizes =
        source.is_element ? *source.value->contents() : source.value->shape().dims();
    return at < sizes.size() ? std::optional(sizes[at]) : std::nullopt;
  }

  Emitter& e_;
  Evaluation sizes_;
  std::vector<Value*> parts_;
};

}  // namespace

Value* dim_value(Emitter& e, Dim dim) { return Evaluation(e, false).value(dim); }

Value* shape_value(Emitter& e, std::span<const Dim> dims) {
  if (std::ranges::all_of(dims, &Dim::is_constant)) {
    std::vector<std::int64_t> values;
    for (Dim d : dims) values.push_back(d.value());
    return e.i32(values);
  }
  if (Value* same = find_shape(e, dims)) {
    // What a FILL was given spares the SHAPE of what it made.
    const ir::Node* fill = same->producer();
    return fill && fill->op() == Op::FILL && fill->operand(0)->dtype() == DType::INT32
               ? fill->operand(0)
               : shape_of(e, same);
  }
  return ShapeParts(e, dims).joined();
}

}  // namespace litecast::emit
