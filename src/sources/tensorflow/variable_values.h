// Where the values of a model's variables are: in its checkpoint, or in the memory of the program
// that holds the model.
#pragma once

#include <litecast/memory_model.h>

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>

#include "ir/constant.h"
#include "sources/tensorflow/variables.h"

namespace litecast::tensorflow {

class VariableValues {
 public:
  virtual ~VariableValues() = default;

  // Of the variable that a node of the main graph makes. Throws emit::Unsupported or an Error when
  // there is none.
  virtual ir::ConstantPtr find(const NodeDef& handle) const = 0;
  struct SavedTable {
    ir::ConstantPtr keys;
    ir::ConstantPtr values;
  };
  // What a table that changes held when the model was saved.
  virtual std::optional<SavedTable> find_table(const NodeDef&) const { return std::nullopt; }
  // The asset whose path a node of the main graph holds.
  virtual std::optional<std::string_view> asset_of(std::string_view) const { return std::nullopt; }
};

class CheckpointValues : public VariableValues {
 public:
  // Both must outlive this object; `bundle` is null for a model without checkpoint.
  CheckpointValues(const MetaGraph& meta_graph, const TensorBundle* bundle)
      : variables_(meta_graph, bundle), bundle_(bundle) {}

  ir::ConstantPtr find(const NodeDef& handle) const override;
  std::optional<SavedTable> find_table(const NodeDef& handle) const override;
  std::optional<std::string_view> asset_of(std::string_view node) const override {
    return variables_.asset_of_node(node);
  }

 private:
  Variables variables_;
  const TensorBundle* bundle_;
};

// Also for a frozen graph, which should have no variables.
class MemoryValues : public VariableValues {
 public:
  // The tensors must outlive this object.
  explicit MemoryValues(std::span<const MemoryTensor> tensors);

  ir::ConstantPtr find(const NodeDef& handle) const override;

 private:
  std::unordered_map<std::string_view, const MemoryTensor*> tensors_;
};

}  // namespace litecast::tensorflow
