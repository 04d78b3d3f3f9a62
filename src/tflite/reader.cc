#include "tflite/reader.h"

#include "ir/nesting.h"
#include "tflite/graph_reader.h"

namespace litecast::tflite {
namespace {

class ModelReader {
 public:
  explicit ModelReader(const ModelImage& image)
      : image_(image),
        module_(std::make_unique<ir::Module>()),
        fields_(image.name(), image.size()),
        tensors_(image, *module_, fields_),
        context_{image_, *module_, fields_, tensors_, graphs_} {}

  std::unique_ptr<ir::Module> read() {
    const format::Model& model = image_.model();
    module_->description = fields_.text(model.description());
    read_graphs();
    if (const std::string problem = ir::nesting_problem(*module_); !problem.empty()) {
      fields_.fail(problem);
    }
    if (model.signature_defs()) {
      for (const auto* signature : *model.signature_defs()) read_signature(*signature);
    }
    if (model.metadata()) {
      for (const auto* entry : *model.metadata()) read_metadata(*entry);
    }
    return std::move(module_);
  }

 private:
  void read_graphs();
  void read_signature(const format::SignatureDef& table);
  void read_metadata(const format::Metadata& table);

  const ModelImage& image_;
  std::unique_ptr<ir::Module> module_;
  FileFields fields_;
  TensorReader tensors_;
  std::vector<ir::Graph*> graphs_;
  ReadContext context_;
  std::vector<GraphReader> readers_;
};

void ModelReader::read_graphs() {
  const auto* subgraphs = image_.model().subgraphs();
  if (!subgraphs || subgraphs->size() == 0) fields_.fail("has no subgraph");
  for (const auto* subgraph : *subgraphs) {
    graphs_.push_back(&module_->add_graph(fields_.text(subgraph->name())));
  }
  for (std::size_t i = 0; i < graphs_.size(); ++i) {
    readers_.emplace_back(context_, i);
    readers_.back().read();
  }
}

void ModelReader::read_signature(const format::SignatureDef& table) {
  ir::Signature signature;
  signature.key = fields_.text(table.signature_key());
  const std::uint32_t index = table.subgraph_index();
  if (index >= graphs_.size()) {
    fields_.fail(fmt::format("signature \"{}\": refers to subgraph {}, but there are {}",
                             signature.key, index, graphs_.size()));
  }
  signature.graph = graphs_[index];
  const GraphReader& reader = readers_[index];
  const auto add = [&](const format::TensorMap& map, int position, const char* role,
                       std::vector<ir::SignatureTensor>& list) {
    if (position < 0) {
      fields_.fail(
          fmt::format("signature \"{}\": refers to tensor {}, which is no {} of "
                      "subgraph {}",
                      signature.key, map.tensor_index(), role, index));
    }
    list.push_back({fields_.text(map.name()), position});
  };
  if (table.inputs()) {
    for (const auto* map : *table.inputs()) {
      add(*map, reader.input_position(map->tensor_index()), "input", signature.inputs);
    }
  }
  if (table.outputs()) {
    for (const auto* map : *table.outputs()) {
      add(*map, reader.output_position(map->tensor_index()), "output", signature.outputs);
    }
  }
  module_->signatures.push_back(std::move(signature));
}

void ModelReader::read_metadata(const format::Metadata& table) {
  ir::Metadata entry;
  entry.name = fields_.text(table.name());
  const auto* buffers = image_.model().buffers();
  if (!buffers || table.buffer() >= buffers->size()) {
    fields_.fail(fmt::format("metadata \"{}\": has buffer {}, but there are {}", entry.name,
                             table.buffer(), buffers ? buffers->size() : 0));
  }
  const ByteRange range = image_.data_of(*buffers->Get(table.buffer()));
  fields_.spend(range.size);
  entry.bytes = image_.read(range);
  module_->metadata.push_back(std::move(entry));
}

}  // namespace

std::unique_ptr<ir::Module> read_file(const std::string& path) {
  return ModelReader(ModelImage::read(support::File::open(path))).read();
}

std::unique_ptr<ir::Module> read_memory(std::span<const std::byte> bytes, const std::string& name) {
  return ModelReader(ModelImage::of(bytes, name)).read();
}

}  // namespace litecast::tflite
