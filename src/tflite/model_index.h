// The numbers by which a file refers to what a module holds: subgraphs, tensors, operator codes and
// buffers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "ir/module.h"
#include "tflite/buffer_pool.h"
#include "tflite/namespace.h"

namespace litecast::tflite {

// One for each builtin operator and each name of a custom one that the file uses.
struct OperatorCode {
  ir::Op op;
  std::string custom_name;
  // The lowest that expresses every node.
  int version = 1;
};

struct GraphIndex {
  const ir::Graph* graph;
  // Inputs first, then for each node its constants and results.
  std::vector<const ir::Value*> tensors;
  std::vector<std::uint32_t> operator_codes;  // of each node, in order

  // Position among `tensors`; -1 for null.
  std::int32_t tensor(const ir::Value* value) const;

 private:
  friend class ModelIndex;
  void add(const ir::Value* value);
  std::vector<std::int32_t> tensor_of_id_;
};

class ModelIndex {
 public:
  // Graph 0, the graphs of signatures, and all that these reach. `module` must outlive this.
  explicit ModelIndex(const ir::Module& module);

  const std::vector<GraphIndex>& graphs() const { return graphs_; }
  const std::vector<OperatorCode>& operator_codes() const { return operator_codes_; }
  // The graph must be reachable.
  std::int32_t subgraph(const ir::Graph* graph) const { return subgraphs_.at(graph); }
  BufferPool& buffers() { return buffers_; }
  const BufferPool& buffers() const { return buffers_; }

 private:
  void number_graphs(const ir::Module& module);
  void index_graph(GraphIndex& index);
  void add_value(GraphIndex& index, const ir::Value* value);
  std::uint32_t operator_code(const ir::Node& node);

  const ir::Module& module_;
  std::vector<GraphIndex> graphs_;
  std::unordered_map<const ir::Graph*, std::int32_t> subgraphs_;
  std::vector<OperatorCode> operator_codes_;
  std::map<std::pair<ir::Op, std::string>, std::uint32_t> code_indices_;
  BufferPool buffers_;
};

}  // namespace litecast::tflite
