// What the format fixes. Its types are called format::Tensor and so on in this folder, to tell them
// from the IR's and from our own.
#pragma once

#include "model_generated.h"
#include "tflite/namespace.h"

namespace litecast::tflite {

namespace format = ::tflite;

// Version of the schema that every file states.
inline constexpr std::uint32_t kSchemaVersion = 3;

// Offsets within a FlatBuffer have 31 bits.
inline constexpr std::uint64_t kMaxFlatBufferSize = (std::uint64_t{1} << 31) - 1;

// Constants begin at multiples of this, so that kernels may load them as vectors.
inline constexpr std::uint64_t kDataAlignment = 16;

inline constexpr const char* kMinRuntimeVersion = "min_runtime_version";
inline constexpr const char* kConversionMetadata = "CONVERSION_METADATA";

}  // namespace litecast::tflite
