#include "ops/op_info.h"

namespace litecast::ops {
namespace {

// Truth values count as 0 and 1: a comparison of known sizes is known. Sizes are never of less than
// a byte.
bool has_integers(const ir::Value* value) {
  return value != nullptr && ir::byte_width(value->dtype()) > 0 &&
         (ir::is_integer(value->dtype()) || value->dtype() == DType::BOOL);
}

}  // namespace

std::optional<std::vector<ir::Dim>> OpView::dims(int index) const {
  const ir::Value* value = in(index);
  if (!has_integers(value)) return std::nullopt;
  if (const auto* contents = value->contents()) return *contents;
  if (!value->constant() || !value->constant()->is_small()) return std::nullopt;
  const std::vector<std::int64_t> values = ir::integer_values(*value->constant());
  return std::vector<ir::Dim>(values.begin(), values.end());
}

std::optional<std::vector<std::int64_t>> OpView::integers(int index) const {
  const ir::Value* value = in(index);
  if (!has_integers(value)) return std::nullopt;
  if (value->constant() && value->constant()->is_small())
    return ir::integer_values(*value->constant());
  const auto* contents = value->contents();
  if (contents == nullptr) return std::nullopt;
  std::vector<std::int64_t> values;
  for (const ir::Dim dim : *contents) {
    if (!dim.is_constant()) return std::nullopt;
    values.push_back(dim.value());
  }
  return values;
}

}  // namespace litecast::ops
