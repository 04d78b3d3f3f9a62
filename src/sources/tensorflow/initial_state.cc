#include "sources/tensorflow/initial_state.h"

#include <set>
#include <unordered_set>

#include "emit/emitter.h"
#include "sources/tensorflow/foreign_node.h"
#include "sources/tensorflow/variable_states.h"

namespace litecast::tensorflow {
namespace {

bool is_foreign_handle(const ir::Node& node) {
  return node.op() == ir::Op::CUSTOM && node.operands().empty() && node.results().size() == 1 &&
         node.result()->dtype() == ir::DType::RESOURCE;
}

// The variables and tables of which a graph, or one that it runs, has a handle.
struct Used {
  std::unordered_set<std::string> variables;
  std::unordered_set<std::int32_t> tables;
  std::set<std::vector<std::uint8_t>> foreign;  // options of Select TF ops that make handles
  std::unordered_set<const ir::Graph*> seen;

  bool empty() const { return variables.empty() && tables.empty() && foreign.empty(); }

  bool has(const ir::NodeSpec& handle) const { return foreign.contains(handle.custom_bytes); }

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
        if (is_foreign_handle(*node))
          foreign.insert({node->custom_bytes().begin(), node->custom_bytes().end()});
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

Value* add_foreign_handle(emit::Emitter& e, const NodeDef& handle) {
  auto made = e.builder().add(foreign_handle(handle), {{ir::DType::RESOURCE, {}}});
  if (!made) throw emit::Unsupported(made.error().message);
  return made->front();
}

void assign_foreign(emit::Emitter& e, VariableStore& variables, Variable& variable) {
  const std::pair<std::string_view, DataType> attrs[] = {
      {"dtype", variable.handle->attr("dtype").type()}};
  add_foreign_op(e, "AssignVariableOp",
                 {add_foreign_handle(e, *variable.handle), e.constant(variables.value(variable))},
                 attrs);
}

void fill_foreign(emit::Emitter& e, const NodeDef& handle, const ir::ConstantPtr& keys,
                  const ir::ConstantPtr& values) {
  const std::pair<std::string_view, DataType> attrs[] = {
      {"Tin", handle.attr("key_dtype").type()}, {"Tout", handle.attr("value_dtype").type()}};
  add_foreign_op(e, "LookupTableImportV2",
                 {add_foreign_handle(e, handle), e.constant(keys), e.constant(values)}, attrs);
}

ir::Graph& initial_graph(ir::Module& module, const Used& used, VariableStore& variables,
                         TableStore& tables) {
  ir::Graph& graph = module.add_graph("initial_state");
  ir::Builder builder(graph);
  emit::Emitter e(builder);
  VariableStates states(variables);
  for (Variable& variable : variables.all()) {
    if (variable.is_foreign && used.has(foreign_handle(*variable.handle)))
      assign_foreign(e, variables, variable);
    if (!used.variables.contains(variable.name)) continue;
    const ir::ConstantPtr& initial = variables.value(variable);
    builder.set_provenance(module.provenance(variable.name));
    states.assign(e, variable, e.constant(initial));
    module.resources.push_back({"", variable.name, initial->type(), initial});
  }
  for (const RuntimeTable& table : tables.runtime_tables())
    if (used.tables.contains(table.id)) fill_table(e, table);
  for (Table& table : tables.all())
    if (table.is_foreign && used.has(foreign_handle(*table.handle))) {
      const TableContents& contents = tables.contents(table);
      fill_foreign(e, *table.handle, contents.keys, contents.values);
    }
  for (const NodeDef* handle : variables.foreign().changing_tables) {
    if (!used.has(foreign_handle(*handle))) continue;
    if (const TableContents* first = tables.first(*handle); first && first->keys->elements() > 0)
      fill_foreign(e, *handle, first->keys, first->values);
    if (const auto saved = variables.table(*handle); saved && saved->keys->elements() > 0)
      fill_foreign(e, *handle, saved->keys, saved->values);
  }
  return graph;
}

void call_once(ir::Graph& graph, ir::Graph& initial) {
  graph.insert(
      {.op = ir::Op::CALL_ONCE, .options = tflite::CallOnceOptionsT{}, .graphs = {&initial}}, {},
      graph.module().provenance(""), graph.first());
}

}  // namespace

void add_initial_state(ir::Module& module, VariableStore& variables, TableStore& tables) {
  Used used;
  std::vector<ir::Graph*> users;
  for (const ir::Signature& signature : module.signatures) {
    Used own;
    own.add(*signature.graph);
    if (own.empty()) continue;
    users.push_back(signature.graph);
    used.variables.merge(own.variables);
    used.tables.merge(own.tables);
    used.foreign.merge(own.foreign);
  }
  if (users.empty()) return;
  const std::size_t graphs = module.graphs().size();
  ir::Graph& initial = initial_graph(module, used, variables, tables);
  // Tables that change begin empty.
  if (initial.node_count() == 0) return module.erase_graphs_from(graphs);
  for (ir::Graph* user : users) call_once(*user, initial);
}

}  // namespace litecast::tensorflow
