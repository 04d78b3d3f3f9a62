#include "sources/tensorflow/graph_def.h"

#include <gmock/gmock.h>

#include <litecast/error.h>
#include "saved_model_writer.h"

namespace litecast::tensorflow {
namespace {

using namespace testing;  // NOLINT: the writers are the language of these tests.
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Pairs kFloatType = {{"T", attr_type(DataType::kFloat)}};

struct Graph {
  explicit Graph(const std::vector<std::string>& nodes)
      : document(Document::of("m.pb", graph_def(nodes))),
        graph(std::make_unique<GraphDef>(Message(*document), library)) {}
  Body body(std::vector<std::string_view> feeds, std::vector<std::string_view> fetches,
            std::vector<std::string_view> targets = {}) const {
    return graph->body(feeds, fetches, targets);
  }
  std::shared_ptr<const Document> document;
  Library library;
  std::unique_ptr<GraphDef> graph;
};

std::vector<std::string> names(const Body& body) {
  std::vector<std::string> names;
  for (const NodeDef& node : body.nodes) names.emplace_back(node.name());
  return names;
}

std::vector<std::string> chain() {
  return {placeholder("x"),
          node_def("a", "Abs", {"x"}, kFloatType),
          node_def("unused", "Abs", {"a:0"}, kFloatType),
          node_def("b", "Neg", {"a:0", "^side"}, kFloatType),
          node_def("side", "NoOp"),
          node_def("late", "NoOp", {"^b"})};
}

TEST(GraphDef, PrunesToWhatTheFetchesNeed) {
  const Graph graph(chain());
  const Body body = graph.body({"x:0"}, {"b:0"});
  EXPECT_THAT(names(body), ElementsAre("a", "b", "side"));
  EXPECT_EQ(body.args[0].type, DataType::kFloat);
  EXPECT_EQ(body.inputs(0)[0], (Edge{.kind = Edge::Kind::kArg, .index = 0}));
  EXPECT_EQ(body.rets[0].edge, (Edge{.kind = Edge::Kind::kNode, .index = 1}));
}

TEST(GraphDef, CutsAtAnyTensor) {
  const Graph graph(chain());
  EXPECT_THAT(names(graph.body({"a"}, {"b"})), ElementsAre("b", "side"));
  const Body direct = graph.body({"a:0"}, {"a:0"});
  EXPECT_TRUE(direct.nodes.empty());
  EXPECT_EQ(direct.rets[0].edge.kind, Edge::Kind::kArg);
}

TEST(GraphDef, RunsTargets) {
  const Graph graph(chain());
  const Body body = graph.body({"x"}, {}, {"late"});
  EXPECT_THAT(names(body), ElementsAre("a", "b", "side", "late"));
  EXPECT_EQ(body.control_rets[0].node, 3u);
}

TEST(GraphDef, SaysWhatTheCallerAskedForInVain) {
  const Graph graph(chain());
  EXPECT_THROW(graph.body({"nothing:0"}, {"b"}), UsageError);
  EXPECT_THROW(graph.body({"x:1"}, {"b"}), UsageError);
  EXPECT_THROW(graph.body({}, {"b:one"}), UsageError);
  EXPECT_THROW(graph.body({}, {"b:7"}), UsageError);
  EXPECT_THROW(graph.body({}, {}, {"nothing"}), UsageError);
}

TEST(GraphDef, RefusesBrokenEdges) {
  const auto problem = [](const std::string& input) -> std::string {
    try {
      Graph({node_def("x", "Abs", {input}, kFloatType),
             node_def("one", "Placeholder", {}, {{"dtype", attr_type(DataType::kFloat)}})})
          .body({}, {"x"});
    } catch (const MalformedInput& error) {
      return error.what();
    }
    return "nothing thrown";
  };
  EXPECT_THAT(problem("gone:0"), HasSubstr("node 'x' (Abs): its input 'gone:0' does not exist"));
  EXPECT_THAT(problem("one:1"), HasSubstr("has 1 outputs"));
  EXPECT_THAT(problem("one:x"), HasSubstr("does not exist"));
  EXPECT_THAT(problem("^gone"), HasSubstr("does not exist"));
}

TEST(GraphDef, RefusesTwoNodesOfOneName) {
  EXPECT_THROW(Graph({node_def("a", "NoOp"), node_def("a", "NoOp")}), MalformedInput);
}

TEST(NodeDef, FallsBackToTheDefaultOfItsOp) {
  const Graph graph({node_def(
      "m", "MatMul", {}, {{"T", attr_type(DataType::kFloat)}, {"transpose_b", attr_bool(true)}})});
  const NodeDef& node = *graph.graph->find("m");
  EXPECT_FALSE(node.attr("transpose_a").boolean());
  EXPECT_TRUE(node.attr("transpose_b").boolean());
  EXPECT_THAT(node.output_types(), ElementsAre(DataType::kFloat));
  EXPECT_THAT(node.input_types(), ElementsAre(DataType::kFloat, DataType::kFloat));
  EXPECT_THROW(node.attr("nothing"), MalformedInput);
  EXPECT_THROW(node.attr("T").integer(), MalformedInput);
}

TEST(NodeDef, ReadsEveryKindOfAttribute) {
  const std::string list = Writer().bytes(1, Writer().packed_integers(3, {1, -2}).done()).done();
  const Graph graph({node_def("n", "Anything", {},
                              {{"list", list},
                               {"s", attr_string("hi")},
                               {"f", Writer().float32(4, 1.5f).done()},
                               {"shape", Writer().bytes(7, shape_proto({-1, 3})).done()},
                               {"empty", Writer().bytes(1, "").done()},
                               {"fn", attr_function("g")}})});
  const NodeDef& node = *graph.graph->find("n");
  EXPECT_THAT(node.attr("list").integers(), ElementsAre(1, -2));
  EXPECT_THROW(node.attr("list").floats(), MalformedInput);
  EXPECT_EQ(node.attr("s").string(), "hi");
  EXPECT_EQ(node.attr("f").floating(), 1.5f);
  EXPECT_EQ(node.attr("shape").shape().text(), "[?,3]");
  EXPECT_TRUE(node.attr("empty").integers().empty());
  EXPECT_TRUE(node.attr("empty").strings().empty());
  EXPECT_EQ(node.attr("fn").function().name, "g");
}

TEST(Order, LetsNextIterationCloseALoop) {
  const Pairs merged = {{"T", attr_type(DataType::kFloat)}, {"N", attr_int(2)}};
  const Graph graph({placeholder("x"), node_def("merge", "Merge", {"x", "next"}, merged),
                     node_def("next", "NextIteration", {"merge"}, kFloatType)});
  EXPECT_THAT(order(graph.body({"x:0"}, {"merge:0"})), ElementsAre(0, 1));
}

}  // namespace
}  // namespace litecast::tensorflow
