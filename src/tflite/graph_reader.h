// One subgraph of a file as a graph of the IR.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "ir/module.h"
#include "tflite/file_fields.h"
#include "tflite/model_image.h"
#include "tflite/tensor_reader.h"

namespace litecast::tflite {

// What reading has at hand for all subgraphs.
struct ReadContext {
  const ModelImage& image;
  ir::Module& module;
  FileFields& fields;
  TensorReader& tensors;
  // By subgraph index; made before any is filled, since operators refer to later ones.
  const std::vector<ir::Graph*>& graphs;
};

class GraphReader {
 public:
  GraphReader(const ReadContext& context, std::size_t subgraph);
  // Fills the graph.
  void read();

  // Position among the graph's inputs (outputs) of the tensor; -1 when it is none of them.
  int input_position(std::uint32_t tensor) const;
  int output_position(std::uint32_t tensor) const;

 private:
  void read_inputs();
  void read_operator(const format::Operator& table, const std::string& where);
  void read_outputs();
  ir::NodeSpec node_spec(const format::Operator& table, const std::string& where);
  ir::Op op(const format::OperatorCode& code, const std::string& where) const;
  ir::Options options(const format::Operator& table);
  std::vector<ir::Graph*> bodies(const ir::Options& options, const std::string& where) const;
  std::vector<std::uint8_t> custom_bytes(const format::Operator& table);
  std::vector<ir::Type> result_types(const ir::NodeSpec& spec,
                                     const std::vector<std::int32_t>& results) const;

  std::size_t checked_index(std::int32_t tensor, const std::string& where) const;
  ir::Value* operand(std::int32_t tensor, const std::string& where);
  void bind(std::int32_t tensor, ir::Value* value, const std::string& where);
  std::string name_of(std::size_t tensor) const;

  const ReadContext& context_;
  std::size_t subgraph_;
  const format::SubGraph& table_;
  ir::Graph& graph_;
  std::string where_;
  std::vector<TensorRecord> records_;
  std::vector<ir::Value*> values_;  // of each tensor, once it is made
  std::vector<std::int32_t> inputs_;
  std::vector<std::int32_t> outputs_;
  std::unordered_map<std::uint32_t, int> input_positions_;
  std::unordered_map<std::uint32_t, int> output_positions_;
};

}  // namespace litecast::tflite
