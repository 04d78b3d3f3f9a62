// Sets of element types, and operands, that many kernels share.
#pragma once

#include "ops/op_info.h"

namespace litecast::ops {

// Sizes, axes and places.
inline constexpr DTypeSet kIndex = {DType::INT32, DType::INT64};
// What kernels take that go by the size of an element alone: 8, 16, 32 or 64 bits.
inline constexpr DTypeSet kWords = {
    DType::FLOAT32, DType::FLOAT16, DType::BFLOAT16, DType::FLOAT64,  DType::INT8,
    DType::INT16,   DType::INT32,   DType::INT64,    DType::UINT8,    DType::UINT16,
    DType::UINT32,  DType::UINT64,  DType::BOOL,     DType::COMPLEX64};
inline constexpr DTypeSet kString = {DType::STRING};
inline constexpr DTypeSet kQuantizedTypes = {DType::UINT8, DType::INT8, DType::INT16};
inline constexpr DTypeSet kQuantizedBytes = {DType::UINT8, DType::INT8};

// For operands of any rank: the format itself sets no limit.
inline constexpr int kNoRankLimit = 1 << 20;
// More results than any model\'s node has.
inline constexpr int kMaxResults = 1 << 16;

// The operands of a binary elementwise op, which are of one type.
inline std::vector<OperandSpec> pair(DTypeSet dtypes, DTypeSet quantized = {}) {
  const OperandSpec lhs = {.name = "lhs", .dtypes = dtypes, .quantized = quantized};
  const OperandSpec rhs = {.name = "rhs", .dtypes = dtypes, .quantized = quantized};
  return {lhs, rhs};
}

}  // namespace litecast::ops
