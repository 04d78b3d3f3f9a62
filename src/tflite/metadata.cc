#include "tflite/metadata.h"

#include <charconv>

#include "conversion_metadata_generated.h"
#include "ops/op_info.h"
#include "tflite/format.h"
#include "tflite/tensor_shape.h"

namespace litecast::tflite {
namespace {

// "2.10.0" as {2, 10, 0}.
std::vector<int> components(std::string_view version) {
  std::vector<int> result;
  while (!version.empty()) {
    int value = 0;
    std::from_chars(version.data(), version.data() + version.size(), value);
    result.push_back(value);
    const auto dot = version.find('.');
    version = dot == version.npos ? std::string_view() : version.substr(dot + 1);
  }
  return result;
}

// What the file that the module was read from stated: text, padded with zero bytes.
std::string stated_runtime(const ir::Module& module) {
  for (const ir::Metadata& entry : module.metadata) {
    if (entry.name != kMinRuntimeVersion) continue;
    const std::string_view text(reinterpret_cast<const char*>(entry.bytes.data()),
                                entry.bytes.size());
    return std::string(text.substr(0, text.find('\0')));
  }
  return {};
}

class Hash {
 public:
  void add(std::uint64_t value) {
    constexpr std::uint64_t kOffset = 0x9E3779B97F4A7800;
    hash_ ^= value + kOffset + (hash_ << 10) + (hash_ >> 4);
  }
  void add_tensors(const GraphIndex& graph, std::span<ir::Value* const> values) {
    for (const ir::Value* value : values) {
      add(static_cast<std::uint64_t>(std::int64_t{graph.tensor(value)}));
    }
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0;
};

}  // namespace

std::string min_runtime_version(const ir::Module& module, const ModelIndex& index) {
  std::string result = stated_runtime(module);
  for (const OperatorCode& code : index.operator_codes()) {
    const ops::OpInfo* info = code.op == ir::Op::CUSTOM ? nullptr : ops::find(code.op);
    const auto row = static_cast<std::size_t>(code.version - 1);
    if (!info || row >= info->min_runtime.size()) continue;
    const std::string_view needed = info->min_runtime[row];
    if (components(needed) > components(result)) result = needed;
  }
  return result;
}

std::uint64_t model_hash(const ModelIndex& index) {
  Hash hash;
  for (const GraphIndex& graph : index.graphs()) {
    hash.add(graph.operator_codes.size());
    for (const ir::Node* node = graph.graph->first(); node; node = node->next()) {
      hash.add_tensors(graph, node->operands());
      hash.add_tensors(graph, node->results());
    }
    hash.add(graph.tensors.size());
    for (const ir::Value* tensor : graph.tensors) {
      if (tensor->is_constant()) hash.add(tensor->constant()->byte_size());
      for (std::int32_t size : allocated_shape(tensor->type())) {
        hash.add(static_cast<std::uint64_t>(std::int64_t{size}));
      }
    }
    hash.add(graph.graph->inputs().size());
    hash.add(graph.graph->outputs().size());
  }
  return hash.value();
}

std::vector<std::byte> conversion_metadata(const ir::Module& module, const ModelIndex& index,
                                           const ConversionOptions& options) {
  format::ConversionMetadataT metadata;
  metadata.environment = std::make_unique<format::EnvironmentT>();
  metadata.environment->tensorflow_version = module.tensorflow_version;
  metadata.environment->api_version = 2;
  metadata.environment->model_type = module.tensorflow_version.empty()
                                         ? format::ModelType::NONE
                                         : format::ModelType::TF_SAVED_MODEL;
  metadata.environment->model_hash = model_hash(index);
  metadata.options = std::make_unique<format::ConversionOptionsT>();
  metadata.options->allow_custom_ops = options.allow_custom_ops;
  metadata.options->enable_select_tf_ops = options.enable_select_tf_ops;
  metadata.options->force_select_tf_ops = options.force_select_tf_ops;
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(format::ConversionMetadata::Pack(builder, &metadata));
  const auto bytes = std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  return {bytes.begin(), bytes.end()};
}

}  // namespace litecast::tflite
