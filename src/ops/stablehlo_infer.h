// Result types of the StableHLO ops that are simple enough.
#pragma once

#include "ops/infer.h"

namespace litecast::ops {

// Operands of one type.
Results stablehlo_elementwise(const OpView& node, ir::DimContext& dims);
Results stablehlo_compare(const OpView& node, ir::DimContext& dims);
Results stablehlo_select(const OpView& node, ir::DimContext& dims);
Results stablehlo_clamp(const OpView& node, ir::DimContext& dims);
Results stablehlo_pad(const OpView& node, ir::DimContext& dims);
Results stablehlo_transpose(const OpView& node, ir::DimContext& dims);
Results stablehlo_concatenate(const OpView& node, ir::DimContext& dims);
Results stablehlo_slice(const OpView& node, ir::DimContext& dims);
Results stablehlo_dynamic_slice(const OpView& node, ir::DimContext& dims);
Results stablehlo_gather(const OpView& node, ir::DimContext& dims);
Results stablehlo_reduce_window(const OpView& node, ir::DimContext& dims);

}  // namespace litecast::ops
