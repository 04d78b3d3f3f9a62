#include "tflite/graph_reader.h"

#include <litecast/error.h>

#include <algorithm>

#include "ops/op_info.h"
#include "tflite/subgraph_fields.h"

namespace litecast::tflite {
namespace {

// What the file says of a result, with the sizes that inference knows better than "free".
ir::Type refined(const ir::Type& stated, const ir::Type& inferred) {
  ir::Type result = stated;
  if (stated.dtype != inferred.dtype || !inferred.shape.is_ranked()) return result;
  if (!stated.shape.is_ranked()) {
    result.shape = inferred.shape;
    return result;
  }
  if (stated.shape.rank() != inferred.shape.rank()) return result;
  std::vector<ir::Dim> dims = stated.shape.dims();
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (!dims[i].is_constant()) dims[i] = inferred.shape.dims()[i];
  }
  result.shape = ir::Shape(std::move(dims));
  return result;
}

// First position of each tensor in a list.
std::unordered_map<std::uint32_t, int> positions(const std::vector<std::int32_t>& tensors) {
  std::unordered_map<std::uint32_t, int> result;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    result.try_emplace(static_cast<std::uint32_t>(tensors[i]), static_cast<int>(i));
  }
  return result;
}

int find_position(const std::unordered_map<std::uint32_t, int>& positions, std::uint32_t tensor) {
  const auto it = positions.find(tensor);
  return it == positions.end() ? -1 : it->second;
}

}  // namespace

GraphReader::GraphReader(const ReadContext& context, std::size_t subgraph)
    : context_(context),
      subgraph_(subgraph),
      table_(*context.image.model().subgraphs()->Get(static_cast<std::uint32_t>(subgraph))),
      graph_(*context.graphs[subgraph]),
      where_(fmt::format("subgraph {}", subgraph)),
      inputs_(context.fields.list(table_.inputs())),
      outputs_(context.fields.list(table_.outputs())),
      input_positions_(positions(inputs_)),
      output_positions_(positions(outputs_)) {}

int GraphReader::input_position(std::uint32_t tensor) const {
  return find_position(input_positions_, tensor);
}

int GraphReader::output_position(std::uint32_t tensor) const {
  return find_position(output_positions_, tensor);
}

void GraphReader::read() {
  if (table_.tensors()) {
    for (const auto* tensor : *table_.tensors()) {
      records_.push_back(context_.tensors.read(tensor, name_of(records_.size())));
    }
  }
  values_.resize(records_.size());
  read_inputs();
  if (table_.operators()) {
    for (std::uint32_t i = 0; i < table_.operators()->size(); ++i) {
      read_operator(*table_.operators()->Get(i), fmt::format("{}, operator {}", where_, i));
    }
  }
  read_outputs();
}

void GraphReader::read_inputs() {
  for (const std::int32_t tensor : inputs_) {
    const std::size_t index = checked_index(tensor, where_);
    bind(tensor, graph_.add_input(records_[index].type, records_[index].name), where_);
  }
}

void GraphReader::read_outputs() {
  std::vector<ir::Value*> values;
  for (const std::int32_t tensor : outputs_) {
    checked_index(tensor, where_);
    values.push_back(operand(tensor, where_));
  }
  graph_.set_outputs(std::move(values));
}

void GraphReader::read_operator(const format::Operator& table, const std::string& where) {
  ir::NodeSpec spec = node_spec(table, where);
  const std::vector<std::int32_t> results = context_.fields.list(table.outputs());
  for (const std::int32_t tensor : results) checked_index(tensor, where);
  const std::string name =
      results.empty() ? std::string() : records_[static_cast<std::size_t>(results[0])].name;
  const std::vector<ir::Type> types = result_types(spec, results);
  ir::Node* node = graph_.insert(std::move(spec), types, context_.module.provenance(name));
  for (std::size_t i = 0; i < results.size(); ++i) {
    ir::Value* value = node->result(static_cast<int>(i));
    bind(results[i], value, where);
    value->set_name(records_[static_cast<std::size_t>(results[i])].name);
  }
}

ir::NodeSpec GraphReader::node_spec(const format::Operator& table, const std::string& where) {
  const auto* codes = context_.image.model().operator_codes();
  if (!codes || table.opcode_index() >= codes->size()) {
    context_.fields.fail(fmt::format("{}: has operator code {}, but there are {}", where,
                                     table.opcode_index(), codes ? codes->size() : 0));
  }
  const format::OperatorCode& code = *codes->Get(table.opcode_index());
  if (table.intermediates() && table.intermediates()->size() > 0) {
    throw UsageError(fmt::format("{}: {}: an operator with intermediate tensors cannot be read yet",
                                 context_.image.name(), where));
  }
  ir::NodeSpec spec{.op = op(code, where)};
  for (const std::int32_t tensor : context_.fields.list(table.inputs())) {
    spec.operands.push_back(tensor == -1 ? nullptr : operand(tensor, where));
  }
  const ir::Options stated = options(table);
  spec.graphs = bodies(stated, where);
  spec.options = without_subgraph_indices(stated);
  spec.custom_bytes = custom_bytes(table);
  if (spec.op == ir::Op::CUSTOM) {
    spec.custom_name = context_.fields.text(code.custom_code());
  } else if (!ops::find(spec.op)) {
    int& version = context_.module.operator_versions[spec.op];
    version = std::max(version, code.version());
  }
  return spec;
}

ir::Op GraphReader::op(const format::OperatorCode& code, const std::string& where) const {
  const auto number = std::max(static_cast<std::int32_t>(code.builtin_code()),
                               std::int32_t{code.deprecated_builtin_code()});
  const auto op = static_cast<ir::Op>(number);
  if (op < ir::Op::MIN || op > ir::Op::MAX) {
    context_.fields.fail(fmt::format("{}: has operator number {}, expected 0 to {}", where, number,
                                     static_cast<int>(ir::Op::MAX)));
  }
  return op;
}

ir::Options GraphReader::options(const format::Operator& table) {
  if (const void* options = table.builtin_options()) {
    const auto type = table.builtin_options_type();
    context_.fields.spend_options(options, format::EnumNameBuiltinOptions(type));
    auto unpacked = std::make_shared<format::BuiltinOptionsUnion>();
    unpacked->value = format::BuiltinOptionsUnion::UnPack(options, type, nullptr);
    if (unpacked->value) unpacked->type = type;
    return ir::Options(std::shared_ptr<const format::BuiltinOptionsUnion>(std::move(unpacked)));
  }
  if (const void* options = table.builtin_options_2()) {
    const auto type = table.builtin_options_2_type();
    context_.fields.spend_options(options, format::EnumNameBuiltinOptions2(type));
    auto unpacked = std::make_shared<format::BuiltinOptions2Union>();
    unpacked->value = format::BuiltinOptions2Union::UnPack(options, type, nullptr);
    if (unpacked->value) unpacked->type = type;
    return ir::Options(std::shared_ptr<const format::BuiltinOptions2Union>(std::move(unpacked)));
  }
  return {};
}

std::vector<ir::Graph*> GraphReader::bodies(const ir::Options& options,
                                            const std::string& where) const {
  std::vector<ir::Graph*> result;
  for (const std::int32_t index : subgraph_indices(options)) {
    if (index < 0 || static_cast<std::size_t>(index) >= context_.graphs.size()) {
      context_.fields.fail(fmt::format("{}: refers to subgraph {}, but there are {}", where, index,
                                       context_.graphs.size()));
    }
    result.push_back(context_.graphs[static_cast<std::size_t>(index)]);
  }
  return result;
}

std::vector<std::uint8_t> GraphReader::custom_bytes(const format::Operator& table) {
  if (table.large_custom_options_offset() <= 1) return context_.fields.list(table.custom_options());
  const ByteRange range{table.large_custom_options_offset(), table.large_custom_options_size()};
  context_.image.check_range(range);
  context_.fields.spend(range.size);
  const auto bytes = context_.image.read(range);
  const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
  return {begin, begin + bytes.size()};
}

std::vector<ir::Type> GraphReader::result_types(const ir::NodeSpec& spec,
                                                const std::vector<std::int32_t>& results) const {
  std::vector<ir::Type> types;
  for (const std::int32_t tensor : results) {
    types.push_back(records_[static_cast<std::size_t>(tensor)].type);
  }
  const ops::OpInfo* info = ops::find(spec.op);
  if (!info || !info->infer) return types;
  const ops::OpView view{spec.op, spec.options, spec.operands, spec.graphs};
  const auto inferred = ops::infer(*info, view, context_.module.dims());
  if (!inferred || inferred->size() != types.size()) return types;
  for (std::size_t i = 0; i < types.size(); ++i) types[i] = refined(types[i], (*inferred)[i]);
  return types;
}

std::size_t GraphReader::checked_index(std::int32_t tensor, const std::string& where) const {
  if (tensor < 0 || static_cast<std::size_t>(tensor) >= records_.size()) {
    context_.fields.fail(
        fmt::format("{}: refers to tensor {}, but there are {}", where, tensor, records_.size()));
  }
  return static_cast<std::size_t>(tensor);
}

ir::Value* GraphReader::operand(std::int32_t tensor, const std::string& where) {
  const std::size_t index = checked_index(tensor, where);
  const TensorRecord& record = records_[index];
  ir::Value*& value = values_[index];
  if (value) return value;
  if (record.has_data) {
    value = graph_.constant(context_.tensors.constant(record, name_of(index)));
    if (value->name().empty()) value->set_name(record.name);
  } else if (record.is_variable) {
    value = graph_.add_variable(record.type, record.name);
  } else {
    context_.fields.fail(
        fmt::format("{}: uses tensor {}, which nothing before it makes", where, tensor));
  }
  return value;
}

void GraphReader::bind(std::int32_t tensor, ir::Value* value, const std::string& where) {
  ir::Value*& slot = values_[static_cast<std::size_t>(tensor)];
  if (slot) {
    context_.fields.fail(fmt::format("{}: tensor {} is made a second time", where, tensor));
  }
  slot = value;
}

std::string GraphReader::name_of(std::size_t tensor) const {
  return fmt::format("{}, tensor {}", where_, tensor);
}

}  // namespace litecast::tflite
