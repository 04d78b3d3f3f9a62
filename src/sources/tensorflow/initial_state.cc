#include "sources/tensorflow/initial_state.h"

#include <unordered_set>

#include "emit/emitter.h"
#include "sources/tensorflow/variable_states.h"

namespace litecast::tensorflow {
namespace {

// The variables and tables of which a graph, or one that it runs, has a handle.
struct Used {
  std::unordered_set<std::string> variables;
  std::unordered_set<std::int32_t> tables;
  std::unordered_set<const ir::Graph*> seen;

  bool empty() const { return variables.empty() && tables.empty(); }

  void add(const ir::Graph& root) {
    std::vector<const ir::Graph*> pending = {&root};
    while (!pending.empty()) {
      const ir::Graph* graph = pending.back();
      pending.pop_back();
      if (!seen.insert(graph).second) continue;
      for (const ir::Node* node = graph->first(); node; node = node->next()) {
        pending.insert(pending.end(), node->graphs().begin(), node->graphs().end());
        if (node->op() == ir::Op::VAR_HANDLE)
          variables.insert(node->options_as<tflite::VarHandleOptionsT>().shared_name);
        if (node->op() == ir::Op::HASHTABLE)
          tables.insert(node->options_as<tflite::HashtableOptionsT>().table_id);
      }
    }
  }
};

void fill_table(emit::Emitter& e, const RuntimeTable& table) {
  tflite::HashtableOptionsT options;
  options.table_id = table.id;
  options.key_dtype = table.contents.keys->dtype();
  options.value_dtype = table.contents.values->dtype();
  e.add_all(ir::Op::HASHTABLE_IMPORT,
            {e.add(ir::Op::HASHTABLE, {}, options), e.constant(table.contents.keys),
             e.constant(table.contents.values)},
            tflite::HashtableImportOptionsT{});
}

ir::Graph& initial_graph(ir::Module& module, const Used& used, VariableStore& variables,
                         const TableStore& tables) {
  ir::Graph& graph = module.add_graph("initial_state");
  ir::Builder builder(graph);
  emit::Emitter e(builder);
  VariableStates states(variables);
  for (Variable& variable : variables.all()) {
    if (!used.variables.contains(variable.name)) continue;
    const ir::ConstantPtr& initial = variables.value(variable);
    builder.set_provenance(module.provenance(variable.name));
    states.assign(e, variable, e.constant(initial));
    module.resources.push_back({"", variable.name, initial->type(), initial});
  }
  for (const RuntimeTable& table : tables.runtime_tables())
    if (used.tables.contains(table.id)) fill_table(e, table);
  return graph;
}

void call_once(ir::Graph& graph, ir::Graph& initial) {
  graph.insert(
      {.op = ir::Op::CALL_ONCE, .options = tflite::CallOnceOptionsT{}, .graphs = {&initial}}, {},
      graph.module().provenance(""), graph.first());
}

}  // namespace

void add_initial_state(ir::Module& module, VariableStore& variables, const TableStore& tables) {
  Used used;
  std::vector<ir::Graph*> users;
  for (const ir::Signature& signature : module.signatures) {
    Used own;
    own.add(*signature.graph);
    if (own.empty()) continue;
    users.push_back(signature.graph);
    used.variables.merge(own.variables);
    used.tables.merge(own.tables);
  }
  if (users.empty()) return;
  ir::Graph& initial = initial_graph(module, used, variables, tables);
  for (ir::Graph* user : users) call_once(*user, initial);
}

}  // namespace litecast::tensorflow
