// Reads real SavedModels: all that are in the folder that LITECAST_TEST_MODELS names.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "sources/tensorflow/restore_nodes.h"
#include "sources/tensorflow/saved_model.h"
#include "sources/tensorflow/variables.h"

namespace litecast::tensorflow {
namespace {

std::vector<std::string> model_folders() {
  std::vector<std::string> folders;
  const char* root = std::getenv("LITECAST_TEST_MODELS");
  if (!root) return folders;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (SavedModel::is_saved_model(entry.path().string())) folders.push_back(entry.path().string());
  }
  return folders;
}

bool is_variable(const NodeDef& node) {
  return node.op() == "VarHandleOp" || node.op() == "VariableV2";
}

// Visits a body and all functions that it names, each once.
class Visit {
 public:
  Visit(const MetaGraph& graph, const Variables& variables, const TensorBundle* bundle)
      : graph_(graph), variables_(variables), bundle_(bundle) {}

  void run(const Body& body) {
    for (const NodeId id : order(body)) {
      const NodeDef& node = body.nodes[id];
      ASSERT_TRUE(node.op_def()) << node.op();
      EXPECT_EQ(node.input_types().size(), body.data_inputs(id).size()) << node.name();
      if (is_variable(node)) check_variable(node);
      for (const auto& [name, value] : node.attrs().entries()) {
        if (value.kind() != AttrValue::Kind::kFunction) continue;
        const auto function = value.function().name;
        if (functions_.insert(function).second) run(graph_.library().function(function).body);
      }
    }
  }

  std::size_t variables_read = 0;

 private:
  void check_variable(const NodeDef& node) {
    if (variables_.asset_of_node(node.name())) return;
    const auto source = variables_.find_node(node.name());
    ASSERT_TRUE(source) << node.name();
    ASSERT_TRUE(bundle_);
    const auto entry = bundle_->find(source->key);
    ASSERT_TRUE(entry) << source->key;
    EXPECT_EQ(entry->dtype, node.attr("dtype").type()) << node.name();
    const auto bytes = bundle_->read(source->key, source->slice);
    const auto count = node.attr("shape").shape().element_count();
    ASSERT_TRUE(count) << node.name();
    EXPECT_EQ(bytes.size(), static_cast<std::size_t>(*count) * element_size(entry->dtype));
    ++variables_read;
  }

  const MetaGraph& graph_;
  const Variables& variables_;
  const TensorBundle* bundle_;
  std::set<std::string_view> functions_;
};

// The object graph and the restore function name two copies of a Keras 3 weight: the same bytes.
void expect_both_routes_agree(const MetaGraph& graph, const Variables& variables,
                              const TensorBundle& bundle) {
  for (const auto& [node, restored] : restored_variables(graph)) {
    const auto source = variables.find_node(node);
    if (!source || !graph.graph().find(node)) continue;
    EXPECT_EQ(bundle.read(source->key, source->slice), bundle.read(restored.key, restored.slice))
        << node << ": " << source->key << " and " << restored.key;
  }
}

TEST(SavedModelFiles, EverySignatureIsReadToItsLastVariable) {
  const auto folders = model_folders();
  if (folders.empty()) GTEST_SKIP() << "LITECAST_TEST_MODELS names no folder with SavedModels";
  for (const auto& folder : folders) {
    SCOPED_TRACE(folder);
    const auto model = SavedModel::open(folder);
    const MetaGraph& graph = model->meta_graph();
    const Variables variables(graph, model->variables());
    EXPECT_FALSE(graph.signatures.empty());
    std::size_t variables_read = 0;
    for (const auto& signature : graph.signatures) {
      std::vector<std::string_view> feeds, fetches;
      for (const auto& input : signature.inputs) feeds.push_back(input.tensor);
      for (const auto& output : signature.outputs) fetches.push_back(output.tensor);
      const Body body = graph.graph().body(feeds, fetches);
      for (std::size_t i = 0; i < feeds.size(); ++i) {
        EXPECT_EQ(body.args[i].type, signature.inputs[i].dtype);
      }
      Visit visit(graph, variables, model->variables());
      visit.run(body);
      variables_read += visit.variables_read;
    }
    if (!model->variables()) continue;
    EXPECT_GT(variables_read, 0u);
    expect_both_routes_agree(graph, variables, *model->variables());
    for (const auto& asset : graph.assets) {
      EXPECT_TRUE(std::filesystem::exists(model->asset_path(asset.filename)));
    }
  }
}

}  // namespace
}  // namespace litecast::tensorflow
