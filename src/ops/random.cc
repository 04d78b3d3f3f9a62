// Random numbers: never shared, never folded.
#include "ops/families.h"
#include "ops/infer.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;

Results infer_random(const OpView& node, ir::DimContext& dims) {
  auto shape = shape_from_operand(node, 0, dims);
  if (!shape) return tl::unexpected(shape.error());
  return one_result(FLOAT32, std::move(*shape));
}

// INT64 unless the caller says INT32: the options do not tell it.
Results infer_multinomial(const OpView& node, ir::DimContext& dims) {
  const ir::Shape& logits = node.shape(0);
  const auto samples = node.dims(1);
  const ir::Dim count = samples && samples->size() == 1 ? samples->front() : dims.fresh("samples");
  if (count.is_constant() && count.value() < 0)
    return violation(LimitViolation::Kind::shape, 1, "MULTINOMIAL takes no negative count");
  const ir::Dim rows = logits.is_ranked() ? logits[0] : dims.fresh("rows");
  return one_result(INT64, {rows, count});
}

}  // namespace

std::span<const OpInfo> random_family() {
  static const OpInfo family[] = {
      {.op = Op::RANDOM_UNIFORM,
       .operands = {{.name = "shape", .dtypes = {INT32}, .min_rank = 1, .max_rank = 1}},
       .infer = infer_random,
       .effect = Effect::random,
       .min_runtime = {"2.8.0"}},
      {.op = Op::RANDOM_STANDARD_NORMAL,
       .operands = {{.name = "shape", .dtypes = {INT32}, .min_rank = 1, .max_rank = 1}},
       .infer = infer_random,
       .effect = Effect::random,
       .min_runtime = {"2.8.0"}},
      {.op = Op::MULTINOMIAL,
       .operands = {{.name = "logits", .dtypes = {FLOAT32}, .min_rank = 2, .max_rank = 2},
                    {.name = "num_samples", .dtypes = {INT32}, .max_rank = 1}},
       .infer = infer_multinomial,
       .effect = Effect::random,
       .min_runtime = {"2.8.0"}},
  };
  return family;
}

}  // namespace litecast::ops
