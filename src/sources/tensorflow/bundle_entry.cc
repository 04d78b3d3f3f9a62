#include "sources/tensorflow/bundle_entry.h"

#include <fmt/format.h>

#include "sources/tensorflow/proto.h"

namespace litecast::tensorflow {

namespace {

// Partitioners make a few to a few hundred; slices are compared in pairs.
constexpr std::size_t kMostSlices = 4096;

SliceExtent read_extent(Message message) {
  SliceExtent extent;
  for (MessageReader field(message, "TensorSliceProto.Extent"); field.next();) {
    if (field.tag() == 1) extent.start = field.integer();
    if (field.tag() == 2) extent.length = field.integer();
  }
  return extent;
}

std::vector<SliceExtent> read_slice(Message message) {
  std::vector<SliceExtent> slice;
  for (MessageReader field(message, "TensorSliceProto"); field.next();) {
    if (field.tag() == 1) slice.push_back(read_extent(field.message()));
  }
  return slice;
}

std::uint64_t read_unsigned(MessageReader& field) {
  const std::int64_t value = field.integer();
  if (value < 0) field.malformed(fmt::format("field {} is {}", field.tag(), value));
  return static_cast<std::uint64_t>(value);
}

}  // namespace

BundleEntry read_bundle_entry(const std::string& what, std::string_view serialized) {
  const auto document = Document::of_static(what, serialized);
  BundleEntry entry;
  for (MessageReader field(Message(*document), "BundleEntryProto"); field.next();) {
    switch (field.tag()) {
      case 1:
        entry.dtype = data_type_of(field.integer()).value_or(DataType::kInvalid);
        break;
      case 2:
        entry.shape = read_tensor_shape(field.message());
        break;
      case 3:
        entry.shard = field.integer();
        break;
      case 4:
        entry.offset = read_unsigned(field);
        break;
      case 5:
        entry.size = read_unsigned(field);
        break;
      case 6:
        entry.masked_crc = field.fixed32();
        break;
      case 7:
        entry.slices.push_back(read_slice(field.message()));
        break;
    }
    if (entry.slices.size() > kMostSlices) field.malformed("more than 4096 slices");
  }
  const Message whole(*document);
  if (entry.dtype == DataType::kInvalid) whole.malformed("expected a data type");
  if (!entry.shape.fully_known()) whole.malformed("the shape is " + entry.shape.text());
  return entry;
}

}  // namespace litecast::tensorflow
