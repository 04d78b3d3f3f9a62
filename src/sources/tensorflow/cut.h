// Where the user wants the graph to begin and end, instead of at its signature.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ir/graph.h"
#include "sources/tensorflow/node_context.h"

namespace litecast::tensorflow {

class Cut {
 public:
  // Tensors by the paths of their nodes: "path/of/node" or "path/of/node:1".
  Cut(std::span<const std::string> inputs, std::span<const std::string> outputs);

  bool has_inputs() const { return !inputs_.all.empty(); }
  bool has_outputs() const { return !outputs_.all.empty(); }
  bool empty() const { return !has_inputs() && !has_outputs(); }

  // One wanted tensor, and its value once the walk has come to it.
  struct Tensor {
    std::string name;  // with the port
    std::uint32_t port = 0;
    ir::Value* value = nullptr;
  };
  // Whether the walk came to all wanted outputs, and could convert what they need.
  bool found_outputs() const;
  // Throws UsageError when the walk came to no such tensor, naming some that are called similarly.
  void require_all_found() const;

  // The wanted tensors of the node at `path`.
  std::vector<Tensor*> inputs_at(std::string_view path);
  std::vector<Tensor*> outputs_at(std::string_view path);
  std::span<Tensor> inputs() { return inputs_.all; }
  std::span<Tensor> outputs() { return outputs_.all; }

  // The nodes of the frame's body that must run when those at which the graph begins need no
  // inputs; in execution order.
  std::vector<NodeId> order(const Frame& frame) const;

 private:
  struct Tensors {
    explicit Tensors(std::span<const std::string> names);
    std::vector<Tensor*> at(std::string_view path);
    void require_all_found() const;
    void remember_similar(std::string_view path);

    std::vector<Tensor> all;
    std::vector<std::string> similar;  // paths that end like a wanted one
    std::unordered_map<std::string_view, std::vector<std::size_t>> by_node;
  };
  Tensors inputs_, outputs_;
};

}  // namespace litecast::tensorflow
