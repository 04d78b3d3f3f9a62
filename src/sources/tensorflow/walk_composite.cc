// Calls of functions that say what they implement.
#include <algorithm>

#include "emit/suppression.h"
#include "sources/tensorflow/body_graph.h"
#include "sources/tensorflow/composite.h"
#include "sources/tensorflow/custom_options.h"
#include "sources/tensorflow/result_shapes.h"
#include "sources/tensorflow/tensor_constant.h"
#include "sources/tensorflow/walk.h"

namespace litecast::tensorflow {
namespace {

// Kernels that the runtime, or the library that defines the function, brings under these names.
constexpr std::string_view kKnownKernels[] = {"TFLite_Detection_PostProcess",
                                              "tftext:WhitespaceTokenizer", "tftext:Ngrams",
                                              "tftext:custom:SgnnProjection"};
// What such a kernel does as the function's own ops do it as well, on any runtime.
constexpr std::string_view kDenseImageWarp = "addons:DenseImageWarp";
constexpr std::string_view kSuppression = "non_max_suppression_padded_v2";

// Nothing where an argument is no tensor: kernels take tensors alone.
std::optional<std::vector<Value*>> tensors(const std::vector<Binding>& arguments) {
  std::vector<Value*> values;
  for (const Binding& argument : arguments) {
    const auto* value = std::get_if<Value*>(&argument);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

// Boxes, scores, the most to select, and the thresholds; more arguments only hint at sizes.
bool is_plain_suppression(const Composite& composite, std::span<Value* const> operands,
                          std::size_t results) {
  return composite.name == kSuppression && operands.size() >= 5 && results == 2 &&
         operands[0]->shape().is_ranked() && operands[0]->shape().rank() == 2;
}

}  // namespace

std::vector<ir::Type> Walk::result_types(NodeContext& node, std::string_view function,
                                         const std::vector<Binding>& arguments) {
  const Body& body = model_.library.function(function).body;
  std::vector<ir::Type> types;
  const auto noted = node.node.find_attr("_output_shapes");
  const std::vector<TensorShape> shapes = noted ? noted->shapes() : std::vector<TensorShape>();
  for (std::size_t i = 0; i < body.rets.size(); ++i) {
    ir::Type type{dtype_of(body.rets[i].type), Shape::unranked()};
    if (i < shapes.size()) type.shape = shape_of(shapes[i], emitter_.dims());
    types.push_back(std::move(type));
  }
  // What the function's own ops would give; some of them may be unknown, which is why a kernel
  // computes it.
  ir::Builder::Trial trial(emitter_.builder());
  const ConvertOptions builtin_only;
  Fallback none(builtin_only);
  Diagnostics problems;
  Cut no_cut({}, {});
  Walk inner({model_.library, model_.plan, model_.variables, model_.tables, none, problems, no_cut,
              model_.new_input, model_.visited},
             emitter_.builder());
  const std::vector<Binding> results = inner.run_function(node, function, arguments);
  for (std::size_t i = 0; i < std::min(types.size(), results.size()); ++i)
    if (const auto* value = std::get_if<Value*>(&results[i])) types[i].shape = (*value)->shape();
  return types;
}

bool Walk::call_composite(NodeContext& node, std::string_view function,
                          const std::vector<Binding>& arguments) {
  const auto composite = composite_of(model_.library.function(function));
  if (!composite) return false;
  const auto operands = tensors(arguments);
  if (!operands) return false;
  const std::size_t results = model_.library.function(function).body.rets.size();
  node.set_provenance();
  if (is_plain_suppression(*composite, *operands, results)) {
    const auto selected = emit::suppress(
        emitter_, {(*operands)[0], (*operands)[1], (*operands)[2], (*operands)[3], (*operands)[4]});
    node.output(0, selected.indices);
    node.output(1, selected.count);
    return true;
  }
  const bool is_known =
      std::ranges::find(kKnownKernels, composite->name) != std::end(kKnownKernels) ||
      (composite->name == kDenseImageWarp && model_.fallback.allows_custom("DenseImageWarp"));
  if (!composite->is_fusable && !is_known) return false;
  emit_kernel(node, *composite, *operands, result_types(node, function, arguments));
  return true;
}

void Walk::emit_kernel(NodeContext& node, const Composite& composite,
                       const std::vector<Value*>& operands, std::vector<ir::Type> types) {
  std::string_view name = composite.name;
  if (name == kDenseImageWarp) name.remove_prefix(std::string_view("addons:").size());
  auto made = emitter_.builder().add({.op = Op::CUSTOM,
                                      .operands = operands,
                                      .custom_name = std::string(name),
                                      .custom_bytes = composite_options(composite.attrs),
                                      .custom_effect = ir::CustomEffect::pure},
                                     std::move(types));
  if (!made) throw Unsupported(made.error().message);
  for (std::size_t i = 0; i < made->size(); ++i) node.output(static_cast<int>(i), (*made)[i]);
  model_.fallback.reasons.add(name, "", "a function of the model says that this kernel computes it",
                              "");
}

}  // namespace litecast::tensorflow
