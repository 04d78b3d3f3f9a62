#include "emit/loop.h"

#include "emit/arith.h"

namespace litecast::emit {
namespace {

ir::Graph& add_graph(Emitter& e, const char* name) {
  const ir::Provenance* place = e.builder().provenance();
  return e.builder().module().add_graph((place ? place->path : "loop") + name);
}

// Operands of the WHILE: the round's number, what is carried, how many rounds there are, and outer
// values that are not constant.
struct Operands {
  std::vector<Value*> all;
  std::size_t carried;

  std::size_t count() const { return 1 + carried; }
};

ir::Graph& condition_graph(Emitter& e, const Operands& operands) {
  ir::Graph& graph = add_graph(e, "/cond");
  std::vector<Value*> inputs;
  for (const Value* operand : operands.all) inputs.push_back(graph.add_input(operand->type()));
  ir::Builder builder(graph);
  Emitter inside(builder);
  graph.set_outputs({binary(inside, Op::LESS, inputs[0], inputs[operands.count()])});
  return graph;
}

ir::Graph& body_graph(Emitter& e, const Operands& operands, const std::vector<Value*>& outer,
                      const std::function<std::vector<Value*>(Round&)>& body) {
  ir::Graph& graph = add_graph(e, "/body");
  ir::Builder builder(graph);
  builder.set_provenance(e.builder().provenance());
  Emitter inside(builder);
  Round round{.e = inside, .number = graph.add_input(operands.all[0]->type())};
  for (std::size_t i = 0; i < operands.carried; ++i)
    round.carried.push_back(graph.add_input(operands.all[1 + i]->type()));
  // How many rounds there are may be a constant, and is carried all the same.
  std::vector<Value*> unchanged = {graph.add_input(operands.all[operands.count()]->type())};
  for (Value* value : outer) {
    round.outer.push_back(enter(graph, value));
    if (!value->is_constant()) unchanged.push_back(round.outer.back());
  }
  std::vector<Value*> results = body(round);
  results.insert(results.begin(), add(inside, round.number, inside.scalar_i32(1)));
  results.insert(results.end(), unchanged.begin(), unchanged.end());
  graph.set_outputs(std::move(results));
  return graph;
}

}  // namespace

Value* enter(ir::Graph& graph, const Value* outside) {
  if (outside->is_constant()) return graph.constant(outside->constant());
  Value* input = graph.add_input(outside->type());
  if (outside->contents()) input->set_contents(*outside->contents());
  return input;
}

std::vector<Value*> repeat(Emitter& e, Value* count, const std::vector<Value*>& initial,
                           const std::vector<Value*>& outer,
                           const std::function<std::vector<Value*>(Round&)>& body) {
  Operands operands{{e.scalar_i32(0)}, initial.size()};
  operands.all.insert(operands.all.end(), initial.begin(), initial.end());
  operands.all.push_back(count);
  for (Value* value : outer)
    if (!value->is_constant()) operands.all.push_back(value);
  ir::Graph& goes_on = condition_graph(e, operands);
  ir::Graph& round = body_graph(e, operands, outer, body);
  const auto made = e.builder().add({.op = Op::WHILE,
                                     .operands = std::move(operands.all),
                                     .options = tflite::WhileOptionsT{},
                                     .graphs = {&goes_on, &round}});
  if (!made) throw Unsupported(made.error().message);
  return {made->begin() + 1, made->begin() + 1 + static_cast<std::ptrdiff_t>(initial.size())};
}

}  // namespace litecast::emit
