// MetaGraphDef: a graph with its entry points, functions, objects and what restores its state.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sources/tensorflow/function_def.h"
#include "sources/tensorflow/graph_def.h"
#include "sources/tensorflow/object_graph.h"
#include "sources/tensorflow/proto.h"
#include "sources/tensorflow/tensor_info.h"

namespace litecast::tensorflow {

// An entry point. Inputs and outputs are sorted by name: the file's maps have no order. That of a
// GraphDef alone has no key, and the order that was asked for.
struct SignatureDef {
  std::string_view key;
  std::string_view method_name;
  std::vector<TensorInfo> inputs;
  std::vector<TensorInfo> outputs;
};

// A file in assets/ and the main graph's tensor that must hold its path.
struct Asset {
  std::string_view filename;
  std::string_view tensor;
};

// How the graph restores its checkpoint; empty names when there are no variables.
struct SaverDef {
  std::string_view filename_tensor_name;
  std::string_view save_tensor_name;
  std::string_view restore_op_name;
};

// A variable of a TensorFlow 1 graph, from the collections.
struct VariableDef {
  std::string_view variable_name;  // Tensor name, "w:0".
  std::string_view initializer_name;
  std::string_view snapshot_name;
  std::string_view initial_value_name;
  bool is_resource = false;
  // For a part of a partitioned variable: the whole one's name and where the part lies.
  std::string_view full_name;
  std::vector<std::int64_t> full_shape;
  std::vector<std::int64_t> var_offset;
  std::vector<std::int64_t> var_shape;
};

// One graph of a SavedModel. Not for use by several threads at once.
class MetaGraph {
 public:
  explicit MetaGraph(Message message);
  // Of a GraphDef alone: its one signature has these inputs and outputs (tensor names, which must
  // outlive the object), by default its placeholders and the tensors that no node takes. Throws
  // UsageError when there are no such tensors.
  MetaGraph(Message graph, std::span<const std::string> inputs,
            std::span<const std::string> outputs);
  MetaGraph(const MetaGraph&) = delete;
  MetaGraph& operator=(const MetaGraph&) = delete;

  std::vector<std::string_view> tags;
  std::string_view tensorflow_version;
  // Sorted by key. Those that only serve TensorFlow ("__saved_model_init_op") are not among them.
  std::vector<SignatureDef> signatures;
  SaverDef saver;
  // From asset_file_def, or from the collection saved_model_assets of TensorFlow 1.
  std::vector<Asset> assets;
  // The node that initialises tables and assets; empty when there is none.
  std::string_view init_op;

  // Throws UsageError listing the keys that exist.
  const SignatureDef& signature(std::string_view key) const;

  const Library& library() const { return *library_; }
  // Both are decoded when first asked for.
  const GraphDef& graph() const;
  const ObjectGraph& object_graph() const;
  // Decoded from the collections variables, trainable_variables and local_variables, each once.
  std::vector<VariableDef> variable_defs() const;
  // The strings of a node_list or bytes_list collection; empty when there is no such collection.
  std::vector<std::string_view> collection(std::string_view key) const;

 private:
  void find_init_op(std::string_view from_signature);
  void read_asset_collection();
  Message find_collection(std::string_view key) const;

  Message graph_message_;
  Message object_graph_message_;
  std::unordered_map<std::string_view, Message> collections_;
  std::unique_ptr<Library> library_;
  mutable std::unique_ptr<GraphDef> graph_;
  mutable std::unique_ptr<ObjectGraph> object_graph_;
};

}  // namespace litecast::tensorflow
