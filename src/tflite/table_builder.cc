#include "tflite/table_builder.h"

#include <litecast/error.h>

#include <algorithm>

#include "ops/op_info.h"
#include "tflite/subgraph_fields.h"
#include "tflite/tensor_names.h"
#include "tflite/tensor_shape.h"

namespace litecast::tflite {

using flatbuffers::Offset;
template <class T>
using OffsetVector = std::vector<Offset<T>>;

namespace {

// Whether the kernel keeps the tensor from one run to the next.
bool is_state(const ir::Value& value) {
  if (value.is_variable()) return true;
  return std::any_of(value.uses().begin(), value.uses().end(), [](const ir::Use& use) {
    const ops::OpInfo* info = ops::find(use.node->op());
    const auto operand = static_cast<std::size_t>(use.operand);
    return info && operand < info->operands.size() && info->operands[operand].consumed_state;
  });
}

}  // namespace

class TableBuilder {
 public:
  TableBuilder(const ir::Module& module, const ModelIndex& index, DataPlacement placement)
      : module_(module), index_(index), placement_(placement) {}

  Tables build(const std::vector<ir::Metadata>& metadata);

 private:
  Offset<format::OperatorCode> operator_code(const OperatorCode& code);
  Offset<format::SubGraph> subgraph(const GraphIndex& graph);
  Offset<format::Tensor> tensor(const ir::Value& value, const std::string& name);
  Offset<format::QuantizationParameters> quantization(const ir::Quantization* quantization);
  Offset<format::Operator> operation(const GraphIndex& graph, const ir::Node& node,
                                     std::uint32_t code);
  Offset<flatbuffers::Vector<std::int32_t>> tensors(const GraphIndex& graph,
                                                    std::span<ir::Value* const> values);
  Offset<format::SignatureDef> signature(const ir::Signature& signature);
  Offset<format::TensorMap> tensor_map(const GraphIndex& graph, const ir::SignatureTensor& tensor,
                                       std::span<ir::Value* const> values);
  OffsetVector<format::Buffer> constant_buffers();
  Offset<format::Buffer> open_buffer(std::uint64_t size);
  Offset<format::Buffer> whole_buffer(std::span<const std::byte> bytes);
  // FlatBufferBuilder ends the process when it runs out of its 2 GB.
  void require_room(std::uint64_t bytes) const;

  const ir::Module& module_;
  const ModelIndex& index_;
  DataPlacement placement_;
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<std::size_t> fields_from_end_;
};

Tables TableBuilder::build(const std::vector<ir::Metadata>& metadata) {
  OffsetVector<format::SubGraph> subgraphs;
  for (const GraphIndex& graph : index_.graphs()) subgraphs.push_back(subgraph(graph));
  OffsetVector<format::Buffer> buffers = constant_buffers();
  OffsetVector<format::Metadata> entries;
  for (const ir::Metadata& entry : metadata) {
    const auto index = static_cast<std::uint32_t>(buffers.size());
    buffers.push_back(whole_buffer(entry.bytes));
    entries.push_back(format::CreateMetadata(builder_, builder_.CreateString(entry.name), index));
  }
  OffsetVector<format::SignatureDef> signatures;
  // One without a key is none: callers go by the graph's inputs and outputs.
  for (const ir::Signature& entry : module_.signatures)
    if (!entry.key.empty()) signatures.push_back(signature(entry));
  OffsetVector<format::OperatorCode> codes;
  for (const OperatorCode& code : index_.operator_codes()) codes.push_back(operator_code(code));

  const auto code_vector = builder_.CreateVector(codes);
  const auto subgraph_vector = builder_.CreateVector(subgraphs);
  const auto description = builder_.CreateString(module_.description);
  const auto buffer_vector = builder_.CreateVector(buffers);
  const auto entry_vector = builder_.CreateVector(entries);
  const auto signature_vector = builder_.CreateVector(signatures);
  format::FinishModelBuffer(
      builder_, format::CreateModel(builder_, kSchemaVersion, code_vector, subgraph_vector,
                                    description, buffer_vector, 0, entry_vector, signature_vector));

  Tables result;
  result.placement_ = placement_;
  const std::size_t size = builder_.GetSize();
  for (const std::size_t from_end : fields_from_end_) {
    result.fields_.push_back(from_end == 0 ? 0 : size - from_end);
  }
  result.buffer_ = builder_.Release();
  return result;
}

Offset<format::OperatorCode> TableBuilder::operator_code(const OperatorCode& code) {
  const auto number = static_cast<std::int32_t>(code.op);
  const auto deprecated_number = static_cast<std::int8_t>(std::min(number, 127));
  Offset<flatbuffers::String> name;
  if (code.op == ir::Op::CUSTOM) name = builder_.CreateString(code.custom_name);
  return format::CreateOperatorCode(builder_, deprecated_number, name, code.version, code.op);
}

Offset<format::SubGraph> TableBuilder::subgraph(const GraphIndex& graph) {
  const std::vector<std::string> names = tensor_names(graph);
  OffsetVector<format::Tensor> tensor_tables;
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    tensor_tables.push_back(tensor(*graph.tensors[i], names[i]));
  }
  OffsetVector<format::Operator> operators;
  std::size_t next = 0;
  for (const ir::Node* node = graph.graph->first(); node; node = node->next()) {
    operators.push_back(operation(graph, *node, graph.operator_codes[next++]));
  }
  const auto inputs = tensors(graph, graph.graph->inputs());
  const auto outputs = tensors(graph, graph.graph->outputs());
  const auto name = builder_.CreateString(graph.graph->name());
  const auto tensor_vector = builder_.CreateVector(tensor_tables);
  const auto operator_vector = builder_.CreateVector(operators);
  return format::CreateSubGraph(builder_, tensor_vector, inputs, outputs, operator_vector, name);
}

Offset<format::Tensor> TableBuilder::tensor(const ir::Value& value, const std::string& name) {
  const ir::Type& type = value.type();
  require_room(name.size());
  const auto shape = builder_.CreateVector(allocated_shape(type));
  const bool is_free = type.shape.is_ranked() && !type.shape.is_static();
  Offset<flatbuffers::Vector<std::int32_t>> signature;
  if (is_free) signature = builder_.CreateVector(shape_signature(type));
  const auto name_offset = builder_.CreateString(name);
  const auto quantization_offset = quantization(type.quantization);
  const std::uint32_t buffer =
      value.is_constant() ? index_.buffers().buffer_of(value.constant()) : 0;
  return format::CreateTensor(builder_, shape, type.dtype, buffer, name_offset, quantization_offset,
                              is_state(value), 0, signature, type.shape.is_ranked());
}

Offset<format::QuantizationParameters> TableBuilder::quantization(
    const ir::Quantization* quantization) {
  if (!quantization) return 0;
  const auto scales = builder_.CreateVector(quantization->scales);
  const auto zero_points = builder_.CreateVector(quantization->zero_points);
  return format::CreateQuantizationParameters(builder_, 0, 0, scales, zero_points,
                                              format::QuantizationDetails::NONE, 0,
                                              quantization->axis);
}

Offset<format::Operator> TableBuilder::operation(const GraphIndex& graph, const ir::Node& node,
                                                 std::uint32_t code) {
  const auto custom_bytes = node.custom_bytes();
  require_room(custom_bytes.size());
  std::vector<std::int32_t> subgraphs;
  for (const ir::Graph* body : node.graphs()) subgraphs.push_back(index_.subgraph(body));
  const ir::Options options =
      subgraphs.empty() ? node.options() : with_subgraph_indices(node.options(), subgraphs);

  const auto inputs = tensors(graph, node.operands());
  const auto outputs = tensors(graph, node.results());
  Offset<void> first, second;
  if (options.first()) first = options.first()->Pack(builder_);
  if (options.second()) second = options.second()->Pack(builder_);
  Offset<flatbuffers::Vector<std::uint8_t>> custom;
  if (!custom_bytes.empty()) {
    custom = builder_.CreateVector(custom_bytes.data(), custom_bytes.size());
  }
  format::OperatorBuilder table(builder_);
  table.add_opcode_index(code);
  table.add_inputs(inputs);
  table.add_outputs(outputs);
  if (options.first()) {
    table.add_builtin_options_type(options.first()->type);
    table.add_builtin_options(first);
  }
  if (options.second()) {
    table.add_builtin_options_2_type(options.second()->type);
    table.add_builtin_options_2(second);
  }
  if (!custom_bytes.empty()) table.add_custom_options(custom);
  return table.Finish();
}

Offset<flatbuffers::Vector<std::int32_t>> TableBuilder::tensors(
    const GraphIndex& graph, std::span<ir::Value* const> values) {
  require_room(values.size() * sizeof(std::int32_t));
  std::vector<std::int32_t> indices;
  for (const ir::Value* value : values) indices.push_back(graph.tensor(value));
  return builder_.CreateVector(indices);
}

Offset<format::SignatureDef> TableBuilder::signature(const ir::Signature& signature) {
  const std::int32_t subgraph = index_.subgraph(signature.graph);
  const GraphIndex& graph = index_.graphs()[static_cast<std::size_t>(subgraph)];
  OffsetVector<format::TensorMap> inputs;
  for (const auto& input : signature.inputs) {
    inputs.push_back(tensor_map(graph, input, signature.graph->inputs()));
  }
  OffsetVector<format::TensorMap> outputs;
  for (const auto& output : signature.outputs) {
    outputs.push_back(tensor_map(graph, output, signature.graph->outputs()));
  }
  const auto input_vector = builder_.CreateVector(inputs);
  const auto output_vector = builder_.CreateVector(outputs);
  const auto key = builder_.CreateString(signature.key);
  return format::CreateSignatureDef(builder_, input_vector, output_vector, key,
                                    static_cast<std::uint32_t>(subgraph));
}

Offset<format::TensorMap> TableBuilder::tensor_map(const GraphIndex& graph,
                                                   const ir::SignatureTensor& tensor,
                                                   std::span<ir::Value* const> values) {
  const std::int32_t index = graph.tensor(values[static_cast<std::size_t>(tensor.index)]);
  return format::CreateTensorMap(builder_, builder_.CreateString(tensor.name),
                                 static_cast<std::uint32_t>(index));
}

OffsetVector<format::Buffer> TableBuilder::constant_buffers() {
  OffsetVector<format::Buffer> buffers = {format::CreateBuffer(builder_)};
  const auto entries = index_.buffers().entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (index_.buffers().buffer_of_entry(i) != buffers.size()) continue;  // shares an earlier one
    const std::uint64_t size = entries[i]->byte_size();
    if (size > 0) {
      buffers.push_back(open_buffer(size));
    } else {
      buffers.push_back(whole_buffer({}));
      fields_from_end_.push_back(0);
    }
  }
  return buffers;
}

// A buffer whose reference to its data stays open. A FlatBuffer is built from its end: the
// builder's size is the distance of what was just written from there.
Offset<format::Buffer> TableBuilder::open_buffer(std::uint64_t size) {
  const auto start = builder_.StartTable();
  if (placement_ == DataPlacement::within_flatbuffer) {
    builder_.AddElement<flatbuffers::uoffset_t>(format::Buffer::VT_DATA, 1, 0);
    fields_from_end_.push_back(builder_.GetSize());
  } else {
    builder_.AddElement<std::uint64_t>(format::Buffer::VT_SIZE, size, 0);
    builder_.AddElement<std::uint64_t>(format::Buffer::VT_OFFSET, 1, 0);
    fields_from_end_.push_back(builder_.GetSize());
  }
  return builder_.EndTable(start);
}

Offset<format::Buffer> TableBuilder::whole_buffer(std::span<const std::byte> bytes) {
  require_room(bytes.size());
  builder_.ForceVectorAlignment(bytes.size(), 1, kDataAlignment);
  return format::CreateBuffer(
      builder_,
      builder_.CreateVector(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

void TableBuilder::require_room(std::uint64_t bytes) const {
  constexpr std::uint64_t kReserve = 16 << 20;
  if (builder_.GetSize() + bytes > kMaxFlatBufferSize - kReserve) {
    throw UsageError("the model's structure, without constants, exceeds the 2 GB of a .tflite");
  }
}

void Tables::set_data(std::span<const DataExtent> extents) {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i] == 0) continue;
    std::uint8_t* field = buffer_.data() + fields_[i];
    if (placement_ == DataPlacement::within_flatbuffer) {
      const std::uint64_t vector = extents[i].offset - sizeof(flatbuffers::uoffset_t);
      flatbuffers::WriteScalar(field, static_cast<flatbuffers::uoffset_t>(vector - fields_[i]));
    } else {
      flatbuffers::WriteScalar(field, extents[i].offset);
    }
  }
}

Tables build_tables(const ir::Module& module, const ModelIndex& index,
                    const std::vector<ir::Metadata>& metadata, DataPlacement placement) {
  return TableBuilder(module, index, placement).build(metadata);
}

}  // namespace litecast::tflite
