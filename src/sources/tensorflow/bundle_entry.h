#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sources/tensorflow/data_type.h"
#include "sources/tensorflow/slice_key.h"
#include "sources/tensorflow/tensor_shape.h"

namespace litecast::tensorflow {

// What a checkpoint's index says about a tensor (BundleEntryProto).
struct BundleEntry {
  DataType dtype = DataType::kInvalid;
  TensorShape shape;  // Fully known.
  std::int64_t shard = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t masked_crc = 0;
  // Of a partitioned variable: its parts, stored under keys of their own.
  std::vector<std::vector<SliceExtent>> slices;
};

// Throws MalformedInput that begins with `what`.
BundleEntry read_bundle_entry(const std::string& what, std::string_view serialized);

}  // namespace litecast::tensorflow
