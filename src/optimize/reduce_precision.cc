// Tables of INT8 with values from -8 to 7, of which rows are taken and converted:
//
//   CAST(GATHER(table: i8, i): i8)   ─▶   CAST(GATHER(table: i4, i): i4)
//
// The runtime's GATHER copies whole bytes, so that a row of an odd number of values would begin
// amid one. There the last axis of the table is padded, and what was added is cut off again:
//
//   CAST(GATHER(table: i8[n,3], i))  ─▶  SLICE(CAST(GATHER(table: i4[n,4], i)))
//   CAST(GATHER(table: i8[n], i))    ─▶  STRIDED_SLICE(CAST(GATHER(table: i4[n,2], i)))
//
// Its CAST gives FLOAT32 alone, which holds all these values: other types take a second one. Rows
// that anything but a CAST takes stay, since no other kernel takes INT4 there, and with them the
// table: two of it would be larger than one.
#include "optimize/reduce_precision.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "emit/movement.h"
#include "emit/shape.h"
#include "emit/strided_slice.h"
#include "optimize/rewrite.h"

namespace litecast::optimize {
namespace {

constexpr std::size_t kTileBytes = std::size_t{1} << 20;

bool is_table(const Value* value) {
  return value && value->is_constant() && value->dtype() == DType::INT8 &&
         !value->type().quantization && value->constant()->elements() > 0;
}

bool fits(const ir::Constant& table) {
  bool result = true;
  table.for_each_tile(kTileBytes, [&](std::uint64_t, std::span<const std::byte> bytes) {
    result = result && std::ranges::all_of(bytes, [](std::byte b) {
               const int value = static_cast<std::int8_t>(b);
               return value >= -8 && value <= 7;
             });
  });
  return result;
}

int gathered_axis(const Node& gather) {
  const int axis = gather.options_as<tflite::GatherOptionsT>().axis;
  return axis < 0 ? axis + static_cast<int>(gather.operand(0)->constant()->shape().size()) : axis;
}

// How a table lies in INT4.
struct Layout {
  ir::StaticShape shape;  // that of the table, with an axis of one value where its last is gathered
  bool has_new_axis = false;
  bool is_padded = false;  // the last axis has one value more than in `shape`

  explicit Layout(const Node& gather) : shape(gather.operand(0)->constant()->shape()) {
    const auto axis = static_cast<std::size_t>(gathered_axis(gather));
    has_new_axis = axis + 1 == shape.size();
    if (has_new_axis) shape.push_back(1);
    std::int64_t row = 1;
    for (std::size_t i = axis + 1; i < shape.size(); ++i) row *= shape[i];
    is_padded = row % 2 != 0;
  }
  std::int64_t width() const { return shape.back() + (is_padded ? 1 : 0); }
  auto operator<=>(const Layout&) const = default;
};

// Why the rows cannot be INT4, or nothing.
std::optional<std::string> obstacle(const Node& gather) {
  const Value& rows = *gather.result();
  if (rows.output_uses() > 0) return "the model gives its rows out";
  for (const ir::Use& use : rows.uses())
    if (use.node->op() != Op::CAST)
      return fmt::format("{} takes its rows, and no INT4", ir::name(use.node->op()));
  if (Layout(gather).is_padded && !rows.shape().is_ranked())
    return "the rank of its rows is not known";
  return std::nullopt;
}

// Two values in each byte, the first one in the lower half.
ir::ConstantPtr packed(const ir::Constant& table, const Layout& layout) {
  ir::StaticShape shape = layout.shape;
  const auto from = static_cast<std::uint64_t>(shape.back());
  const auto to = static_cast<std::uint64_t>(layout.width());
  shape.back() = layout.width();
  const std::uint64_t rows = static_cast<std::uint64_t>(table.elements()) / from;
  std::vector<std::byte> bytes((rows * to + 1) / 2);
  table.for_each_tile(kTileBytes, [&](std::uint64_t offset, std::span<const std::byte> tile) {
    for (std::size_t i = 0; i < tile.size(); ++i) {
      const std::uint64_t at = (offset + i) / from * to + (offset + i) % from;
      bytes[at / 2] |= (tile[i] & std::byte{0xF}) << (at % 2 ? 4 : 0);
    }
  });
  return ir::Constant::owned(DType::INT4, std::move(shape), std::move(bytes));
}

class Tables {
 public:
  explicit Tables(const ir::Module& module) {
    for (const auto& graph : module.graphs()) {
      for (Value* output : graph->outputs()) keep(output, "the model gives it out");
      for (const Node* node = graph->first(); node; node = node->next()) visit(*node);
    }
  }

  // Of the tables that stay though their values fit.
  const std::vector<std::string>& notes() const { return notes_; }

  // The table in INT4, or null where it stays. Tables of one constant are made once.
  ir::ConstantPtr reduced(const Node& gather) {
    const ir::ConstantPtr& table = gather.operand(0)->constant();
    if (kept_.contains(table.get()) || !fits_once(*table)) return nullptr;
    const Layout layout(gather);
    ir::ConstantPtr& result = reduced_[{table.get(), layout}];
    if (!result) result = packed(*table, layout);
    return result;
  }

 private:
  void visit(const Node& node) {
    const bool is_gather = node.op() == Op::GATHER;
    for (std::size_t i = 0; i < node.operands().size(); ++i) {
      const Value* value = node.operands()[i];
      if (!is_table(value)) continue;
      if (!is_gather || i != 0) {
        keep(value, {});
      } else if (const auto why = obstacle(node); why && fits_once(*value->constant())) {
        keep(value, fmt::format("a table of '{}' stays INT8: {}", node.provenance(), *why));
      }
    }
  }

  void keep(const Value* value, const std::string& note) {
    if (!is_table(value)) return;
    const bool is_new = kept_.insert(value->constant().get()).second;
    if (is_new && !note.empty()) notes_.push_back(note);
  }

  bool fits_once(const ir::Constant& table) {
    const auto [at, is_new] = fits_.try_emplace(&table, false);
    if (is_new) at->second = fits(table);
    return at->second;
  }

  std::unordered_set<const ir::Constant*> kept_;
  std::unordered_map<const ir::Constant*, bool> fits_;
  std::map<std::pair<const ir::Constant*, Layout>, ir::ConstantPtr> reduced_;
  std::vector<std::string> notes_;
};

// The rows as FLOAT32, without what the table was padded with.
Value* rows_of(emit::Emitter& e, const Node& gather, const ir::ConstantPtr& table) {
  const Layout layout(gather);
  auto options = gather.options_as<tflite::GatherOptionsT>();
  options.axis = gathered_axis(gather);
  Value* rows = e.add(Op::GATHER, {e.constant(table), gather.operand(1)}, options);
  Value* reals = emit::cast(e, rows, DType::FLOAT32);
  if (!layout.is_padded) return reals;
  const auto rank = static_cast<std::size_t>(reals->shape().rank());
  if (layout.has_new_axis) {
    std::vector<emit::AxisRange> ranges(rank);
    ranges.back() = {.begin = Dim(0), .end = Dim(1), .shrink = true};
    return emit::strided_slice(e, reals, std::move(ranges));
  }
  std::vector<Dim> size(rank, Dim(-1));
  size.back() = Dim(layout.shape.back());
  return emit::slice(e, reals, std::vector<std::int64_t>(rank, 0), size);
}

void reduce(Node& gather, const ir::ConstantPtr& table) {
  ir::Graph& graph = gather.graph();
  Builder builder(gather);
  builder.set_provenance(gather.provenance_ref());
  emit::Emitter e(builder);
  Value* reals = rows_of(e, gather, table);
  std::vector<Node*> casts;
  for (const ir::Use& use : gather.result()->uses()) casts.push_back(use.node);
  std::ranges::sort(casts, {}, &Node::order);
  for (Node* old : casts) {
    const DType to = old->result()->dtype();
    builder.set_provenance(old->provenance_ref());
    graph.replace_all_uses(old->result(), to == DType::FLOAT32 ? reals : emit::cast(e, reals, to));
    graph.erase(*old);
  }
  graph.erase(gather);
}

}  // namespace

std::vector<std::string> reduce_precision(ir::Module& module) {
  Tables tables(module);
  std::vector<Node*> gathers;
  for (const auto& graph : module.graphs())
    for (Node* node = graph->first(); node; node = node->next())
      if (node->op() == Op::GATHER && is_table(node->operand(0))) gathers.push_back(node);
  for (Node* gather : gathers)
    if (const ir::ConstantPtr table = tables.reduced(*gather)) reduce(*gather, table);
  return tables.notes();
}

}  // namespace litecast::optimize
