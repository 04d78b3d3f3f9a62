// Integers of less than a byte, several in one: the first in the low bits.
#pragma once

#include "ops/host_tensor.h"

namespace litecast::ops {

// The elements of an INT4, UINT4 or INT2 tensor, one a byte.
std::vector<std::int8_t> unpacked(const HostTensor& tensor);
// Fills a tensor of such a type from its elements; they lose their high bits.
void pack(std::span<const std::int8_t> elements, HostTensor& tensor);

}  // namespace litecast::ops
