// A list that is written row by row, each at a place that is known, is its rows one after the
// other:
//
//   l0 = DYNAMIC_UPDATE_SLICE(l, RESHAPE(a), {0, 0})
//   l1 = DYNAMIC_UPDATE_SLICE(l0, RESHAPE(b), {1, 0})      ─▶   l1 = PACK(a, b)
//
// where these are all of its rows. Each update would copy the whole list.
#include <map>

#include "emit/shape.h"
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

// The row that an update writes, and only that: all of it, at a known place within the list.
std::optional<std::int64_t> row_of(const Node& update) {
  const ir::Shape &list = update.operand(0)->shape(), &row = update.operand(1)->shape();
  const auto start = emit::known_integers(update.operand(2));
  if (!start || !list.is_ranked() || !row.is_ranked() || list.rank() == 0 || row[0] != Dim(1) ||
      !list[0].is_constant() || start->front() < 0 || start->front() >= list[0].value())
    return std::nullopt;
  for (int axis = 1; axis < list.rank(); ++axis)
    if (list[axis] != row[axis]) return std::nullopt;
  return start->front();
}

bool is_amidst(const Node& update) {
  const Value* result = update.result();
  if (!result->has_one_use() || result->output_uses() > 0) return false;
  const ir::Use& use = result->uses().front();
  return use.node->op() == Op::DYNAMIC_UPDATE_SLICE && use.operand == 0;
}

// What was given another axis to become a row; null where it is not seen.
Value* item_of(const Value* row) {
  const Node* reshape = producer(row, Op::RESHAPE);
  if (!reshape) return nullptr;
  const ir::Shape &from = reshape->operand(0)->shape(), &to = row->shape();
  return from.is_ranked() && from.rank() + 1 == to.rank() &&
                 std::equal(to.dims().begin() + 1, to.dims().end(), from.dims().begin())
             ? reshape->operand(0)
             : nullptr;
}

Value* stack_rows(Node& last, Builder& builder) {
  // More are left alone: no PACK takes so many.
  constexpr std::size_t kMostRows = 1024;
  if (is_amidst(last)) return nullptr;
  std::map<std::int64_t, Value*> rows;
  const Node* update = &last;
  const std::int64_t length =
      last.result()->shape().is_ranked() && last.result()->shape().rank() > 0
          ? last.result()->shape()[0].constant().value_or(0)
          : 0;
  for (std::size_t count = 0; update && count < kMostRows && std::ssize(rows) < length; ++count) {
    const auto row = row_of(*update);
    if (!row) return nullptr;
    rows.emplace(*row, update->operand(1));  // what is written later stands before
    update = producer(update->operand(0), Op::DYNAMIC_UPDATE_SLICE);
  }
  if (rows.size() < 2 || std::ssize(rows) != length) return nullptr;
  std::vector<Value*> parts, items;
  for (const auto& [place, row] : rows) {
    parts.push_back(row);
    if (Value* item = item_of(row)) items.push_back(item);
  }
  if (items.size() == parts.size())
    if (Value* packed =
            try_add(builder, Op::PACK, items,
                    tflite::PackOptionsT{.values_count = static_cast<int>(items.size())}))
      return packed;
  return try_add(builder, Op::CONCATENATION, parts, tflite::ConcatenationOptionsT());
}

}  // namespace

const Rewrite kStackRows = {"stack_rows", {Op::DYNAMIC_UPDATE_SLICE}, stack_rows};

}  // namespace litecast::optimize
