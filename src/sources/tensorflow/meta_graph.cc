#include "sources/tensorflow/meta_graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_set>

#include <litecast/error.h>
#include "sources/tensorflow/graph_bounds.h"

namespace litecast::tensorflow {

namespace {

constexpr std::string_view kInitOp = "__saved_model_init_op";
constexpr std::string_view kTrainOp = "__saved_model_train_op";

TensorInfo read_tensor_info(Message message) {
  TensorInfo info;
  // An absent shape is an unknown one.
  info.shape.known_rank = false;
  for (MessageReader field(message, "TensorInfo"); field.next();) {
    switch (field.tag()) {
      case 1:
        info.tensor = field.bytes();
        break;
      case 2:
        info.dtype = data_type_of(field.integer()).value_or(DataType::kInvalid);
        break;
      case 3:
        info.shape = read_tensor_shape(field.message());
        break;
      case 4:
      case 5:
        info.is_dense = false;
        break;
    }
  }
  return info;
}

void append_tensor_info(Message message, std::vector<TensorInfo>& infos) {
  const MapEntry entry = read_map_entry(message);
  infos.push_back(read_tensor_info(entry.value));
  infos.back().name = entry.key;
}

template <class T, class Key>
void sort_by(std::vector<T>& values, Key key) {
  std::stable_sort(values.begin(), values.end(),
                   [&](const T& a, const T& b) { return a.*key < b.*key; });
}

SignatureDef read_signature_entry(Message entry_message) {
  const MapEntry entry = read_map_entry(entry_message);
  SignatureDef signature{.key = entry.key};
  for (MessageReader field(entry.value, "SignatureDef"); field.next();) {
    if (field.tag() == 1) append_tensor_info(field.message(), signature.inputs);
    if (field.tag() == 2) append_tensor_info(field.message(), signature.outputs);
    if (field.tag() == 3) signature.method_name = field.bytes();
  }
  sort_by(signature.inputs, &TensorInfo::name);
  sort_by(signature.outputs, &TensorInfo::name);
  return signature;
}

SaverDef read_saver(Message message) {
  SaverDef saver;
  for (MessageReader field(message, "SaverDef"); field.next();) {
    if (field.tag() == 1) saver.filename_tensor_name = field.bytes();
    if (field.tag() == 2) saver.save_tensor_name = field.bytes();
    if (field.tag() == 3) saver.restore_op_name = field.bytes();
  }
  return saver;
}

Asset read_asset(Message message) {
  Asset asset;
  for (MessageReader field(message, "AssetFileDef"); field.next();) {
    if (field.tag() == 1) asset.tensor = read_tensor_info(field.message()).tensor;
    if (field.tag() == 2) asset.filename = field.bytes();
  }
  return asset;
}

void read_slice(Message message, VariableDef& variable) {
  for (MessageReader field(message, "SaveSliceInfoDef"); field.next();) {
    switch (field.tag()) {
      case 1:
        variable.full_name = field.bytes();
        break;
      case 2:
        field.append_to(variable.full_shape);
        break;
      case 3:
        field.append_to(variable.var_offset);
        break;
      case 4:
        field.append_to(variable.var_shape);
        break;
    }
  }
}

VariableDef read_variable(Message message) {
  VariableDef variable;
  for (MessageReader field(message, "VariableDef"); field.next();) {
    switch (field.tag()) {
      case 1:
        variable.variable_name = field.bytes();
        break;
      case 2:
        variable.initializer_name = field.bytes();
        break;
      case 3:
        variable.snapshot_name = field.bytes();
        break;
      case 4:
        read_slice(field.message(), variable);
        break;
      case 5:
        variable.is_resource = field.boolean();
        break;
      case 6:
        variable.initial_value_name = field.bytes();
        break;
    }
  }
  return variable;
}

// What MetaInfoDef tells about the whole.
struct MetaInfo {
  std::vector<std::string_view> tags;
  std::string_view tensorflow_version;
  Message op_list;
};

MetaInfo read_meta_info(Message message) {
  MetaInfo info;
  for (MessageReader field(message, "MetaInfoDef"); field.next();) {
    if (field.tag() == 2) info.op_list = field.message();
    if (field.tag() == 4) info.tags.push_back(field.bytes());
    if (field.tag() == 5) info.tensorflow_version = field.bytes();
  }
  return info;
}

Message read_function_library(Message graph) {
  Message library;
  for (MessageReader field(graph, "GraphDef"); field.next();) {
    if (field.tag() == 2) library = field.message();
  }
  return library;
}

// The elements of a CollectionDef: strings of a node_list or bytes_list, messages of an any_list.
std::vector<Message> read_collection(Message message) {
  constexpr std::uint32_t kNodeList = 1, kBytesList = 2, kAnyList = 5;
  std::vector<Message> values;
  for (MessageReader field(message, "CollectionDef"); field.next();) {
    const std::uint32_t kind = field.tag();
    if (kind != kNodeList && kind != kBytesList && kind != kAnyList) continue;
    for (MessageReader list(field.message(), "CollectionDef"); list.next();) {
      if (list.tag() == 1) values.push_back(list.message());
    }
  }
  return values;
}

Message read_any(Message message) {
  Message value;
  for (MessageReader field(message, "Any"); field.next();) {
    if (field.tag() == 2) value = field.message();
  }
  return value;
}

}  // namespace

MetaGraph::MetaGraph(Message message) {
  MetaInfo info;
  std::string_view init_signature;
  for (MessageReader field(message, "MetaGraphDef"); field.next();) {
    switch (field.tag()) {
      case 1:
        info = read_meta_info(field.message());
        break;
      case 2:
        graph_message_ = field.message();
        break;
      case 3:
        saver = read_saver(field.message());
        break;
      case 4: {
        const MapEntry entry = read_map_entry(field.message());
        collections_[entry.key] = entry.value;
        break;
      }
      case 5: {
        SignatureDef signature = read_signature_entry(field.message());
        if (signature.key == kInitOp && !signature.outputs.empty()) {
          init_signature = signature.outputs.front().tensor;
        } else if (signature.key != kTrainOp) {
          signatures.push_back(std::move(signature));
        }
        break;
      }
      case 6:
        assets.push_back(read_asset(field.message()));
        break;
      case 7:
        object_graph_message_ = field.message();
        break;
    }
  }
  tags = std::move(info.tags);
  tensorflow_version = info.tensorflow_version;
  sort_by(signatures, &SignatureDef::key);
  library_ = std::make_unique<Library>(read_function_library(graph_message_), info.op_list);
  find_init_op(init_signature);
  if (assets.empty()) read_asset_collection();
}

MetaGraph::MetaGraph(Message graph, std::span<const std::string> inputs,
                     std::span<const std::string> outputs)
    : graph_message_(graph),
      library_(std::make_unique<Library>(read_function_library(graph), Message())) {
  SignatureDef& bounds = signatures.emplace_back();
  bounds.inputs = inputs.empty() ? placeholders(this->graph()) : tensors(this->graph(), inputs);
  bounds.outputs = outputs.empty() ? untaken(this->graph()) : tensors(this->graph(), outputs);
}

void MetaGraph::find_init_op(std::string_view from_signature) {
  for (const std::string_view key : {"saved_model_main_op", "legacy_init_op"}) {
    const auto names = collection(key);
    if (init_op.empty() && !names.empty()) init_op = names.front();
  }
  if (init_op.empty()) init_op = from_signature;
}

void MetaGraph::read_asset_collection() {
  for (const Message any : read_collection(find_collection("saved_model_assets"))) {
    assets.push_back(read_asset(read_any(any)));
  }
}

const SignatureDef& MetaGraph::signature(std::string_view key) const {
  std::vector<std::string_view> keys;
  for (const SignatureDef& signature : signatures) {
    if (signature.key == key) return signature;
    keys.push_back(signature.key);
  }
  throw UsageError(keys.empty() ? fmt::format("there is no signature '{}': the model has none", key)
                                : fmt::format("there is no signature '{}'; there are: {}", key,
                                              fmt::join(keys, ", ")));
}

const GraphDef& MetaGraph::graph() const {
  if (!graph_) graph_ = std::make_unique<GraphDef>(graph_message_, *library_);
  return *graph_;
}

const ObjectGraph& MetaGraph::object_graph() const {
  if (!object_graph_) object_graph_ = std::make_unique<ObjectGraph>(object_graph_message_);
  return *object_graph_;
}

std::vector<VariableDef> MetaGraph::variable_defs() const {
  std::vector<VariableDef> variables;
  std::unordered_set<std::string_view> names;
  for (const std::string_view key : {"variables", "trainable_variables", "local_variables"}) {
    for (const Message message : read_collection(find_collection(key))) {
      VariableDef variable = read_variable(message);
      if (names.insert(variable.variable_name).second) variables.push_back(std::move(variable));
    }
  }
  return variables;
}

std::vector<std::string_view> MetaGraph::collection(std::string_view key) const {
  std::vector<std::string_view> values;
  for (const Message message : read_collection(find_collection(key))) {
    values.push_back(message.bytes());
  }
  return values;
}

Message MetaGraph::find_collection(std::string_view key) const {
  const auto found = collections_.find(key);
  return found == collections_.end() ? Message() : found->second;
}

}  // namespace litecast::tensorflow
