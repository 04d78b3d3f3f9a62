#include "sources/tensorflow/tensor_constant.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "emit/emitter.h"
#include "litecast/error.h"

namespace litecast::tensorflow {
namespace {

// Types of less than a byte: TensorFlow gives each element a byte, the format packs two or four
// into one, the first in the lowest bits.
std::vector<std::byte> packed(std::span<const std::byte> elements, int bits) {
  const auto per_byte = static_cast<std::size_t>(8 / bits);
  const auto mask = static_cast<std::byte>((1 << bits) - 1);
  std::vector<std::byte> bytes((elements.size() + per_byte - 1) / per_byte);
  for (std::size_t i = 0; i < elements.size(); ++i)
    bytes[i / per_byte] |= (elements[i] & mask) << (static_cast<int>(i % per_byte) * bits);
  return bytes;
}

bool is_packed(ir::DType dtype) {
  const int bits = ir::bit_width(dtype);
  return bits > 0 && bits < 8;
}

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// Sorts the slices of a partitioned variable; true when each holds whole rows of the tensor, so
// that their bytes follow one another.
bool are_rows(std::vector<Segment>& slices, const ir::StaticShape& shape) {
  if (slices.size() == 1) return true;
  for (const Segment& slice : slices)
    for (std::size_t axis = 1; axis < shape.size(); ++axis)
      if (slice.shape[axis] != shape[axis]) return false;
  std::sort(slices.begin(), slices.end(),
            [](const Segment& a, const Segment& b) { return a.start < b.start; });
  return true;
}

ir::StaticShape part_shape(ir::StaticShape shape, std::span<const SliceExtent> slice) {
  for (std::size_t axis = 0; axis < slice.size() && axis < shape.size(); ++axis)
    if (slice[axis].length >= 0) shape[axis] = slice[axis].length;
  return shape;
}

}  // namespace

ir::DType dtype_of(DataType type) {
  if (auto code = tflite_type_of(type)) return static_cast<ir::DType>(*code);
  throw emit::Unsupported(
      fmt::format("tensors of type {} do not exist in the format", name_of(type)),
      "cast to a type such as float32 or int32 in the model");
}

ir::ConstantPtr constant_of(const TensorProto& tensor) {
  const ir::DType dtype = dtype_of(tensor.dtype());
  ir::StaticShape shape = tensor.shape().dims;
  if (tensor.dtype() == DataType::kString)
    return string_constant(std::move(shape), tensor.strings());
  if (is_packed(dtype))
    return ir::Constant::owned(dtype, std::move(shape),
                               packed(tensor.bytes(), ir::bit_width(dtype)));
  if (auto content = tensor.content())
    return ir::Constant::view(dtype, std::move(shape), as_bytes(*content), tensor.owner());
  if (auto element = tensor.splat(); element && tensor.element_count() > 1)
    return ir::Constant::splat(dtype, std::move(shape), std::move(*element));
  return ir::Constant::owned(dtype, std::move(shape), tensor.bytes());
}

ir::ConstantPtr constant_of(DataType type, ir::StaticShape shape, std::span<const std::byte> bytes,
                            std::shared_ptr<const void> owner) {
  const ir::DType dtype = dtype_of(type);
  if (is_packed(dtype))
    return ir::Constant::owned(dtype, std::move(shape), packed(bytes, ir::bit_width(dtype)));
  return ir::Constant::view(dtype, std::move(shape), bytes, std::move(owner));
}

ir::ConstantPtr string_constant(ir::StaticShape shape, std::span<const std::string_view> strings) {
  std::uint64_t size = 4 * (strings.size() + 2);
  for (auto text : strings) size += text.size();
  if (size > std::numeric_limits<std::int32_t>::max())
    throw emit::Unsupported("a string constant of more than 2 GB does not fit in the format");
  std::vector<std::byte> bytes(size);
  std::size_t at = 0;
  auto put = [&](std::size_t number) {
    const auto value = static_cast<std::int32_t>(number);
    std::memcpy(bytes.data() + at, &value, sizeof value);
    at += sizeof value;
  };
  put(strings.size());
  std::size_t offset = 4 * (strings.size() + 2);
  put(offset);
  for (auto text : strings) put(offset += text.size());
  for (auto text : strings) {
    if (!text.empty()) std::memcpy(bytes.data() + at, text.data(), text.size());
    at += text.size();
  }
  return ir::Constant::owned(ir::DType::STRING, std::move(shape), std::move(bytes));
}

ir::ConstantPtr constant_of(const TensorBundle& bundle, const VariableSource& source) {
  const auto& [key, slice] = source;
  auto entry = bundle.find(key);
  if (!entry)
    throw MalformedInput(
        fmt::format("{}: the checkpoint has no tensor '{}'", bundle.prefix(), key));
  const ir::DType dtype = dtype_of(entry->dtype);
  ir::StaticShape shape = part_shape(entry->shape.dims, slice);
  if (entry->dtype == DataType::kString) {
    auto strings = bundle.read_strings(key);
    std::vector<std::string_view> views(strings.begin(), strings.end());
    return string_constant(std::move(shape), views);
  }
  if (is_packed(dtype))
    return ir::Constant::owned(dtype, std::move(shape),
                               packed(bundle.read(key, slice), ir::bit_width(dtype)));
  std::vector<Segment> parts = bundle.segments(key, slice);
  if (!are_rows(parts, shape))
    return ir::Constant::owned(dtype, std::move(shape), bundle.read(key, slice));
  std::vector<ir::FileSegment> segments;
  for (Segment& part : parts)
    segments.push_back({std::move(part.extent), part.masked_crc, fmt::format("tensor '{}'", key)});
  return ir::Constant::file(dtype, std::move(shape), std::move(segments));
}

}  // namespace litecast::tensorflow
