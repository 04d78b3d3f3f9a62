// Ops with the semantics of StableHLO: few have a kernel in the runtime, the others only travel in
// files. Operands have one shape: nothing is broadcast.
#include "ops/dtype_sets.h"
#include "ops/families.h"
#include "ops/infer.h"
#include "ops/stablehlo_infer.h"

namespace litecast::ops {
namespace {

OperandSpec operand(const char* name, DTypeSet dtypes = kAnyDType) {
  return {.name = name, .dtypes = dtypes, .max_rank = kNoRankLimit};
}

OpInfo unary(Op op, const char* runtime = "") {
  return {.op = op,
          .operands = {operand("operand")},
          .infer = same_type_as_operand,
          .elementwise = true,
          .layout = Layout::agnostic,
          .min_runtime = {runtime}};
}

OpInfo binary(Op op, const char* runtime = "") {
  return {.op = op,
          .operands = {operand("lhs"), operand("rhs")},
          .infer = stablehlo_elementwise,
          .elementwise = true,
          .layout = Layout::agnostic,
          .min_runtime = {runtime}};
}

// The result types are what a file or a source says; operands may be any number.
OpInfo opaque_shape(Op op, Effect effect = Effect::pure, const char* runtime = "") {
  return {.op = op,
          .operands =
              {{.name = "operands", .max_rank = kNoRankLimit, .optional = true, .variadic = true}},
          .effect = effect,
          .min_runtime = {runtime}};
}

}  // namespace

std::span<const OpInfo> stablehlo_family() {
  constexpr DTypeSet shifted = {DType::INT8, DType::INT16, DType::INT32};
  OpInfo shift_left = binary(Op::STABLEHLO_SHIFT_LEFT, "2.17.0");
  shift_left.operands = {operand("lhs", shifted), operand("rhs", shifted)};
  static const OpInfo family[] = {
      unary(Op::STABLEHLO_ABS),
      unary(Op::STABLEHLO_CBRT, "2.17.0"),
      unary(Op::STABLEHLO_COSINE),
      unary(Op::STABLEHLO_EXPONENTIAL),
      unary(Op::STABLEHLO_FLOOR),
      unary(Op::STABLEHLO_LOG),
      unary(Op::STABLEHLO_LOGISTIC),
      unary(Op::STABLEHLO_NEGATE),
      unary(Op::STABLEHLO_RSQRT),
      unary(Op::STABLEHLO_TANH),
      binary(Op::STABLEHLO_ADD, "2.16.0"),
      binary(Op::STABLEHLO_AND, "2.17.0"),
      binary(Op::STABLEHLO_DIVIDE),
      binary(Op::STABLEHLO_MAXIMUM, "2.16.0"),
      binary(Op::STABLEHLO_MINIMUM, "2.16.0"),
      binary(Op::STABLEHLO_MULTIPLY, "2.16.0"),
      binary(Op::STABLEHLO_OR),
      binary(Op::STABLEHLO_POWER),
      binary(Op::STABLEHLO_REMAINDER),
      shift_left,
      binary(Op::STABLEHLO_SUBTRACT),
      {.op = Op::STABLEHLO_COMPARE,
       .operands = {operand("lhs"), operand("rhs")},
       .infer = stablehlo_compare,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {""}},
      {.op = Op::STABLEHLO_PAD,
       .operands = {operand("operand", kWords), operand("padding_value", kWords)},
       .infer = stablehlo_pad,
       .min_runtime = {"2.16.0"}},
      {.op = Op::STABLEHLO_TRANSPOSE,
       .operands = {operand("operand")},
       .infer = stablehlo_transpose,
       .min_runtime = {""}},
      {.op = Op::STABLEHLO_CONCATENATE,
       .operands = {{.name = "operands", .max_rank = kNoRankLimit, .variadic = true}},
       .infer = stablehlo_concatenate,
       .min_runtime = {""}},
      {.op = Op::STABLEHLO_SLICE,
       .operands = {operand("operand")},
       .infer = stablehlo_slice,
       .min_runtime = {""}},
      {.op = Op::STABLEHLO_DYNAMIC_SLICE,
       .operands = {operand("operand"), {.name = "start_indices", .max_rank = 0, .variadic = true}},
       .infer = stablehlo_dynamic_slice,
       .min_runtime = {""}},
      {.op = Op::STABLEHLO_DYNAMIC_UPDATE_SLICE,
       .operands = {operand("operand"),
                    operand("update"),
                    {.name = "start_indices", .max_rank = 0, .variadic = true}},
       .infer = same_type_as_operand,
       .min_runtime = {""}},
      {.op = Op::STABLEHLO_GATHER,
       .operands = {operand("operand", kWords), operand("start_indices", kIndex)},
       .infer = stablehlo_gather,
       .min_runtime = {"2.16.0"}},
      {.op = Op::STABLEHLO_SCATTER,
       .operands = {operand("operand", kWords), operand("scatter_indices", kIndex),
                    operand("updates", kWords)},
       .infer = same_type_as_operand,
       .min_runtime = {"2.15.0"}},
      {.op = Op::STABLEHLO_SELECT,
       .operands = {operand("pred", {DType::BOOL}), operand("on_true"), operand("on_false")},
       .infer = stablehlo_select,
       .min_runtime = {""}},
      {.op = Op::STABLEHLO_CLAMP,
       .operands = {operand("min"), operand("operand"), operand("max")},
       .infer = stablehlo_clamp,
       .min_runtime = {""}},
      {.op = Op::STABLEHLO_RNG_BIT_GENERATOR,
       .operands = {{.name = "state", .dtypes = {DType::UINT64}, .min_rank = 1, .max_rank = 1}},
       .min_runtime = {"2.15.0"}},
      {.op = Op::STABLEHLO_REDUCE_WINDOW,
       .operands = {operand("operand", kWords), operand("init_value", kWords)},
       .infer = stablehlo_reduce_window,
       .min_runtime = {"2.16.0"}},
      opaque_shape(Op::STABLEHLO_BROADCAST_IN_DIM),
      opaque_shape(Op::STABLEHLO_CONVERT),
      opaque_shape(Op::STABLEHLO_CONVOLUTION),
      opaque_shape(Op::STABLEHLO_DOT_GENERAL),
      opaque_shape(Op::STABLEHLO_IOTA),
      opaque_shape(Op::STABLEHLO_REDUCE),
      opaque_shape(Op::STABLEHLO_RESHAPE),
      opaque_shape(Op::STABLEHLO_SORT),
      // What a body or a target does is not known here.
      opaque_shape(Op::STABLEHLO_CASE, Effect::opaque, "2.17.0"),
      opaque_shape(Op::STABLEHLO_COMPOSITE, Effect::opaque, "2.17.0"),
      opaque_shape(Op::STABLEHLO_CUSTOM_CALL, Effect::opaque),
      opaque_shape(Op::STABLEHLO_WHILE, Effect::opaque),
  };
  return family;
}

}  // namespace litecast::ops
