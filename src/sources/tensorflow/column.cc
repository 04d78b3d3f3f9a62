#include "sources/tensorflow/column.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

#include "emit/emitter.h"

namespace litecast::tensorflow {
namespace {

std::int32_t i32_at(const std::vector<std::byte>& bytes, std::size_t index) {
  std::int32_t value = 0;
  std::memcpy(&value, bytes.data() + index * sizeof value, sizeof value);
  return value;
}

template <class T>
bool parse_as(std::string_view text, std::string& bytes) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  return true;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

Column::Column(const ir::Constant& constant)
    : bytes_(constant.bytes()), size_(static_cast<std::size_t>(constant.elements())) {
  if (constant.dtype() == ir::DType::STRING) return;
  width_ = static_cast<std::size_t>(ir::byte_width(constant.dtype()));
  if (width_ == 0)
    throw emit::Unsupported("its elements are smaller than a byte",
                            "build it of int32 or int64 numbers");
}

std::string_view Column::operator[](std::size_t index) const {
  const char* begin = reinterpret_cast<const char*>(bytes_.data());
  if (width_ > 0) return {begin + index * width_, width_};
  const auto from = static_cast<std::size_t>(i32_at(bytes_, index + 1));
  const auto to = static_cast<std::size_t>(i32_at(bytes_, index + 2));
  return {begin + from, to - from};
}

void ColumnBuilder::add(std::string_view element) {
  letters_ += element;
  ++size_;
  if (dtype_ != ir::DType::STRING) return;
  constexpr std::size_t kMaxBytes = std::numeric_limits<std::int32_t>::max();
  if (letters_.size() + 4 * (size_ + 2) > kMaxBytes)
    throw emit::Unsupported("a table of more than 2 GB of text does not fit in the format");
  ends_.push_back(static_cast<std::int32_t>(letters_.size()));
}

bool ColumnBuilder::parse(std::string_view text) {
  if (dtype_ == ir::DType::STRING) {
    add(text);
    return true;
  }
  text = trimmed(text);
  bool is_number = false;
  switch (dtype_) {
    case ir::DType::INT32:
      is_number = parse_as<std::int32_t>(text, letters_);
      break;
    case ir::DType::INT64:
      is_number = parse_as<std::int64_t>(text, letters_);
      break;
    case ir::DType::FLOAT32:
      is_number = parse_as<float>(text, letters_);
      break;
    case ir::DType::FLOAT64:
      is_number = parse_as<double>(text, letters_);
      break;
    default:
      break;
  }
  size_ += is_number;
  return is_number;
}

void ColumnBuilder::add_number(std::int64_t value) {
  const auto narrow = static_cast<std::int32_t>(value);
  if (dtype_ == ir::DType::STRING)
    add(std::to_string(value));
  else if (dtype_ == ir::DType::INT32)
    add({reinterpret_cast<const char*>(&narrow), sizeof narrow});
  else
    add({reinterpret_cast<const char*>(&value), sizeof value});
}

ir::ConstantPtr ColumnBuilder::finish() {
  const ir::StaticShape shape = {static_cast<std::int64_t>(size_)};
  const std::size_t header = dtype_ == ir::DType::STRING ? 4 * (size_ + 2) : 0;
  std::vector<std::byte> bytes(header + letters_.size());
  std::ranges::copy(std::as_bytes(std::span(letters_)),
                    bytes.begin() + static_cast<std::ptrdiff_t>(header));
  if (header > 0) {
    const auto put = [&](std::size_t index, std::size_t value) {
      const auto number = static_cast<std::int32_t>(value);
      std::memcpy(bytes.data() + index * sizeof number, &number, sizeof number);
    };
    put(0, size_);
    put(1, header);
    for (std::size_t i = 0; i < size_; ++i) put(i + 2, header + static_cast<std::size_t>(ends_[i]));
  }
  return ir::Constant::owned(dtype_, shape, std::move(bytes));
}

}  // namespace litecast::tensorflow
