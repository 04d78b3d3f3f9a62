// Products of float matrices in memory; sums in double. What is quantized is not folded.
#pragma once

#include "ops/op_info.h"

namespace litecast::ops {

bool fold_fully_connected(const OpView& node, std::span<const HostTensor> in,
                          std::span<HostTensor> out);
bool fold_batch_matmul(const OpView& node, std::span<const HostTensor> in,
                       std::span<HostTensor> out);

}  // namespace litecast::ops
