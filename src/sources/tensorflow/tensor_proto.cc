#include "sources/tensorflow/tensor_proto.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include <litecast/error.h>

namespace litecast::tensorflow {

namespace {

enum TensorProtoField : std::uint32_t {
  kDtype = 1,
  kShape = 2,
  kContent = 4,
  kFloatVal = 5,
  kDoubleVal = 6,
  kIntVal = 7,
  kStringVal = 8,
  kScomplexVal = 9,
  kInt64Val = 10,
  kBoolVal = 11,
  kDcomplexVal = 12,
  kHalfVal = 13,
  kUint32Val = 16,
  kUint64Val = 17,
  kFloat8Val = 18,
};

// The list that holds the values of a type when tensor_content does not.
std::uint32_t value_field(DataType type) {
  switch (type) {
    case DataType::kFloat:
      return kFloatVal;
    case DataType::kDouble:
      return kDoubleVal;
    case DataType::kComplex64:
      return kScomplexVal;
    case DataType::kComplex128:
      return kDcomplexVal;
    case DataType::kInt64:
      return kInt64Val;
    case DataType::kBool:
      return kBoolVal;
    case DataType::kHalf:
    case DataType::kBfloat16:
      return kHalfVal;
    case DataType::kUint32:
      return kUint32Val;
    case DataType::kUint64:
      return kUint64Val;
    case DataType::kFloat8E5m2:
    case DataType::kFloat8E4m3fn:
    case DataType::kFloat8E4m3fnuz:
    case DataType::kFloat8E4m3b11fnuz:
    case DataType::kFloat8E5m2fnuz:
    case DataType::kFloat4E2m1fn:
      return kFloat8Val;
    default:
      return kIntVal;
  }
}

void append_bytes(const void* bytes, std::size_t size, std::vector<std::byte>& out) {
  const auto* first = static_cast<const std::byte*>(bytes);
  out.insert(out.end(), first, first + size);
}

template <class T>
std::vector<T> read_list(MessageReader& field) {
  std::vector<T> values;
  field.append_to(values);
  return values;
}

// Appends the values of one occurrence of the type's list.
void append_values(MessageReader& field, std::size_t size, std::vector<std::byte>& out) {
  switch (field.tag()) {
    case kFloatVal:
    case kScomplexVal:
      for (const float value : read_list<float>(field)) append_bytes(&value, sizeof value, out);
      return;
    case kDoubleVal:
    case kDcomplexVal:
      for (const double value : read_list<double>(field)) append_bytes(&value, sizeof value, out);
      return;
    case kFloat8Val: {
      const std::string_view bytes = field.bytes();
      append_bytes(bytes.data(), bytes.size(), out);
      return;
    }
    case kBoolVal:
      for (const std::int64_t value : read_list<std::int64_t>(field)) {
        out.push_back(static_cast<std::byte>(value != 0));
      }
      return;
    default:
      // Little-endian: the low bytes come first whatever the element's size.
      for (const std::int64_t value : read_list<std::int64_t>(field)) {
        append_bytes(&value, size, out);
      }
  }
}

}  // namespace

TensorProto::TensorProto(Message message) : message_(message) {
  for (MessageReader field(message, "TensorProto"); field.next();) {
    switch (field.tag()) {
      case kDtype: {
        const std::int64_t code = field.integer();
        const auto type = data_type_of(code);
        if (!type) field.malformed(fmt::format("there is no data type {}", code));
        dtype_ = *type;
        break;
      }
      case kShape:
        shape_ = read_tensor_shape(field.message());
        break;
      case kContent:
        content_ = field.bytes();
        break;
    }
  }
  const auto count = shape_.element_count();
  std::int64_t bytes = 0;
  const auto size = static_cast<std::int64_t>(element_size(dtype_));
  if (!count || __builtin_mul_overflow(*count, size, &bytes)) {
    message_.malformed("a tensor of the impossible shape " + shape_.text());
  }
  element_count_ = *count;
}

std::uint64_t TensorProto::byte_size() const {
  return static_cast<std::uint64_t>(element_count_) * element_size(dtype_);
}

std::optional<std::string_view> TensorProto::content() const {
  if (content_.empty() || content_.size() != byte_size()) return std::nullopt;
  return content_;
}

std::vector<std::byte> TensorProto::listed_values() const {
  const std::size_t size = element_size(dtype_);
  if (size == 0) {
    message_.malformed(
        fmt::format("expected elements of a fixed size, got type {}", name_of(dtype_)));
  }
  std::vector<std::byte> values;
  const std::uint32_t tag = value_field(dtype_);
  for (MessageReader field(message_, "TensorProto"); field.next();) {
    if (field.tag() == tag) append_values(field, size, values);
  }
  if (values.size() % size != 0 || values.size() > byte_size()) {
    message_.malformed(fmt::format("{} bytes of values for a tensor of type {} and shape {}",
                                   values.size(), name_of(dtype_), shape_.text()));
  }
  return values;
}

std::optional<std::vector<std::byte>> TensorProto::splat() const {
  const std::size_t size = element_size(dtype_);
  if (size == 0) return std::nullopt;
  if (!content_.empty()) {
    if (content_.size() != size) return std::nullopt;
    std::vector<std::byte> element;
    append_bytes(content_.data(), size, element);
    return element;
  }
  std::vector<std::byte> values = listed_values();
  if (values.empty()) return std::vector<std::byte>(size);
  if (values.size() != size) return std::nullopt;
  return values;
}

std::vector<std::byte> TensorProto::bytes(std::uint64_t limit) const {
  if (byte_size() > limit) {
    throw UsageError(fmt::format("a constant of type {} and shape {} takes {} bytes, more than {}",
                                 name_of(dtype_), shape_.text(), byte_size(), limit));
  }
  std::vector<std::byte> values;
  if (content_.empty()) {
    values = listed_values();
  } else {
    append_bytes(content_.data(), content_.size(), values);
  }
  const std::size_t element = element_size(dtype_);
  if (element == 0 || values.size() > byte_size() || values.size() % element != 0) {
    message_.malformed(fmt::format("{} bytes for a tensor of type {} and shape {}", values.size(),
                                   name_of(dtype_), shape_.text()));
  }
  // The last value repeats; without any, all are zero.
  std::size_t filled = values.size();
  values.resize(byte_size());
  if (filled == 0) return values;
  for (; filled < values.size(); filled += element) {
    std::memcpy(values.data() + filled, values.data() + filled - element, element);
  }
  return values;
}

std::vector<std::string_view> TensorProto::strings(std::uint64_t limit) const {
  if (dtype_ != DataType::kString) {
    message_.malformed(fmt::format("expected strings, got type {}", name_of(dtype_)));
  }
  const auto count = static_cast<std::uint64_t>(element_count_);
  if (count > limit) {
    throw UsageError(fmt::format("a constant of {} strings, more than {}", count, limit));
  }
  std::vector<std::string_view> values;
  for (MessageReader field(message_, "TensorProto"); field.next();) {
    if (field.tag() == kStringVal) values.push_back(field.bytes());
  }
  if (values.size() > count) {
    message_.malformed(fmt::format("{} strings for shape {}", values.size(), shape_.text()));
  }
  const std::string_view last = values.empty() ? std::string_view() : values.back();
  values.resize(count, last);
  return values;
}

}  // namespace litecast::tensorflow
