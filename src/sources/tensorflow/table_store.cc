#include "sources/tensorflow/table_store.h"

#include <fmt/format.h>

#include <litecast/error.h>

#include <algorithm>

#include "emit/emitter.h"
#include "sources/tensorflow/column.h"
#include "sources/tensorflow/plan.h"
#include "sources/tensorflow/tensor_constant.h"

namespace litecast::tensorflow {
namespace {

// Variables and tables share the runtime's numbers, and variables get theirs from 0 on.
constexpr std::int32_t kFirstTableId = 1 << 30;

ir::ConstantPtr selection(const Column& column, ir::DType dtype, const std::vector<bool>& kept) {
  ColumnBuilder builder(dtype);
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (kept[i]) builder.add(column[i]);
  return builder.finish();
}

// Entries by their keys' hashes, equal ones next to each other in the order of the table.
std::vector<std::pair<std::size_t, std::uint32_t>> by_hash(const Column& keys) {
  std::vector<std::pair<std::size_t, std::uint32_t>> entries;
  entries.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i)
    entries.emplace_back(std::hash<std::string_view>()(keys[i]), static_cast<std::uint32_t>(i));
  std::ranges::sort(entries);
  return entries;
}

TableContents with_unique_keys(const Table& table, TableContents contents) {
  const Column keys(*contents.keys);
  const Column values(*contents.values);
  if (keys.size() != values.size())
    throw MalformedInput(fmt::format("table '{}': has {} keys, but {} values", table.name,
                                     keys.size(), values.size()));
  std::vector<bool> kept(keys.size(), true);
  const auto entries = by_hash(keys);
  for (std::size_t i = 0; i < entries.size(); ++i)
    for (std::size_t k = i; k-- > 0 && entries[k].first == entries[i].first;) {
      const auto a = entries[k].second, b = entries[i].second;
      if (keys[a] != keys[b]) continue;
      if (values[a] != values[b])
        throw MalformedInput(
            fmt::format("table '{}': entries {} and {} have the same key, but "
                        "different values",
                        table.name, a, b));
      kept[b] = false;
      break;
    }
  if (std::ranges::all_of(kept, std::identity())) return contents;
  return {selection(keys, table.key, kept), selection(values, table.value, kept)};
}

}  // namespace

Table& TableStore::of(const NodeDef& handle) {
  const std::string identity = variable_identity(handle);
  auto [found, is_new] = by_identity_.try_emplace(identity);
  if (is_new) {
    all_.push_back({std::string(handle.name()), dtype_of(handle.attr("key_dtype").type()),
                    dtype_of(handle.attr("value_dtype").type()), &handle,
                    foreign_.contains(identity)});
    found->second = &all_.back();
  }
  return *found->second;
}

const TableContents& TableStore::contents(Table& table) {
  if (!table.contents && table.file)
    table.contents = read_text_table(*table.file, table.key, table.value);
  if (!table.contents)
    throw emit::Unsupported(
        fmt::format("nothing that is known fills table '{}' when the model is loaded{}{}",
                    table.name, loading_problem.empty() ? "" : ": ", loading_problem),
        "fill it by tf.lookup.KeyValueTensorInitializer or tf.lookup.TextFileInitializer");
  if (!table.is_checked) table.contents = with_unique_keys(table, std::move(*table.contents));
  table.is_checked = true;
  return *table.contents;
}

void TableStore::note_first(const NodeDef& handle, TableContents contents) {
  first_.insert_or_assign(variable_identity(handle), std::move(contents));
}

const TableContents* TableStore::first(const NodeDef& handle) const {
  const auto found = first_.find(variable_identity(handle));
  return found == first_.end() ? nullptr : &found->second;
}

std::string TableStore::asset_path(std::string_view filename) const {
  if (assets_) return assets_->asset_path(filename);
  throw emit::Unsupported(
      fmt::format("the table is filled from assets/{}, and a model in memory has no assets",
                  filename),
      "convert the model as a SavedModel");
}

const RuntimeTable& TableStore::runtime_table(const Table& table, RuntimeTable::Part part,
                                              const std::function<TableContents()>& make) {
  const RuntimeTable*& known = parts_[{&table, part}];
  const auto count = static_cast<std::int32_t>(runtime_tables_.size());
  if (!known) known = &runtime_tables_.emplace_back(RuntimeTable{kFirstTableId + count, make()});
  return *known;
}

}  // namespace litecast::tensorflow
