#include "ir/builder.h"

#include <litecast/error.h>

#include <Eigen/Core>

#include "ir/dead_nodes.h"
#include "ir/fold.h"

namespace litecast::ir {
namespace {

std::size_t mix(std::size_t h, std::size_t v) { return (h ^ v) * 1099511628211u; }

// Options are compared, not hashed: nodes that differ in them alone are rare.
std::size_t hash_of(const NodeSpec& spec, std::size_t epoch) {
  std::size_t h = mix(epoch, static_cast<std::size_t>(spec.op));
  for (const Value* v : spec.operands) h = mix(h, v ? v->id() + 1 : 0);
  return h;
}

std::size_t hash_of(const std::vector<Dim>& contents, const Type& type) {
  std::size_t h = static_cast<std::size_t>(type.dtype);
  for (const Dim dim : contents) h = mix(h, dim.hash());
  return h;
}

bool same(const NodeSpec& a, const NodeSpec& b) {
  return a.op == b.op && a.operands == b.operands && a.graphs == b.graphs &&
         a.custom_name == b.custom_name && a.custom_bytes == b.custom_bytes &&
         a.options == b.options;
}

bool may_be_equal(const Shape& a, const Shape& b) {
  const bool are_known = a.is_ranked() && b.is_ranked() && a.is_static() && b.is_static();
  return !are_known || a == b;
}

// Some ops (BITCAST, QUANTIZE, STABLEHLO_RESHAPE) say only by their result's type what they do.
bool same_results(const Node& node, const std::vector<Type>& types) {
  return std::ranges::equal(node.results(), types, [](const Value* result, const Type& type) {
    return result->dtype() == type.dtype && result->type().quantization == type.quantization &&
           may_be_equal(result->shape(), type.shape);
  });
}

bool all_constant(std::span<Value* const> operands) {
  return std::all_of(operands.begin(), operands.end(),
                     [](const Value* v) { return !v || v->is_constant(); });
}

template <class T>
ConstantPtr scalar_of(DType dtype, T value) {
  return Constant::of<T>(dtype, {}, std::span<const T>(&value, 1));
}

ConstantPtr integers_of(DType dtype, const StaticShape& shape,
                        const std::vector<std::int64_t>& values) {
  if (dtype == DType::INT64) return Constant::of<std::int64_t>(dtype, shape, values);
  std::vector<std::int32_t> narrow;
  for (std::int64_t v : values) {
    if (v != static_cast<std::int32_t>(v))
      throw MalformedInput(fmt::format("the size {} does not fit 32 bits", v));
    narrow.push_back(static_cast<std::int32_t>(v));
  }
  return Constant::of<std::int32_t>(dtype, shape, narrow);
}

// Known contents that are all numbers, of a type that can hold them, are a constant.
ConstantPtr constant_from(const std::vector<Dim>& contents, const Type& type) {
  const bool holds =
      type.dtype == DType::INT32 || type.dtype == DType::INT64 || type.dtype == DType::BOOL;
  if (!holds || !type.shape.is_static() || type.quantization) return nullptr;
  std::vector<std::int64_t> values;
  for (Dim d : contents) {
    if (!d.is_constant()) return nullptr;
    if (type.dtype == DType::INT32 && d.value() != static_cast<std::int32_t>(d.value()))
      return nullptr;
    values.push_back(d.value());
  }
  if (type.dtype == DType::BOOL) {
    const std::vector<std::uint8_t> truths(values.begin(), values.end());
    return Constant::of<std::uint8_t>(type.dtype, type.shape.static_dims(), truths);
  }
  return integers_of(type.dtype, type.shape.static_dims(), values);
}

// Each such node has its own state, even where all operands are equal.
bool consumes_state(const ops::OpInfo& info) {
  return std::any_of(info.operands.begin(), info.operands.end(),
                     [](const ops::OperandSpec& spec) { return spec.consumed_state; });
}

}  // namespace

Builder::Builder(Graph& graph) : graph_(&graph), provenance_(graph.module().provenance("")) {}
Builder::Builder(Node& before)
    : graph_(&before.graph()), before_(&before), provenance_(before.provenance_ref()) {}

tl::expected<std::vector<Type>, ops::LimitViolation> Builder::infer(const ops::OpInfo& info,
                                                                    const NodeSpec& spec,
                                                                    std::vector<Type> given) const {
  const ops::OpView view{spec.op, spec.options, spec.operands, spec.graphs};
  auto inferred = ops::infer(info, view, dims());
  if (!inferred) return inferred;
  return given.empty() ? std::move(*inferred) : std::move(given);
}

tl::expected<Values, ops::LimitViolation> Builder::add(NodeSpec spec, std::vector<Type> given) {
  const ops::OpInfo* info = ops::find(spec.op);
  if (!info) {
    ++epoch_;
    return insert(std::move(spec), std::move(given));
  }
  auto types = infer(*info, spec, std::move(given));
  if (!types) return tl::unexpected(std::move(types.error()));
  const ops::Effect effect = ops::effect_of(*info, spec);
  if (effect == ops::Effect::write || effect == ops::Effect::opaque ||
      std::ranges::any_of(spec.graphs, [](const Graph* body) { return has_effect(*body); }))
    ++epoch_;
  const bool pure = effect == ops::Effect::pure;
  if ((!pure && effect != ops::Effect::read) || consumes_state(*info))
    return insert(std::move(spec), std::move(*types));

  const ops::OpView view{spec.op, spec.options, spec.operands, spec.graphs, *types};
  if (pure && spec.graphs.empty() && all_constant(spec.operands)) {
    Values values;
    for (ConstantPtr& c : fold(*info, view, *types)) values.push_back(constant(std::move(c)));
    if (!values.empty()) return values;
  }
  std::vector<std::optional<std::vector<Dim>>> contents(types->size());
  if (info->contents) {
    Values values;
    for (std::size_t i = 0; i < types->size(); ++i) {
      contents[i] = info->contents(view, static_cast<int>(i), dims());
      auto c = contents[i] ? constant_from(*contents[i], (*types)[i]) : nullptr;
      if (c) values.push_back(constant(std::move(c)));
    }
    if (!values.empty() && values.size() == types->size()) return values;
  }

  const bool tells_sizes = pure && types->size() == 1 && contents[0] && !contents[0]->empty();
  const std::size_t sizes_hash = tells_sizes ? hash_of(*contents[0], types->front()) : 0;
  if (tells_sizes)
    if (Node* shared = find_sizes(*contents[0], types->front(), sizes_hash))
      return Values(shared->results().begin(), shared->results().end());

  std::size_t hash = hash_of(spec, pure ? 0 : epoch_ + 1);
  for (const Type& type : *types) hash = mix(hash, static_cast<std::size_t>(type.dtype));
  if (const Node* shared = find_shared(spec, *types, hash))
    return Values(shared->results().begin(), shared->results().end());
  Values values = insert(std::move(spec), std::move(*types));
  for (std::size_t i = 0; i < values.size(); ++i)
    if (contents[i]) values[i]->set_contents(std::move(*contents[i]));
  if (!values.empty()) shared_.insert(hash, values[0]->producer());
  if (tells_sizes) sizes_.insert(sizes_hash, values[0]->producer());
  return values;
}

Values Builder::insert(NodeSpec spec, std::vector<Type> results) {
  Node* n = graph_->insert(std::move(spec), std::move(results), provenance_, before_);
  return Values(n->results().begin(), n->results().end());
}

Node* Builder::find_shared(const NodeSpec& spec, const std::vector<Type>& types,
                           std::size_t hash) const {
  return shared_.find(hash, [&](const Node& node) {
    return !node.is_erased() && same(node.spec(), spec) && same_results(node, types) &&
           (!before_ || node.is_before(*before_));
  });
}

Node* Builder::find_sizes(const std::vector<Dim>& contents, const Type& type,
                          std::size_t hash) const {
  return sizes_.find(hash, [&](const Node& node) {
    if (node.is_erased() || (before_ && !node.is_before(*before_))) return false;
    const Value& result = *node.result();
    return result.contents() && *result.contents() == contents && result.type() == type;
  });
}

Value* Builder::constant_i32(const std::vector<std::int64_t>& values) {
  return constant(integers_of(DType::INT32, {static_cast<std::int64_t>(values.size())}, values));
}
Value* Builder::scalar_i32(std::int64_t value) {
  return constant(integers_of(DType::INT32, {}, {value}));
}

Value* Builder::scalar(DType dtype, double value) {
  switch (dtype) {
    case DType::FLOAT32:
      return constant(scalar_of(dtype, static_cast<float>(value)));
    case DType::FLOAT64:
      return constant(scalar_of(dtype, value));
    case DType::FLOAT16:
      return constant(scalar_of(dtype, Eigen::half(static_cast<float>(value))));
    case DType::BFLOAT16:
      return constant(scalar_of(dtype, Eigen::bfloat16(static_cast<float>(value))));
    case DType::INT8:
      return constant(scalar_of(dtype, static_cast<std::int8_t>(value)));
    case DType::INT16:
      return constant(scalar_of(dtype, static_cast<std::int16_t>(value)));
    case DType::INT32:
      return constant(scalar_of(dtype, static_cast<std::int32_t>(value)));
    case DType::INT64:
      return constant(scalar_of(dtype, static_cast<std::int64_t>(value)));
    case DType::UINT8:
      return constant(scalar_of(dtype, static_cast<std::uint8_t>(value)));
    case DType::UINT16:
      return constant(scalar_of(dtype, static_cast<std::uint16_t>(value)));
    case DType::UINT32:
      return constant(scalar_of(dtype, static_cast<std::uint32_t>(value)));
    case DType::UINT64:
      return constant(scalar_of(dtype, static_cast<std::uint64_t>(value)));
    case DType::BOOL:
      return constant(scalar_of(dtype, static_cast<std::uint8_t>(value != 0)));
    case DType::COMPLEX64:
      return constant(scalar_of(dtype, std::complex<float>(static_cast<float>(value))));
    case DType::COMPLEX128:
      return constant(scalar_of(dtype, std::complex<double>(value)));
    default:
      throw Error(fmt::format("a scalar of {} cannot be made from a number", short_name(dtype)));
  }
}

Builder::Trial::Trial(Builder& builder)
    : builder_(builder),
      last_(builder.graph_->last()),
      graphs_(builder.module().graphs().size()),
      signatures_(builder.module().signatures.size()),
      resources_(builder.module().resources.size()) {}

Builder::Trial::~Trial() {
  if (committed_) return;
  Graph& graph = *builder_.graph_;
  while (graph.last() != last_) graph.erase(*graph.last());
  Module& module = builder_.module();
  module.erase_graphs_from(graphs_);
  module.signatures.resize(signatures_);
  module.resources.resize(resources_);
}

}  // namespace litecast::ir
