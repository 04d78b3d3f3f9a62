// The families of the op table, one file each.
#pragma once

#include <span>

#include "ops/op_info.h"

namespace litecast::ops {

std::span<const OpInfo> activation_family();
std::span<const OpInfo> arithmetic_family();
std::span<const OpInfo> cast_family();
std::span<const OpInfo> comparison_family();
std::span<const OpInfo> concat_family();
std::span<const OpInfo> control_family();
std::span<const OpInfo> conv_family();
std::span<const OpInfo> gather_scatter_family();
std::span<const OpInfo> generator_family();
std::span<const OpInfo> layout_family();
std::span<const OpInfo> matmul_family();
std::span<const OpInfo> normalization_family();
std::span<const OpInfo> pad_family();
std::span<const OpInfo> pool_family();
std::span<const OpInfo> quantization_family();
std::span<const OpInfo> random_family();
std::span<const OpInfo> recurrent_family();
std::span<const OpInfo> reduce_family();
std::span<const OpInfo> resize_image_family();
std::span<const OpInfo> resource_family();
std::span<const OpInfo> search_family();
std::span<const OpInfo> segment_family();
std::span<const OpInfo> select_family();
std::span<const OpInfo> shape_family();
std::span<const OpInfo> signal_family();
std::span<const OpInfo> slice_family();
std::span<const OpInfo> space_batch_family();
std::span<const OpInfo> stablehlo_family();
std::span<const OpInfo> text_family();
std::span<const OpInfo> unary_family();

}  // namespace litecast::ops
