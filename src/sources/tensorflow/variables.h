// What the handles, constants and assets of the main graph stand for.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sources/tensorflow/object_graph.h"
#include "sources/tensorflow/saved_model.h"
#include "sources/tensorflow/tensor_bundle.h"

namespace litecast::tensorflow {

// The checkpoint's tensor that holds a variable, for TensorBundle::segments and read.
struct VariableSource {
  std::string_view key;
  // Of a part of a partitioned variable: where the part lies in the tensor; empty for all of it.
  std::vector<SliceExtent> slice;
};

// Finds the checkpoint's tensor for a variable. A TensorFlow 2 file says it through its object
// graph (captures of functions → objects → keys), else through the function that restores the
// checkpoint; a TensorFlow 1 file through the nodes that restore it, else by name.
class Variables {
 public:
  // Both must outlive this object; `bundle` is null for a model without checkpoint.
  Variables(const MetaGraph& meta_graph, const TensorBundle* bundle);

  // For the variable that a VarHandleOp or VariableV2 node of the main graph makes; nullopt when
  // the checkpoint has nothing for it.
  std::optional<VariableSource> find_node(std::string_view node) const;
  // For an object of kind variable.
  std::optional<VariableSource> find_object(ObjectId object) const;

  // The checkpoint's tensors with the keys and values of a table that changes.
  struct TableSource {
    std::string keys;
    std::string values;
  };
  std::optional<TableSource> find_table(std::string_view node) const;

  // The object that a node of the main graph was saved for, as far as a function captures it.
  std::optional<ObjectId> object_of_node(std::string_view node) const;

  // The asset (file name in assets/) whose path a string Const or Placeholder node of the main
  // graph, or a variable that is initialised with it, holds; nullopt when it is none.
  std::optional<std::string_view> asset_of_node(std::string_view node) const;

 private:
  void map_captures();
  void map_assets();
  std::optional<std::string_view> key_by_name(std::string_view node) const;

  const MetaGraph& meta_graph_;
  const TensorBundle* bundle_;
  // Of the restore nodes, and of the object graph in the checkpoint.
  std::unordered_map<std::string_view, VariableSource> node_sources_;
  std::unordered_map<ObjectId, std::string> object_keys_;
  std::unordered_map<std::string_view, ObjectId> node_objects_;
  std::unordered_map<std::string_view, std::string_view> node_assets_;
};

}  // namespace litecast::tensorflow
