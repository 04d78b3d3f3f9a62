#include "ops/move.h"

#include <cstring>
#include <limits>
#include <numeric>

namespace litecast::ops {
namespace {

struct StridedAxis {
  std::int64_t size;
  std::int64_t from;
  std::int64_t to;
};

// The axes of a copy, outermost first, without those of size 1; neighbours that are walked without
// a jump on both sides become one.
std::vector<StridedAxis> merged_axes(const ir::StaticShape& shape, const Strided& from,
                                     const Strided& to) {
  std::vector<StridedAxis> axes;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1) continue;
    const StridedAxis axis{shape[i], from.strides[i], to.strides[i]};
    if (!axes.empty() && axes.back().from == axis.from * axis.size &&
        axes.back().to == axis.to * axis.size) {
      axes.back() = {axes.back().size * axis.size, axis.from, axis.to};
    } else {
      axes.push_back(axis);
    }
  }
  return axes;
}

template <class Word>
void copy_row(const std::byte* from, std::byte* to, const StridedAxis& axis) {
  constexpr auto width = static_cast<std::int64_t>(sizeof(Word));
  if (axis.from == 1 && axis.to == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(axis.size * width));
    return;
  }
  for (std::int64_t i = 0; i < axis.size; ++i)
    std::memcpy(to + i * axis.to * width, from + i * axis.from * width, sizeof(Word));
}

template <class Word>
void copy_all(std::vector<StridedAxis> axes, const std::byte* from, std::byte* to) {
  constexpr auto width = static_cast<std::int64_t>(sizeof(Word));
  if (axes.empty()) axes.push_back({1, 1, 1});
  const StridedAxis row = axes.back();
  axes.pop_back();
  std::vector<std::int64_t> index(axes.size(), 0);
  for (;;) {
    copy_row<Word>(from, to, row);
    std::size_t i = axes.size();
    for (;;) {
      if (i == 0) return;
      const StridedAxis& axis = axes[--i];
      from += axis.from * width;
      to += axis.to * width;
      if (++index[i] < axis.size) break;
      from -= axis.from * axis.size * width;
      to -= axis.to * axis.size * width;
      index[i] = 0;
    }
  }
}

std::vector<std::byte> unpack(const HostTensor& tensor, int bits) {
  const int per_byte = 8 / bits;
  const auto mask = static_cast<std::byte>((1 << bits) - 1);
  std::vector<std::byte> elements(static_cast<std::size_t>(tensor.elements()));
  for (std::size_t i = 0; i < elements.size(); ++i)
    elements[i] = (tensor.bytes[i / per_byte] >> (static_cast<int>(i) % per_byte * bits)) & mask;
  return elements;
}

}  // namespace

ir::Type moved(const ir::Type& type, ir::Shape shape) {
  const bool uniform = type.quantization != nullptr && type.quantization->scales.size() == 1;
  return {type.dtype, std::move(shape), uniform ? type.quantization : nullptr};
}

Results moved_result(const OpView& node, int index, ir::Shape shape) {
  return std::vector<ir::Type>{moved(node.in(index)->type(), std::move(shape))};
}

Strided row_major(const ir::StaticShape& shape) { return {row_major_strides(shape)}; }

Move::Move(const std::vector<const HostTensor*>& sources, HostTensor& out) : out_(out) {
  const int bits = ir::bit_width(out.dtype);
  width_ = out.dtype == DType::STRING ? 4 : bits < 8 ? (bits > 0) : bits / 8;
  valid_ = width_ > 0;
  unpacked_.reserve(sources.size());
  for (const HostTensor* source : sources) {
    valid_ = valid_ && source->dtype == out.dtype;
    if (valid_) read(*source);
  }
  if (valid_) result_.resize(static_cast<std::size_t>(out.elements() * width_));
}

void Move::read(const HostTensor& source) {
  const auto count = static_cast<std::size_t>(source.elements());
  if (source.dtype == DType::STRING) {
    const auto strings = strings_of(source);
    valid_ = strings && strings->size() == count && strings_.size() + count < INT32_MAX;
    if (!valid_) return;
    std::vector<std::int32_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), static_cast<std::int32_t>(strings_.size()));
    strings_.insert(strings_.end(), strings->begin(), strings->end());
    const auto bytes = std::as_bytes(std::span(numbers));
    words_.emplace_back(unpacked_.emplace_back(bytes.begin(), bytes.end()));
    return;
  }
  const auto bits = static_cast<std::size_t>(ir::bit_width(source.dtype));
  valid_ = source.bytes.size() >= (count * bits + 7) / 8;
  if (!valid_) return;
  if (bits < 8)
    words_.emplace_back(unpacked_.emplace_back(unpack(source, static_cast<int>(bits))));
  else
    words_.emplace_back(source.bytes);
}

void Move::copy(std::size_t source, const ir::StaticShape& shape, const Strided& from,
                const Strided& to) {
  if (!valid_ || std::find(shape.begin(), shape.end(), 0) != shape.end()) return;
  const std::byte* begin = words_[source].data() + from.base * width_;
  std::byte* end = result_.data() + to.base * width_;
  std::vector<StridedAxis> axes = merged_axes(shape, from, to);
  switch (width_) {
    case 1:
      return copy_all<std::uint8_t>(std::move(axes), begin, end);
    case 2:
      return copy_all<std::uint16_t>(std::move(axes), begin, end);
    case 4:
      return copy_all<std::uint32_t>(std::move(axes), begin, end);
    case 8:
      return copy_all<std::uint64_t>(std::move(axes), begin, end);
    default:
      return copy_all<std::array<std::uint64_t, 2>>(std::move(axes), begin, end);
  }
}

bool Move::write_strings() {
  std::vector<std::int32_t> numbers(result_.size() / 4);
  std::memcpy(numbers.data(), result_.data(), result_.size());
  std::size_t offset = (numbers.size() + 2) * 4;
  std::size_t total = offset;
  for (const std::int32_t n : numbers) total += strings_[static_cast<std::size_t>(n)].size();
  if (total > INT32_MAX) return false;
  std::vector<std::int32_t> head{static_cast<std::int32_t>(numbers.size())};
  out_.bytes.resize(total);
  for (const std::int32_t n : numbers) {
    head.push_back(static_cast<std::int32_t>(offset));
    const std::string_view text = strings_[static_cast<std::size_t>(n)];
    if (!text.empty()) std::memcpy(out_.bytes.data() + offset, text.data(), text.size());
    offset += text.size();
  }
  head.push_back(static_cast<std::int32_t>(offset));
  std::memcpy(out_.bytes.data(), head.data(), head.size() * 4);
  return true;
}

void Move::write_packed() {
  const int bits = ir::bit_width(out_.dtype);
  const int per_byte = 8 / bits;
  out_.bytes.assign((result_.size() * static_cast<std::size_t>(bits) + 7) / 8, std::byte{0});
  for (std::size_t i = 0; i < result_.size(); ++i)
    out_.bytes[i / per_byte] |= result_[i] << (static_cast<int>(i) % per_byte * bits);
}

bool Move::finish() {
  if (!valid_) return false;
  if (out_.dtype == DType::STRING) return write_strings();
  if (ir::bit_width(out_.dtype) < 8)
    write_packed();
  else
    out_.bytes = std::move(result_);
  return true;
}

bool fold_strided(const HostTensor& source, const Strided& from, HostTensor& out) {
  Move move({&source}, out);
  move.copy(0, out.shape, from, row_major(out.shape));
  return move.finish();
}

}  // namespace litecast::ops
