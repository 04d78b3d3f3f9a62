// Text and hashing ops of early mobile models.
#include "ops/families.h"
#include "ops/infer.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;
using Kind = LimitViolation::Kind;

// Rows of the values, one for each number looked up, and which were found.
Results infer_hashtable_lookup(const OpView& node, ir::DimContext& dims) {
  const ir::Shape& lookup = node.shape(0);
  const ir::Shape& values = node.shape(2);
  const ir::Dim count = lookup.is_ranked() ? lookup[0] : dims.fresh("lookup");
  if (node.dtype(2) == STRING && values.is_ranked() && values.rank() != 1)
    return violation(Kind::rank, 2, "HASHTABLE_LOOKUP takes strings of rank 1 only");
  ir::Shape rows = ir::Shape::unranked();
  if (values.is_ranked()) {
    std::vector<ir::Dim> sizes = values.dims();
    sizes.front() = count;
    rows = ir::Shape(std::move(sizes));
  }
  return std::vector<ir::Type>{{node.dtype(2), std::move(rows)}, {UINT8, {count}}};
}

Results infer_lsh_projection(const OpView& node, ir::DimContext& dims) {
  using enum tflite::LSHProjectionType;
  const auto type = node.as<tflite::LSHProjectionOptionsT>().type;
  const ir::Shape& hash = node.shape(0);
  const ir::Dim functions = hash.is_ranked() ? hash[0] : dims.fresh("hash");
  const ir::Dim bits = hash.is_ranked() ? hash[1] : dims.fresh("bits");
  if (type == SPARSE) return one_result(INT32, {functions});
  if (type == DENSE) return one_result(INT32, {functions * bits});
  return violation(Kind::option, -1, "LSH_PROJECTION is either sparse or dense");
}

Results infer_skip_gram(const OpView&, ir::DimContext& dims) {
  return one_result(STRING, {dims.fresh("grams")});
}

}  // namespace

std::span<const OpInfo> text_family() {
  static const OpInfo family[] = {
      {.op = Op::HASHTABLE_LOOKUP,
       .operands = {{.name = "lookup", .dtypes = {INT32}, .min_rank = 1, .max_rank = 1},
                    {.name = "keys", .dtypes = {INT32}, .min_rank = 1, .max_rank = 1},
                    {.name = "values", .min_rank = 1}},
       .infer = infer_hashtable_lookup,
       .min_runtime = {"1.5.0"}},
      {.op = Op::LSH_PROJECTION,
       .operands = {{.name = "hash", .dtypes = {FLOAT32}, .min_rank = 2, .max_rank = 2},
                    {.name = "input", .min_rank = 1},
                    {.name = "weight", .dtypes = {FLOAT32}, .optional = true}},
       .infer = infer_lsh_projection,
       .min_runtime = {"1.5.0"}},
      {.op = Op::SKIP_GRAM,
       .operands = {{.name = "text", .dtypes = {STRING}}},
       .infer = infer_skip_gram,
       .min_runtime = {"1.5.0"}},
  };
  return family;
}

}  // namespace litecast::ops
