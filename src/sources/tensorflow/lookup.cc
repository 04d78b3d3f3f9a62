#include "sources/tensorflow/lookup.h"

#include <algorithm>

#include "emit/arith.h"
#include "emit/gather.h"
#include "emit/shape.h"
#include "sources/tensorflow/column.h"

namespace litecast::tensorflow {
namespace {

using emit::Emitter;
using ir::ConstantPtr;
using ir::DType;
using ir::Op;
using ir::Value;

// A list of numbers may be this much longer than the table.
constexpr std::int64_t kMaxSparseness = 16;
constexpr std::int64_t kAnySparseness = 4096;  // entries that do not matter

class Lookup {
 public:
  Lookup(Emitter& e, TableStore& tables, Table& table, Value* otherwise)
      : e_(e),
        tables_(tables),
        table_(table),
        contents_(tables.contents(table)),
        otherwise_(otherwise) {}

  Value* run(Value* keys) {
    const bool from_text = table_.key == DType::STRING;
    const bool to_text = table_.value == DType::STRING;
    if (from_text) return to_text ? text_of(place_of(keys)) : number_of(keys);
    if (!ir::is_integer(table_.key))
      throw emit::Unsupported("its table has keys that are neither integers nor text",
                              "give the table keys of int64 or string");
    keys = emit::cast(e_, keys, DType::INT64);
    if (to_text)
      return find(Part::entries, keys, otherwise_, [&] {
        return TableContents{wide(contents_.keys), contents_.values};
      });
    if (Value* from_list = find_in_list(keys)) return from_list;
    return value_at(place_by_text(keys));
  }

 private:
  using Part = RuntimeTable::Part;

  Value* find(Part part, Value* keys, Value* otherwise,
              const std::function<TableContents()>& make) {
    const RuntimeTable& table = tables_.runtime_table(table_, part, make);
    tflite::HashtableOptionsT options;
    options.table_id = table.id;
    options.key_dtype = table.contents.keys->dtype();
    options.value_dtype = table.contents.values->dtype();
    Value* handle = e_.add(Op::HASHTABLE, {}, options);
    return e_.add(Op::HASHTABLE_FIND, {handle, keys, otherwise}, tflite::HashtableFindOptionsT{});
  }

  // The same integers in 64 bits.
  static ConstantPtr wide(const ConstantPtr& integers) {
    if (integers->dtype() == DType::INT64) return integers;
    return ir::Constant::of<std::int64_t>(DType::INT64, integers->shape(),
                                          ir::integer_values(*integers));
  }

  // 0, 1, 2, … for the entries.
  ConstantPtr places(DType dtype = DType::INT64) const {
    ColumnBuilder column(dtype);
    for (std::int64_t i = 0; i < size(); ++i) column.add_number(i);
    return column.finish();
  }
  std::int64_t size() const { return contents_.keys->elements(); }
  // The place of a key that is not in the table.
  Value* no_place() { return e_.scalar(DType::INT64, static_cast<double>(size())); }

  Value* number_of(Value* keys) {
    if (!ir::is_integer(table_.value)) return value_at(place_of(keys));
    Value* found = find(Part::entries, keys, emit::cast(e_, otherwise_, DType::INT64), [&] {
      return TableContents{contents_.keys, wide(contents_.values)};
    });
    return emit::cast(e_, found, table_.value);
  }

  Value* place_of(Value* text) {
    return find(Part::place_of_key, text, no_place(), [&] {
      return TableContents{contents_.keys, places()};
    });
  }

  Value* text_of(Value* place) {
    return find(Part::value_of_place, place, otherwise_, [&] {
      return TableContents{places(), contents_.values};
    });
  }

  // For keys that lie too far apart for a list.
  Value* place_by_text(Value* keys) {
    Value* text = find(Part::text_of_key, keys, empty_text(), [&] {
      return TableContents{wide(contents_.keys), places(DType::STRING)};
    });
    return find(Part::place_of_text, text, no_place(), [&] {
      return TableContents{places(DType::STRING), places()};
    });
  }

  Value* value_at(Value* place) {
    Value* last = emit::reshape(e_, otherwise_, emit::Shape{1});
    Value* values = emit::concat(e_, {e_.constant(contents_.values), last}, 0);
    return emit::gather(e_, values, place, 0);
  }

  // From a list of the values by key, with `otherwise` in the gaps and at both ends, where the keys
  // beyond are sent. Null where that is not known, or the list would be much longer than the table.
  Value* find_in_list(Value* keys) {
    const auto integers = ir::integer_values(*contents_.keys);
    if (!otherwise_->is_constant() || integers.empty()) return nullptr;
    const auto [low, high] = std::ranges::minmax(integers);
    // In unsigned numbers, which the distance of any two fits in.
    const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    const auto most = static_cast<std::uint64_t>(size() * kMaxSparseness + kAnySparseness);
    if (span >= most || low == INT64_MIN || high == INT64_MAX) return nullptr;
    Value* first = number(low - 1);
    Value* within = emit::min(e_, emit::max(e_, keys, first), number(high + 1));
    Value* list = e_.constant(values_by_key(integers, low - 1, span + 3));
    return emit::gather(e_, list, emit::sub(e_, within, first), 0);
  }

  ConstantPtr values_by_key(const std::vector<std::int64_t>& keys, std::int64_t first,
                            std::uint64_t count) const {
    const Column values(*contents_.values);
    const Column otherwise(*otherwise_->constant());
    std::vector<std::string_view> list(count, otherwise[0]);
    for (std::size_t i = 0; i < keys.size(); ++i)
      list[static_cast<std::size_t>(keys[i] - first)] = values[i];
    ColumnBuilder column(table_.value);
    for (std::string_view value : list) column.add(value);
    return column.finish();
  }

  Value* number(std::int64_t value) {
    return e_.constant(
        ir::Constant::of<std::int64_t>(DType::INT64, {}, std::span<const std::int64_t>(&value, 1)));
  }

  Value* empty_text() {
    ColumnBuilder column(DType::STRING);
    column.add("");
    return e_.constant(column.finish()->reshaped({}));
  }

  Emitter& e_;
  TableStore& tables_;
  Table& table_;
  const TableContents& contents_;
  Value* otherwise_;
};

}  // namespace

Value* look_up(Emitter& e, TableStore& tables, Table& table, Value* keys, Value* otherwise) {
  return Lookup(e, tables, table, otherwise).run(keys);
}

}  // namespace litecast::tensorflow
