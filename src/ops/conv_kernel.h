// Convolution of tensors in memory: float data, any number of spatial axes, sums in double. What
// is quantized is not folded.
#pragma once

#include "ops/op_info.h"

namespace litecast::ops {

bool fold_conv_2d(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out);
bool fold_depthwise(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out);
bool fold_conv_3d(const OpView& node, std::span<const HostTensor> in, std::span<HostTensor> out);
bool fold_transpose_conv(const OpView& node, std::span<const HostTensor> in,
                         std::span<HostTensor> out);
bool fold_conv_3d_transpose(const OpView& node, std::span<const HostTensor> in,
                            std::span<HostTensor> out);

}  // namespace litecast::ops
