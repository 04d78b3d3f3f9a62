#include "sources/tensorflow/saved_model.h"

#include <gmock/gmock.h>

#include <filesystem>

#include <litecast/error.h>
#include "bundle_writer.h"
#include "sources/tensorflow/variables.h"
#include "temporary_folder.h"
#include "tensorflow_writers.h"

namespace litecast::tensorflow {
namespace {

using namespace testing;  // NOLINT: the writers are the language of these tests.
using litecast::testing::TemporaryFolder;
using ::testing::HasSubstr;

std::string tensor_info(std::string_view tensor, const std::vector<std::int64_t>& shape) {
  return Writer().bytes(1, tensor).integer(2, 1).bytes(3, shape_proto(shape)).done();
}

std::string signature(const Pairs& inputs, const Pairs& outputs) {
  return Writer().map(1, inputs).map(2, outputs).bytes(3, "serve").done();
}

std::string meta_info(const std::vector<std::string>& tags) {
  Writer info;
  for (const auto& tag : tags) info.bytes(4, tag);
  return info.bytes(5, "2.21.0").done();
}

std::string meta_graph(const std::vector<std::string>& tags, const std::string& graph,
                       const std::string& rest = "") {
  return Writer().bytes(1, meta_info(tags)).bytes(2, graph).done() + rest;
}

std::string saved_model(const std::vector<std::string>& graphs) {
  Writer model;
  model.integer(1, 1);
  for (const auto& graph : graphs) model.bytes(2, graph);
  return model.done();
}

class SavedModelTest : public ::testing::Test {
 protected:
  std::shared_ptr<const SavedModel> open(const std::string& bytes) {
    folder.write("saved_model.pb", bytes);
    return SavedModel::open(folder.path());
  }
  std::string problem(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing thrown";
  }
  TemporaryFolder folder;
};

TEST_F(SavedModelTest, ReadsSignaturesSortedByName) {
  const auto model = open(saved_model({meta_graph(
      {"serve"}, graph_def({}),
      Writer()
          .map(5, {{"serving_default", signature({{"x", tensor_info("in_x:0", {-1, 3})},
                                                  {"a", tensor_info("in_a:0", {})}},
                                                 {{"y", tensor_info("call:1", {-1})}})},
                   {"__saved_model_init_op",
                    signature({}, {{"__saved_model_init_op", tensor_info("NoOp", {})}})}})
          .done())}));
  const MetaGraph& graph = model->meta_graph();
  ASSERT_EQ(graph.signatures.size(), 1u);
  EXPECT_EQ(graph.init_op, "NoOp");
  EXPECT_EQ(graph.tensorflow_version, "2.21.0");
  const SignatureDef& serving = graph.signature("serving_default");
  EXPECT_EQ(serving.inputs[0].name, "a");
  EXPECT_EQ(serving.inputs[1].tensor, "in_x:0");
  EXPECT_EQ(serving.inputs[1].shape.text(), "[?,3]");
  EXPECT_EQ(serving.outputs[0].tensor, "call:1");
  EXPECT_THAT(problem([&] { graph.signature("other"); }), HasSubstr("serving_default"));
}

TEST_F(SavedModelTest, ChoosesAGraphByItsTags) {
  const auto model = open(saved_model(
      {meta_graph({"train"}, ""), meta_graph({"serve"}, ""), meta_graph({"gpu", "serve"}, "")}));
  EXPECT_EQ(&model->meta_graph(), model->meta_graphs()[1].get());
  const std::vector<std::string> both = {"serve", "gpu"}, none = {"nothing"};
  EXPECT_EQ(&model->meta_graph(both), model->meta_graphs()[2].get());
  EXPECT_THAT(problem([&] { model->meta_graph(none); }),
              HasSubstr("there are: {train} {serve} {gpu,serve}"));
}

TEST_F(SavedModelTest, SaysWhatAFolderLacks) {
  EXPECT_THAT(problem([&] { SavedModel::open(folder.path()); }), HasSubstr("saved_model.pb"));
  EXPECT_FALSE(SavedModel::is_saved_model(folder.path()));
  folder.write("saved_model.pbtxt", "");
  EXPECT_THAT(problem([&] { SavedModel::open(folder.path()); }), HasSubstr("text form"));
  EXPECT_TRUE(SavedModel::is_saved_model(folder.path()));
  EXPECT_THROW(open(""), MalformedInput);
}

TEST_F(SavedModelTest, KeepsAssetsInsideTheirFolder) {
  const auto model = open(saved_model({meta_graph({}, "")}));
  EXPECT_EQ(model->asset_path("vocab.txt"), folder.path() + "/assets/vocab.txt");
  for (const char* path : {"../secret", "/etc/passwd", "a/../../b", ""}) {
    EXPECT_THROW(model->asset_path(path), MalformedInput) << path;
  }
}

// Object 1 is the variable, child "w" of the root; the checkpoint's graph numbers it differently.
std::string object_graph() {
  const auto reference = [](int id, std::string_view name) {
    return Writer().integer(1, id).bytes(2, name).done();
  };
  const std::string root = Writer().bytes(1, reference(1, "w")).bytes(4, "").done();
  const std::string variable = Writer().bytes(7, Writer().integer(1, 1).done()).done();
  return Writer()
      .bytes(1, root)
      .bytes(1, variable)
      .map(2, {{"f", Writer().packed_integers(2, {1}).done()}})
      .done();
}

std::string trackable_graph() {
  const auto reference = [](int id, std::string_view name) {
    return Writer().integer(1, id).bytes(2, name).done();
  };
  const std::string attribute =
      Writer().bytes(1, "VARIABLE_VALUE").bytes(3, "w/.ATTRIBUTES/VARIABLE_VALUE").done();
  return Writer()
      .bytes(1, Writer().bytes(1, reference(2, "w")).done())
      .bytes(1, "")
      .bytes(1, Writer().bytes(2, attribute).done())
      .done();
}

TEST_F(SavedModelTest, FindsCapturedVariablesThroughTheObjectGraph) {
  BundleWriter bundle;
  bundle.add("w/.ATTRIBUTES/VARIABLE_VALUE", DataType::kFloat, {1}, "abcd");
  bundle.add("misleading", DataType::kFloat, {1}, "efgh");
  bundle.add_strings("_CHECKPOINTABLE_OBJECT_GRAPH", {trackable_graph()});
  bundle.write(folder, "variables/variables");
  const auto model = open(saved_model(
      {meta_graph({"serve"},
                  graph_def({node_def("handle", "VarHandleOp", {},
                                      {{"shared_name", attr_string("misleading")}}),
                             node_def("x", "Placeholder"),
                             node_def("call", "StatefulPartitionedCall", {"x", "handle", "^x"},
                                      {{"f", attr_function("f")}})}),
                  Writer().bytes(7, object_graph()).done())}));
  const Variables variables(model->meta_graph(), model->variables());
  ASSERT_TRUE(variables.find_node("handle"));
  EXPECT_EQ(variables.find_node("handle")->key, "w/.ATTRIBUTES/VARIABLE_VALUE");
  EXPECT_EQ(variables.object_of_node("handle"), 1u);
  EXPECT_FALSE(variables.find_node("x"));
}

TEST_F(SavedModelTest, FindsVariablesThroughTheNodesThatRestoreThem) {
  BundleWriter bundle;
  const std::vector<SliceExtent> top = {{0, 1}, {0, 2}}, bottom = {{1, 1}, {0, 2}};
  bundle.add_sliced("w", DataType::kUint8, {2, 2}, {top, bottom});
  bundle.add_slice("w", DataType::kUint8, top, "ab");
  bundle.add_slice("w", DataType::kUint8, bottom, "cd");
  bundle.add("plain", DataType::kUint8, {1}, "p");
  bundle.add("by_name", DataType::kUint8, {1}, "n");
  bundle.write(folder, "variables/variables");
  const Pairs type = {{"T", attr_type(DataType::kUint8)}};
  const Pairs variable = {{"dtype", attr_type(DataType::kUint8)}};
  const auto model = open(saved_model({meta_graph(
      {"serve"},
      graph_def(
          {node_def("w/part_1", "VariableV2", {}, variable),
           node_def("v", "VariableV2", {}, variable),
           node_def("by_name", "VariableV2", {}, variable), node_def("prefix", "Const"),
           node_def("names", "Const", {}, {{"value", attr_strings_tensor({"plain", "w"})}}),
           node_def("slices", "Const", {}, {{"value", attr_strings_tensor({"", "2 2 1,1:-"})}}),
           node_def("restore", "RestoreV2", {"prefix", "names", "slices"},
                    {{"dtypes", attr_types({DataType::kUint8, DataType::kUint8})}}),
           node_def("assign_v", "Assign", {"v", "restore:0"}, type),
           node_def("assign_w", "Assign", {"w/part_1", "restore:1"}, type),
           node_def("all", "NoOp", {"^assign_v", "^assign_w"})}),
      Writer().bytes(3, Writer().bytes(3, "all").done()).done())}));
  const Variables variables(model->meta_graph(), model->variables());
  EXPECT_EQ(variables.find_node("v")->key, "plain");
  EXPECT_EQ(variables.find_node("by_name")->key, "by_name");
  const auto part = variables.find_node("w/part_1");
  ASSERT_TRUE(part);
  EXPECT_EQ(part->key, "w");
  ASSERT_EQ(part->slice.size(), 2u);
  EXPECT_EQ(part->slice[0].start, 1);
  EXPECT_EQ(part->slice[1].length, -1);
  EXPECT_EQ(model->variables()->read(part->key, part->slice),
            (std::vector{std::byte{'c'}, std::byte{'d'}}));
}

void read_all(const SavedModel& model) {
  const MetaGraph& graph = model.meta_graph();
  graph.signature("s");
  graph.library().function("f");
  const std::string_view feeds[] = {"x:0"}, fetches[] = {"y:0"};
  order(graph.graph().body(feeds, fetches));
  if (graph.object_graph().objects().size() != 2) throw MalformedInput("objects were lost");
}

TEST_F(SavedModelTest, CutAtAnyByteIsAnError) {
  const std::string whole = saved_model({meta_graph(
      {"serve"},
      graph_def({node_def("x", "Placeholder", {}, {{"dtype", attr_type(DataType::kFloat)}}),
                 node_def("y", "Abs", {"x"}, {{"T", attr_type(DataType::kFloat)}})},
                {function_def("f", {{"x", DataType::kFloat}}, {{"y", DataType::kFloat}}, {},
                              {{"y", "x"}})}),
      Writer()
          .map(5,
               {{"s", signature({{"x", tensor_info("x:0", {})}}, {{"y", tensor_info("y:0", {})}})}})
          .bytes(7, object_graph())
          .done())});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THROW(read_all(*open(whole.substr(0, size))), Error) << size;
  }
  read_all(*open(whole));
}

TEST_F(SavedModelTest, RefusesAnImpossiblyLargeFileBeforeReadingIt) {
  std::filesystem::resize_file(folder.write("saved_model.pb", ""), std::uintmax_t{1} << 40);
  EXPECT_THROW(SavedModel::open(folder.path()), MalformedInput);
}

}  // namespace
}  // namespace litecast::tensorflow
