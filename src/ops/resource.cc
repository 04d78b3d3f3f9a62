// State that outlives a run: variables and hash tables.
#include "ops/families.h"
#include "ops/infer.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;
using Kind = LimitViolation::Kind;

constexpr DTypeSet kHandle = {RESOURCE, INT32};  // old files hold handles as INT32
constexpr DTypeSet kKeyOrValue = {INT64, STRING};

Results infer_handle(const OpView&, ir::DimContext&) { return one_result(RESOURCE, {1}); }

Results infer_hashtable(const OpView& node, ir::DimContext& dims) {
  const auto& options = node.as<tflite::HashtableOptionsT>();
  const bool fits = (options.key_dtype == INT64 && options.value_dtype == STRING) ||
                    (options.key_dtype == STRING && options.value_dtype == INT64);
  if (!fits) {
    return violation(Kind::dtype, -1,
                     "HASHTABLE maps i64 to string or string to i64, not " +
                         std::string(ir::short_name(options.key_dtype)) + " to " +
                         std::string(ir::short_name(options.value_dtype)));
  }
  return infer_handle(node, dims);
}

// Keys and values are of different types; `a` and `b` are their operands.
std::optional<LimitViolation> check_pair(const OpView& node, int a, int b) {
  if (node.dtype(a) != node.dtype(b)) return std::nullopt;
  return LimitViolation{
      Kind::dtype, b,
      std::string(ir::name(node.op)) + " maps between i64 and string, not within one type"};
}

Results infer_find(const OpView& node, ir::DimContext&) {
  if (auto bad = check_pair(node, 1, 2)) return tl::unexpected(*bad);
  return one_result(node.dtype(2), node.shape(1));
}

Results infer_import(const OpView& node, ir::DimContext&) {
  if (auto bad = check_pair(node, 1, 2)) return tl::unexpected(*bad);
  const bool ranked = node.shape(1).is_ranked() && node.shape(2).is_ranked();
  if (ranked && !(node.shape(1) == node.shape(2)))
    return violation(Kind::shape, 2, "HASHTABLE_IMPORT takes a value for each key");
  return std::vector<ir::Type>{};
}

Results infer_size(const OpView&, ir::DimContext&) { return one_result(INT64, {1}); }

}  // namespace

std::span<const OpInfo> resource_family() {
  static const OpInfo family[] = {
      {.op = Op::HASHTABLE, .infer = infer_hashtable, .min_runtime = {"2.5.0"}},
      {.op = Op::HASHTABLE_FIND,
       .operands = {{.name = "table", .dtypes = kHandle},
                    {.name = "keys", .dtypes = kKeyOrValue},
                    {.name = "default_value", .dtypes = kKeyOrValue}},
       .infer = infer_find,
       .effect = Effect::read,
       .min_runtime = {"2.5.0"}},
      {.op = Op::HASHTABLE_IMPORT,
       .operands = {{.name = "table", .dtypes = kHandle},
                    {.name = "keys", .dtypes = kKeyOrValue},
                    {.name = "values", .dtypes = kKeyOrValue}},
       .infer = infer_import,
       .effect = Effect::write,
       .min_runtime = {"2.5.0"}},
      {.op = Op::HASHTABLE_SIZE,
       .operands = {{.name = "table", .dtypes = kHandle}},
       .infer = infer_size,
       .effect = Effect::read,
       .min_runtime = {"2.5.0"}},
      {.op = Op::VAR_HANDLE, .infer = infer_handle, .min_runtime = {"2.6.0"}},
      // The result's type comes from the caller, who knows the variable.
      {.op = Op::READ_VARIABLE,
       .operands = {{.name = "resource", .dtypes = kHandle}},
       .effect = Effect::read,
       .min_runtime = {"2.6.0"}},
      {.op = Op::ASSIGN_VARIABLE,
       .operands = {{.name = "resource", .dtypes = kHandle}, {.name = "value"}},
       .infer = no_results,
       .effect = Effect::write,
       .min_runtime = {"2.6.0"}},
  };
  return family;
}

}  // namespace litecast::ops
