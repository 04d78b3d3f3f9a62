// Lookup tables: what fills them when the model is loaded, and what looks keys up. A table that
// changes while the model runs has no counterpart.
#include <fmt/format.h>

#include "emit/shape.h"
#include "sources/tensorflow/binding_rules.h"
#include "sources/tensorflow/lookup.h"
#include "sources/tensorflow/walk.h"

namespace litecast::tensorflow::bindings {
namespace {

constexpr const char* kChanges =
    "the table can change while the model runs, which the runtime's tables cannot";
constexpr const char* kUseStatic =
    "use tf.lookup.StaticHashTable, or keep what changes in a tf.Variable";

Table& table_at_input(NodeContext& c) {
  const Binding& bound = c.binding(0);
  if (auto* handle = std::get_if<TableHandle>(&bound)) return *handle->table;
  if (std::holds_alternative<OpaqueHandle>(bound)) throw Unsupported(kChanges, kUseStatic);
  throw Unsupported("its table is not one of the model", kUseStatic);
}

void bind_table(NodeContext& c, Walk& walk) { c.bind(0, TableHandle{&walk.tables().of(c.node)}); }

// Whoever uses it is reported.
void bind_changing_table(NodeContext& c, Walk&) { c.bind(0, OpaqueHandle{&c.node}); }

ir::ConstantPtr column(NodeContext& c, int index, const char* what) {
  Value* value = c.input(index);
  if (!value->is_constant())
    throw Unsupported(fmt::format("the {} that fill the table are computed", what),
                      "fill it with constants or from a text file");
  const ir::ConstantPtr& constant = value->constant();
  return constant->reshaped({constant->elements()});
}

// When the model is loaded, or where a graph of TensorFlow 1 does it itself, before the first use:
// only the first time counts.
void fill(NodeContext& c, Walk& walk) {
  if (const auto* changing = std::get_if<OpaqueHandle>(&c.binding(0));
      changing && walk.is_loading()) {
    const TableContents first{column(c, 1, "keys"), column(c, 2, "values")};
    return walk.tables().note_first(*changing->origin, first);
  }
  Table& table = table_at_input(c);
  if (table.is_filled()) return;
  TableContents contents{column(c, 1, "keys"), column(c, 2, "values")};
  if (contents.keys->dtype() != table.key || contents.values->dtype() != table.value)
    c.node.malformed("fills a table with elements of another type");
  table.contents = std::move(contents);
}

void fill_from_file(NodeContext& c, Walk& walk) {
  Table& table = table_at_input(c);
  if (table.is_filled()) return;
  const auto* path = std::get_if<AssetPath>(&c.binding(1));
  if (!path)
    throw Unsupported("the file that fills the table is none of the model's assets",
                      "save the model with tf.lookup.TextFileInitializer as an attribute of it");
  TextFile file{.path = walk.tables().asset_path(path->filename),
                .name = fmt::format("assets/{}", path->filename),
                .key_index = c.attr_int("key_index"),
                .value_index = c.attr_int("value_index"),
                .vocabulary_size = c.attr_int("vocab_size"),
                .offset = c.attr_int("offset")};
  const std::string delimiter = c.attr_string("delimiter");
  if (delimiter.size() == 1) file.delimiter = delimiter[0];
  if (file.key_index < TextFile::kWholeLine || file.value_index < TextFile::kWholeLine)
    c.node.malformed("takes a column of a negative number");
  table.file = std::move(file);
}

void find(NodeContext& c, Walk& walk) {
  Table& table = table_at_input(c);
  Value* otherwise = c.input(2);
  if (c.input(1)->dtype() != table.key || otherwise->dtype() != table.value)
    c.node.malformed("looks up in a table of other types");
  c.set_provenance();
  c.output(look_up(c.e, walk.tables(), table, c.input(1), otherwise));
}

void size(NodeContext& c, Walk& walk) {
  const TableContents& contents = walk.tables().contents(table_at_input(c));
  c.output(c.e.scalar(DType::INT64, static_cast<double>(contents.keys->elements())));
}

void take_out(NodeContext& c, Walk& walk) {
  const TableContents& contents = walk.tables().contents(table_at_input(c));
  c.output(0, c.e.constant(contents.keys));
  c.output(1, c.e.constant(contents.values));
}

void change(NodeContext&, Walk&) { throw Unsupported(kChanges, kUseStatic); }

constexpr BindingRule kTableRules[] = {
    {"AnonymousHashTable", bind_table},
    {"AnonymousMutableDenseHashTable", bind_changing_table},
    {"AnonymousMutableHashTable", bind_changing_table},
    {"AnonymousMutableHashTableOfTensors", bind_changing_table},
    {"HashTable", bind_table},
    {"HashTableV2", bind_table},
    {"InitializeTable", fill},
    {"InitializeTableFromTextFile", fill_from_file},
    {"InitializeTableFromTextFileV2", fill_from_file},
    {"InitializeTableV2", fill},
    {"LookupTableExport", take_out},
    {"LookupTableExportV2", take_out},
    {"LookupTableFind", find},
    {"LookupTableFindV2", find},
    {"LookupTableImport", fill},
    {"LookupTableImportV2", fill},
    {"LookupTableInsert", change},
    {"LookupTableInsertV2", change},
    {"LookupTableRemoveV2", change},
    {"LookupTableSize", size},
    {"LookupTableSizeV2", size},
    {"MutableDenseHashTable", bind_changing_table},
    {"MutableDenseHashTableV2", bind_changing_table},
    {"MutableHashTable", bind_changing_table},
    {"MutableHashTableOfTensors", bind_changing_table},
    {"MutableHashTableOfTensorsV2", bind_changing_table},
    {"MutableHashTableV2", bind_changing_table},
};

}  // namespace

std::span<const BindingRule> table() { return kTableRules; }

}  // namespace litecast::tensorflow::bindings
