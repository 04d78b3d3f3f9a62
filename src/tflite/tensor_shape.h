// A shape as a file states it: sizes for allocation before a run, where a free size counts as 1,
// and a signature that tells which are free.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/type.h"
#include "tflite/namespace.h"

namespace litecast::tflite {

// 1 where the size is free; empty when the rank is unknown. Throws UsageError for a size beyond 32
// bits.
std::vector<std::int32_t> allocated_shape(const ir::Type& type);

// -1 where the size is free.
std::vector<std::int32_t> shape_signature(const ir::Type& type);

}  // namespace litecast::tflite
