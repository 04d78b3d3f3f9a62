#include "sources/tensorflow/describe.h"

#include <fmt/format.h>

#include <map>
#include <unordered_set>

#include "sources/tensorflow/call.h"
#include "sources/tensorflow/saved_model.h"

namespace litecast::tensorflow {
namespace {

// Ops of everything that a body runs; each function counts once, however often it is called.
class OpCounter {
 public:
  explicit OpCounter(const Library& library) : library_(library) {}

  void add(const Body& body) {
    count(body);
    while (!pending_.empty()) {
      const std::string_view function = pending_.back();
      pending_.pop_back();
      count(library_.as_written(function).body);
    }
  }
  const std::map<std::string_view, int>& counts() const { return counts_; }
  std::size_t functions() const { return seen_.size(); }

 private:
  void count(const Body& body) {
    for (NodeId id : order(body)) {
      const NodeDef& node = body.nodes[id];
      ++counts_[node.op()];
      if (auto call = call_of(node, library_))
        for (std::string_view function : call->functions)
          if (seen_.insert(function).second) pending_.push_back(function);
    }
  }

  const Library& library_;
  std::map<std::string_view, int> counts_;
  std::unordered_set<std::string_view> seen_;
  std::vector<std::string_view> pending_;
};

std::string tensors_text(const char* label, const std::vector<TensorInfo>& tensors) {
  std::string text;
  for (const TensorInfo& info : tensors)
    text += fmt::format("  {} {} {}{} {}\n", label, info.name, name_of(info.dtype),
                        info.shape.text(), info.tensor);
  return text;
}

Body body_of(const MetaGraph& meta_graph, const SignatureDef& signature) {
  std::vector<std::string_view> feeds, fetches;
  for (const TensorInfo& input : signature.inputs)
    if (input.is_dense) feeds.push_back(input.tensor);
  for (const TensorInfo& output : signature.outputs)
    if (output.is_dense) fetches.push_back(output.tensor);
  return meta_graph.graph().body(feeds, fetches);
}

std::string describe(const MetaGraph& meta_graph) {
  std::string text;
  if (!meta_graph.tags.empty())
    text += fmt::format("graph tagged {}\n", fmt::join(meta_graph.tags, ","));
  if (!meta_graph.tensorflow_version.empty())
    text += fmt::format("written by TensorFlow {}\n", meta_graph.tensorflow_version);
  OpCounter ops(meta_graph.library());
  for (const SignatureDef& signature : meta_graph.signatures) {
    if (!signature.key.empty()) text += fmt::format("signature {}\n", signature.key);
    text += tensors_text("input", signature.inputs);
    text += tensors_text("output", signature.outputs);
    ops.add(body_of(meta_graph, signature));
  }
  if (meta_graph.signatures.empty()) text += "no signatures\n";
  for (const auto& [op, count] : ops.counts()) text += fmt::format("op {} {}\n", op, count);
  return text;
}

}  // namespace

std::string describe_saved_model(const std::string& folder) {
  auto model = SavedModel::open(folder);
  std::string text = fmt::format("SavedModel {}\n", folder);
  for (const auto& meta_graph : model->meta_graphs()) text += describe(*meta_graph);
  if (const TensorBundle* variables = model->variables())
    text += fmt::format("checkpoint tensors {}\n", variables->keys().size());
  return text;
}

std::string describe_graph_def(const std::string& path) {
  const auto document = Document::read(path);
  const MetaGraph graph(Message(*document), {}, {});
  return fmt::format("frozen graph {}\n{}", path, describe(graph));
}

}  // namespace litecast::tensorflow
