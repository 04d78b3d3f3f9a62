#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sources/tensorflow/foreign_state.h"
#include "sources/tensorflow/saved_model.h"
#include "sources/tensorflow/text_table.h"

namespace litecast::tensorflow {

// A table of the model that never changes once the model is loaded.
struct Table {
  std::string name;
  ir::DType key;
  ir::DType value;
  const NodeDef* handle = nullptr;
  // TensorFlow's runtime keeps it (see ForeignState).
  bool is_foreign = false;
  // What fills it: a file, which is read when the table is used, or contents.
  std::optional<TextFile> file = {};
  std::optional<TableContents> contents = {};
  bool is_checked = false;

  bool is_filled() const { return file || contents; }
};

// One that the runtime keeps: text to numbers or numbers to text.
struct RuntimeTable {
  // What of a table of the model it holds; a place is an entry's number.
  enum class Part { entries, place_of_key, text_of_key, place_of_text, value_of_place };

  std::int32_t id;
  TableContents contents;
};

// The tables that nodes of the graph make handles of, each once, and those of the runtime in which
// they are kept.
class TableStore {
 public:
  // `assets`: the SavedModel whose folder holds them; null: there is none. Both must outlive this
  // object.
  TableStore(const SavedModel* assets, const ForeignState& foreign)
      : assets_(assets), foreign_(foreign) {}

  // Throws Unsupported for elements that the format lacks.
  Table& of(const NodeDef& handle);
  // Each key once. Throws Unsupported when nothing fills the table, MalformedInput when what does
  // is damaged, or names two values for one key.
  const TableContents& contents(Table& table);

  // What the model puts into a table that changes when it is loaded.
  void note_first(const NodeDef& handle, TableContents contents);
  // Null where it is nothing.
  const TableContents* first(const NodeDef& handle) const;

  // Why what runs when the model is loaded could not be understood, if so.
  std::string loading_problem;
  // Of a file in the model's assets. Throws Unsupported when it has none.
  std::string asset_path(std::string_view filename) const;

  // The runtime's table that holds a part of one of the model; made when first asked for.
  const RuntimeTable& runtime_table(const Table& table, RuntimeTable::Part part,
                                    const std::function<TableContents()>& make);
  // All that nodes of the graph make handles of.
  std::deque<Table>& all() { return all_; }
  const std::deque<RuntimeTable>& runtime_tables() const { return runtime_tables_; }

 private:
  const SavedModel* assets_;
  const ForeignState& foreign_;
  std::deque<Table> all_;
  std::unordered_map<std::string, Table*> by_identity_;
  std::unordered_map<std::string, TableContents> first_;
  std::deque<RuntimeTable> runtime_tables_;
  std::map<std::pair<const Table*, RuntimeTable::Part>, const RuntimeTable*> parts_;
};

}  // namespace litecast::tensorflow
