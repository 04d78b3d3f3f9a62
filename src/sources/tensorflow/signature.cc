#include "sources/tensorflow/signature.h"

#include <fmt/format.h>

#include <litecast/error.h>

#include <algorithm>
#include <cctype>

#include "sources/tensorflow/control_flow/structure.h"
#include "sources/tensorflow/declared_order.h"
#include "sources/tensorflow/fingerprint.h"
#include "sources/tensorflow/graph_bounds.h"
#include "sources/tensorflow/tensor_constant.h"

namespace litecast::tensorflow {
namespace {

// What Keras' model.export writes has the same function under two keys, `serve` and
// `serving_default`: the second alone is meant for users, as the reference converter takes it too.
bool is_keras_export(const MetaGraph& meta_graph) {
  const ObjectGraph& objects = meta_graph.object_graph();
  const bool has_default = std::ranges::any_of(
      meta_graph.signatures, [](const SignatureDef& s) { return s.key == "serving_default"; });
  return meta_graph.signatures.size() > 1 && has_default && objects.find({"serve"}) &&
         !objects.find({"_default_save_signature"});
}

std::vector<const SignatureDef*> selected(const MetaGraph& meta_graph,
                                          const std::vector<std::string>& keys) {
  if (meta_graph.signatures.empty())
    throw UsageError(
        "the SavedModel has no signatures, so nothing says what goes in and out; save it with "
        "signatures=…, or with model.export(…) in Keras");
  if (keys.empty() && is_keras_export(meta_graph))
    return {&meta_graph.signature("serving_default")};
  std::vector<const SignatureDef*> signatures;
  for (const SignatureDef& signature : meta_graph.signatures)
    if (keys.empty() || std::find(keys.begin(), keys.end(), signature.key) != keys.end())
      signatures.push_back(&signature);
  for (const std::string& key : keys) meta_graph.signature(key);
  return signatures;
}

void require_dense(const SignatureDef& signature) {
  for (const auto* list : {&signature.inputs, &signature.outputs})
    for (const TensorInfo& info : *list)
      if (!info.is_dense)
        throw UsageError(
            fmt::format("signature '{}': '{}' is a sparse or composite tensor, which the format "
                        "does not have; export a function of its dense parts",
                        signature.key, info.name));
}

std::vector<const TensorInfo*> in_given_order(const std::vector<TensorInfo>& infos) {
  std::vector<const TensorInfo*> ordered;
  for (const TensorInfo& info : infos) ordered.push_back(&info);
  return ordered;
}

std::vector<const TensorInfo*> in_reference_order(const std::vector<TensorInfo>& infos) {
  std::vector<const TensorInfo*> ordered = in_given_order(infos);
  std::stable_sort(ordered.begin(), ordered.end(), [](const TensorInfo* a, const TensorInfo* b) {
    return fingerprint64(a->name) < fingerprint64(b->name);
  });
  return ordered;
}

EntryPoint entry_point(const MetaGraph& meta_graph, const SignatureDef& signature, IoOrder order) {
  require_dense(signature);
  const auto ordered = signature.key.empty() ? in_given_order : in_reference_order;
  EntryPoint entry{&signature, ordered(signature.inputs), ordered(signature.outputs), {}};
  if (order == IoOrder::declared && !signature.key.empty()) sort_as_declared(meta_graph, entry);
  std::vector<std::string_view> feeds, fetches;
  for (const TensorInfo* input : entry.inputs) feeds.push_back(input->tensor);
  for (const TensorInfo* output : entry.outputs) fetches.push_back(output->tensor);
  entry.body = with_structure(meta_graph.graph().body(feeds, fetches), meta_graph.library());
  return entry;
}

// A name that the textual IR takes for a symbol.
std::string identifier(std::string_view name) {
  std::string text;
  for (char c : name.substr(0, name.find(':')))
    text += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0]))) text.insert(0, "d");
  return text;
}

// The sizes that the user fixed for an input of any of these names.
const InputShape* find_fixed(const ConvertOptions& options,
                             std::initializer_list<std::string_view> names) {
  for (const InputShape& fixed : options.input_shapes)
    if (std::find(names.begin(), names.end(), fixed.input) != names.end()) return &fixed;
  return nullptr;
}

TensorShape with_fixed_sizes(const TensorShape& shape, const InputShape& fixed) {
  TensorShape result{fixed.sizes};
  if (!shape.known_rank) return result;
  bool fits = shape.dims.size() == fixed.sizes.size();
  for (std::size_t axis = 0; fits && axis < fixed.sizes.size(); ++axis) {
    std::int64_t& size = result.dims[axis];
    if (size < 0) size = shape.dims[axis];
    fits = shape.dims[axis] < 0 || size == shape.dims[axis];
  }
  if (!fits)
    throw UsageError(fmt::format("the shape {} given for input '{}' contradicts the model's {}",
                                 TensorShape{fixed.sizes}.text(), fixed.input, shape.text()));
  return result;
}

// Unknown sizes become symbols named after the input.
ir::Type input_type(ir::DimContext& dims, std::string_view name, DataType dtype,
                    const TensorShape& shape) {
  if (!shape.known_rank) return {dtype_of(dtype), ir::Shape::unranked()};
  std::vector<ir::Dim> sizes;
  for (std::size_t axis = 0; axis < shape.dims.size(); ++axis)
    sizes.push_back(shape.dims[axis] >= 0
                        ? ir::Dim(shape.dims[axis])
                        : dims.fresh(fmt::format("{}_{}", identifier(name), axis)));
  return {dtype_of(dtype), ir::Shape(std::move(sizes))};
}

}  // namespace

std::vector<EntryPoint> entry_points(const MetaGraph& meta_graph, const ConvertOptions& options) {
  std::vector<EntryPoint> entries;
  for (const SignatureDef* signature : selected(meta_graph, options.signatures))
    entries.push_back(entry_point(meta_graph, *signature, options.io_order));
  return entries;
}

ir::Value* add_input(ir::Graph& graph, const TensorInfo& info, const ConvertOptions& options) {
  const InputShape* fixed =
      find_fixed(options, {info.name, info.tensor, parse_tensor_name(info.tensor).node});
  const TensorShape shape = fixed ? with_fixed_sizes(info.shape, *fixed) : info.shape;
  ir::Type type = input_type(graph.module().dims(), info.name, info.dtype, shape);
  return graph.add_input(std::move(type), std::string(info.tensor));
}

ir::Value* add_cut_input(ir::Graph& graph, const NodeDef& producer, const Cut::Tensor& tensor,
                         const ConvertOptions& options) {
  const std::vector<DataType> types = producer.output_types();
  if (tensor.port >= types.size())
    throw UsageError(fmt::format("node '{}' ({}) has {} outputs, so there is no tensor '{}'",
                                 producer.name(), producer.op(), types.size(), tensor.name));
  const std::string_view node = parse_tensor_name(tensor.name).node;
  const InputShape* fixed = find_fixed(options, {tensor.name, node});
  const TensorShape noted = noted_shape(producer, tensor.port);
  const TensorShape shape = fixed ? with_fixed_sizes(noted, *fixed) : noted;
  ir::Type type = input_type(graph.module().dims(), node, types[tensor.port], shape);
  return graph.add_input(std::move(type), tensor.name);
}

}  // namespace litecast::tensorflow
