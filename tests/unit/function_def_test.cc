#include "sources/tensorflow/function_def.h"

#include <gmock/gmock.h>

#include <litecast/error.h>
#include "tensorflow_writers.h"

namespace litecast::tensorflow {
namespace {

using namespace testing;  // NOLINT: the writers are the language of these tests.
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr DataType kFloat = DataType::kFloat;

struct Functions {
  explicit Functions(const std::vector<std::string>& functions, const std::string& op_list = "") {
    Writer writer;
    for (const auto& function : functions) writer.bytes(1, function);
    document = Document::of("m.pb", writer.done());
    ops = Document::of("ops", op_list);
    library = std::make_unique<Library>(Message(*document), Message(*ops));
  }
  std::shared_ptr<const Document> document, ops;
  std::unique_ptr<Library> library;
};

std::string what(const std::function<void()>& action) {
  try {
    action();
  } catch (const MalformedInput& error) {
    return error.what();
  }
  return "nothing thrown";
}

Edge output(std::uint32_t node, std::uint32_t port = 0) {
  return {.kind = Edge::Kind::kNode, .index = node, .port = port};
}
Edge arg(std::uint32_t index) { return {.kind = Edge::Kind::kArg, .index = index}; }
Edge control(std::uint32_t node) { return {.kind = Edge::Kind::kControl, .index = node}; }

TEST(FunctionDef, ResolvesArgumentsOutputsAndControlEdges) {
  const Functions f({function_def(
      "f", {{"x", kFloat}, {"axis", DataType::kInt32}}, {{"a", kFloat}, {"b", kFloat}},
      {node_def("halves", "Split", {"axis", "^side", "x"},
                {{"T", attr_type(kFloat)}, {"num_split", attr_int(2)}}),
       node_def("sum", "AddV2", {"halves:output:1", "x"}, {{"T", attr_type(kFloat)}}),
       node_def("side", "NoOp")},
      {{"a", "halves:output:0"}, {"b", "sum:z:0"}}, {{"run", "side"}})});
  const Body& body = f.library->function("f").body;
  EXPECT_EQ(body.args[1].type, DataType::kInt32);
  EXPECT_THAT(body.inputs(0), ElementsAre(arg(1), arg(0), control(2)));
  EXPECT_THAT(body.data_inputs(0), ElementsAre(arg(1), arg(0)));
  EXPECT_THAT(body.control_inputs(0), ElementsAre(control(2)));
  EXPECT_THAT(body.inputs(1), ElementsAre(output(0, 1), arg(0)));
  EXPECT_EQ(body.rets[0].edge, output(0));
  EXPECT_EQ(body.rets[1].edge, output(1));
  EXPECT_EQ(body.control_rets[0].node, 2u);
  EXPECT_THAT(order(body), ElementsAre(2, 0, 1));
}

TEST(FunctionDef, CountsFlatOutputsOverSeveralArguments) {
  const Functions f({function_def(
      "f", {{"x", kFloat}}, {{"v", kFloat}},
      {node_def("n", "FusedBatchNormV3", {"x", "x", "x", "x", "x"},
                {{"T", attr_type(kFloat)}, {"U", attr_type(kFloat)}}),
       node_def("many", "IdentityN", {"x", "x"}, {{"T", attr_types({kFloat, kFloat})}}),
       node_def("y", "AddV2", {"n:batch_variance:0", "many:output:1"}, {{"T", attr_type(kFloat)}})},
      {{"v", "y:z:0"}})});
  EXPECT_THAT(f.library->function("f").body.inputs(2), ElementsAre(output(0, 2), output(1, 1)));
}

TEST(FunctionDef, MayBeCalledLikeAnOp) {
  const Functions f({function_def("g", {{"x", kFloat}}, {{"p", kFloat}, {"q", kFloat}}, {},
                                  {{"p", "x"}, {"q", "x"}}),
                     function_def("f", {{"x", kFloat}}, {{"y", kFloat}},
                                  {node_def("call", "g", {"x"})}, {{"y", "call:q:0"}})});
  EXPECT_EQ(f.library->function("f").body.rets[0].edge, output(0, 1));
}

TEST(FunctionDef, KnowsOpsThatTheFileDefines) {
  const std::string op =
      Writer()
          .bytes(1, "MyOp")
          .bytes(3, Writer().bytes(1, "first").integer(3, 1).done())
          .bytes(3, Writer().bytes(1, "second").integer(3, 1).done())
          .bytes(4, Writer().bytes(1, "gain").bytes(3, Writer().float32(4, 2.5f).done()).done())
          .done();
  const Functions f(
      {function_def("f", {}, {{"y", kFloat}}, {node_def("n", "MyOp")}, {{"y", "n:second:0"}})},
      Writer().bytes(1, op).done());
  const Body& body = f.library->function("f").body;
  EXPECT_EQ(body.rets[0].edge, output(0, 1));
  EXPECT_EQ(body.nodes[0].attr("gain").floating(), 2.5f);
}

TEST(FunctionDef, NamesWhatIsWrong) {
  const auto broken = [](const std::vector<std::string>& nodes, const Pairs& rets) {
    return what([&] {
      const Functions f({function_def("f", {{"x", kFloat}}, {{"y", kFloat}}, nodes, rets)});
      f.library->function("f");
    });
  };
  const Pairs type = {{"T", attr_type(kFloat)}};
  EXPECT_THAT(broken({node_def("a", "Abs", {"b:y:0"}, type)}, {{"y", "a:y:0"}}),
              HasSubstr("there is no node 'b'"));
  EXPECT_THAT(broken({node_def("a", "Abs", {"x"}, type)}, {{"y", "a:z:0"}}),
              HasSubstr("no output argument 'z'"));
  EXPECT_THAT(broken({node_def("a", "Abs", {"x"}, type)}, {{"y", "a:y:1"}}),
              HasSubstr("1 such outputs"));
  EXPECT_THAT(broken({node_def("a", "Abs", {"x"}, type)}, {{"y", "a:y:one"}}),
              HasSubstr("expected node:output:index"));
  EXPECT_THAT(broken({node_def("a", "Abs", {"x"}, type), node_def("a", "Abs", {"x"}, type)},
                     {{"y", "a:y:0"}}),
              HasSubstr("node 'a' (Abs)"));
  EXPECT_THAT(broken({}, {}), HasSubstr("result 'y' comes from nowhere"));
  EXPECT_THAT(broken({node_def("a", "NoOp")}, {{"y", "^a"}}), HasSubstr("control edge"));
  EXPECT_THAT(broken({node_def("a", "Unheard")}, {{"y", "a:y:0"}}),
              HasSubstr("neither TensorFlow nor the file defines this op"));
  EXPECT_THAT(broken({node_def("", "Abs")}, {{"y", "x"}}), HasSubstr("a node with a name"));
}

TEST(FunctionDef, RefusesNumbersOfOutputsThatNobodyHas) {
  const auto broken = what([&] {
    const Functions f({function_def(
        "f", {{"x", kFloat}}, {{"y", kFloat}},
        {node_def("a", "Unpack", {"x"}, {{"T", attr_type(kFloat)}, {"num", attr_int(1ll << 60)}})},
        {{"y", "a:output:0"}})});
    f.library->function("f");
  });
  EXPECT_THAT(broken, HasSubstr("attribute 'num'"));
}

TEST(Library, ReportsMissingAndDoubleFunctions) {
  const auto f = function_def("f", {}, {}, {}, {});
  EXPECT_THAT(what([&] { Functions({f}).library->function("g"); }), HasSubstr("no function 'g'"));
  EXPECT_THAT(what([&] { Functions({f, f}); }), HasSubstr("two functions 'f'"));
}

TEST(Order, NamesTheNodesOfACycle) {
  const Pairs type = {{"T", attr_type(kFloat)}};
  const Functions f(
      {function_def("f", {}, {{"y", kFloat}},
                    {node_def("a", "Abs", {"b:y:0"}, type), node_def("b", "Abs", {"a:y:0"}, type)},
                    {{"y", "b:y:0"}})});
  EXPECT_THAT(what([&] { order(f.library->function("f").body); }),
              HasSubstr("'a' needs 'b' needs 'a'"));
}

TEST(Order, LeavesOutWhatNobodyNeeds) {
  const Pairs type = {{"T", attr_type(kFloat)}};
  const Functions f(
      {function_def("f", {{"x", kFloat}}, {{"y", kFloat}},
                    {node_def("unused", "Abs", {"x"}, type), node_def("used", "Abs", {"x"}, type)},
                    {{"y", "used:y:0"}})});
  EXPECT_THAT(order(f.library->function("f").body), ElementsAre(1));
}

TEST(Order, GoesDeepWithoutRecursion) {
  std::vector<std::string> nodes;
  constexpr int kDepth = 200000;
  for (int i = 0; i < kDepth; ++i) {
    const std::string source = i + 1 < kDepth ? fmt::format("n{}:y:0", i + 1) : "x";
    nodes.push_back(node_def(fmt::format("n{}", i), "Abs", {source}, {{"T", attr_type(kFloat)}}));
  }
  const Functions f(
      {function_def("f", {{"x", kFloat}}, {{"y", kFloat}}, nodes, {{"y", "n0:y:0"}})});
  const auto nodes_in_order = order(f.library->function("f").body);
  EXPECT_EQ(nodes_in_order.size(), static_cast<std::size_t>(kDepth));
  EXPECT_EQ(nodes_in_order.front(), static_cast<NodeId>(kDepth - 1));
}

}  // namespace
}  // namespace litecast::tensorflow
