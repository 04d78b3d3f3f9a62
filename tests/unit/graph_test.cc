#include "ir/graph.h"

#include <gmock/gmock.h>

#include "ir/builder.h"
#include "ir/module.h"

namespace litecast::ir {
namespace {

using ::testing::UnorderedElementsAre;

class GraphTest : public testing::Test {
 protected:
  Node* add(Op op, std::vector<Value*> operands) {
    return graph.insert({op, std::move(operands)}, {x->type()}, module.provenance(""));
  }

  Module module;
  Graph& graph = module.add_graph("main");
  Value* x = graph.add_input({DType::FLOAT32, Shape{4}});
};

TEST_F(GraphTest, UsesAreThoseThatAreLeftWhateverGoesFirst) {
  Node* a = add(Op::SIN, {x});
  Node* b = add(Op::MUL, {x, x});
  Node* c = add(Op::ADD, {x, a->result()});
  graph.erase(*b);
  EXPECT_THAT(x->uses(), UnorderedElementsAre(Use{a, 0}, Use{c, 0}));
  Node* d = add(Op::MUL, {x, x});
  graph.set_operand(*d, 0, a->result());
  EXPECT_THAT(x->uses(), UnorderedElementsAre(Use{a, 0}, Use{c, 0}, Use{d, 1}));
  EXPECT_THAT(a->result()->uses(), UnorderedElementsAre(Use{c, 1}, Use{d, 0}));
  graph.replace_all_uses(a->result(), x);
  graph.erase(*a);
  graph.erase(*c);
  EXPECT_THAT(x->uses(), UnorderedElementsAre(Use{d, 0}, Use{d, 1}));
}

TEST_F(GraphTest, OrderHoldsWhereverNodesAreInserted) {
  Node* last = add(Op::SIN, {x});
  for (int i = 0; i < 200; ++i)
    graph.insert({Op::COS, {x}}, {x->type()}, module.provenance(""),
                 i % 2 ? last : graph.first()->next());
  for (const Node* n = graph.first(); n->next(); n = n->next())
    ASSERT_TRUE(n->is_before(*n->next()));
}

TEST_F(GraphTest, ManyUsesOfOneValueGoInTheirOrder) {
  std::vector<Node*> users;
  for (int i = 0; i < 200'000; ++i) users.push_back(add(Op::SIN, {x}));
  for (Node* user : users) graph.erase(*user);
  EXPECT_TRUE(x->is_unused());
}

}  // namespace
}  // namespace litecast::ir
