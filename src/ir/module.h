// A whole model: graphs, the signatures by which callers know them, and the resources they share.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "ir/graph.h"

namespace litecast::ir {

// A named argument or result of a signature: position among the graph's inputs or outputs.
struct SignatureTensor {
  std::string name;
  int index;
};

struct Signature {
  std::string key;
  Graph* graph;
  std::vector<SignatureTensor> inputs;
  std::vector<SignatureTensor> outputs;
};

// State that outlives a run. The only origin of VAR_HANDLE, of the initialising graph and of the
// CALL_ONCE that stands first in each signature that needs it.
struct Resource {
  std::string container;
  std::string shared_name;
  Type type;
  ConstantPtr initial;
};

// Why a node of that custom op stands for one of the source.
struct CustomOpNote {
  std::string custom_name;
  std::string reason;
  std::string remedy;
};

struct Metadata {
  std::string name;
  std::vector<std::byte> bytes;
};

class Module {
 public:
  DimContext& dims() { return dims_; }

  Graph& add_graph(std::string name);
  // Graph 0 is what a runtime without signatures runs.
  const std::vector<std::unique_ptr<Graph>>& graphs() const { return graphs_; }
  void erase_graphs_from(std::size_t first) { graphs_.resize(first); }
  // Erases the others, which nothing may refer to.
  void keep_graphs(const std::function<bool(const Graph&)>& keep) {
    std::erase_if(graphs_, [&](const auto& graph) { return !keep(*graph); });
  }

  std::vector<Signature> signatures;
  std::vector<Resource> resources;
  std::vector<Metadata> metadata;
  std::vector<CustomOpNote> custom_op_notes;
  std::string description;
  // Version of TensorFlow that wrote the source; empty when it was another framework.
  std::string tensorflow_version;
  // Of operators that the op table does not know: the version in the file that was read.
  std::map<Op, int> operator_versions;
  // Whether places are to be known better than by their paths.
  bool keeps_origins = false;

  // Interned: equal arguments give the same pointer, valid as long as the Module.
  const Provenance* provenance(std::string_view path) {
    return provenances_.intern({std::string(path)});
  }
  const Provenance* provenance(Provenance place) { return provenances_.intern(std::move(place)); }
  // The place of what was made from nodes of these; it has the path of `first`.
  const Provenance* merged(const Provenance& first, std::span<const Provenance* const> places);
  const Quantization* quantization(Quantization quantization);

 private:
  DimContext dims_;
  std::vector<std::unique_ptr<Graph>> graphs_;
  Provenances provenances_;
  std::deque<Quantization> quantizations_;
};

}  // namespace litecast::ir
