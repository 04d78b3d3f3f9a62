#include "ir/constant.h"

#include <litecast/error.h>

#include <Eigen/Core>
#include <cstring>
#include <numeric>

#include "ir/constant_stream.h"
#include "support/crc32c.h"

namespace litecast::ir {
namespace {

// What has no lazy form is computed at once up to this size.
constexpr std::uint64_t kMaterializeBytes = 16 << 20;
// Deeper chains of nested leaves are computed at once: reading recurses.
constexpr int kMaxSteps = 16;

std::uint64_t size_of(DType dtype, const StaticShape& shape) {
  std::uint64_t bits = static_cast<std::uint64_t>(bit_width(dtype));
  for (std::int64_t d : shape)
    if (d < 0 || __builtin_mul_overflow(bits, static_cast<std::uint64_t>(d), &bits))
      throw MalformedInput(
          fmt::format("a constant of shape {} is too large", to_string(Shape::of(shape))));
  return (bits + 7) / 8;
}

std::uint64_t leaf_size(const Leaf& leaf, std::uint64_t wanted) {
  if (auto* file = std::get_if<FileLeaf>(&leaf)) {
    std::uint64_t size = 0;
    for (const FileSegment& s : file->segments) size += s.extent.size;
    return size;
  }
  if (auto* memory = std::get_if<MemoryLeaf>(&leaf)) return memory->bytes.size();
  return wanted;
}

StaticShape permuted(const StaticShape& shape, std::span<const int> permutation) {
  StaticShape out;
  for (int axis : permutation) out.push_back(shape[static_cast<std::size_t>(axis)]);
  return out;
}

std::vector<int> inverse(std::span<const int> permutation) {
  std::vector<int> out(permutation.size());
  for (std::size_t i = 0; i < permutation.size(); ++i)
    out[static_cast<std::size_t>(permutation[i])] = static_cast<int>(i);
  return out;
}

// `shape` with ones in front up to `rank`.
StaticShape padded_to_rank(const StaticShape& shape, std::size_t rank) {
  StaticShape out(rank - shape.size(), 1);
  out.insert(out.end(), shape.begin(), shape.end());
  return out;
}

bool broadcasts_into(const StaticShape& from, const StaticShape& into) {
  if (from.size() > into.size()) return false;
  const StaticShape full = padded_to_rank(from, into.size());
  for (std::size_t i = 0; i < into.size(); ++i)
    if (full[i] != 1 && full[i] != into[i]) return false;
  return true;
}

}  // namespace

std::shared_ptr<Constant> Constant::make(DType dtype, StaticShape shape, Leaf leaf,
                                         const Quantization* quantization) {
  auto c = std::shared_ptr<Constant>(new Constant());
  const std::uint64_t wanted = size_of(dtype, shape);
  c->dtype_ = c->leaf_dtype_ = dtype;
  c->byte_size_ = leaf_size(leaf, wanted);
  if (bit_width(dtype) != 0 && c->byte_size_ != wanted)
    throw MalformedInput(fmt::format("a constant {}{} needs {} bytes, but there are {}",
                                     short_name(dtype), to_string(Shape::of(shape)), wanted,
                                     c->byte_size_));
  c->shape_ = c->leaf_shape_ = std::move(shape);
  c->leaf_ = std::move(leaf);
  c->quantization_ = quantization;
  return c;
}

ConstantPtr Constant::owned(DType dtype, StaticShape shape, std::vector<std::byte> bytes,
                            const Quantization* quantization) {
  auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  auto c = make(dtype, std::move(shape), MemoryLeaf{*owner, owner}, quantization);
  c->cache_ = std::move(owner);
  return c;
}
ConstantPtr Constant::view(DType dtype, StaticShape shape, std::span<const std::byte> bytes,
                           std::shared_ptr<const void> owner, const Quantization* quantization) {
  return make(dtype, std::move(shape), MemoryLeaf{bytes, std::move(owner)}, quantization);
}
ConstantPtr Constant::file(DType dtype, StaticShape shape, std::vector<FileSegment> segments,
                           const Quantization* quantization) {
  return make(dtype, std::move(shape), FileLeaf{std::move(segments)}, quantization);
}
ConstantPtr Constant::splat(DType dtype, StaticShape shape, std::vector<std::byte> element) {
  if (element.size() != static_cast<std::size_t>(byte_width(dtype)) || element.empty())
    throw MalformedInput(
        fmt::format("one element of {} has {} bytes", short_name(dtype), byte_width(dtype)));
  return make(dtype, std::move(shape), SplatLeaf{std::move(element)}, nullptr);
}

std::shared_ptr<Constant> Constant::copy() const {
  auto c = std::shared_ptr<Constant>(new Constant());
  c->dtype_ = dtype_;
  c->shape_ = shape_;
  c->quantization_ = quantization_;
  c->byte_size_ = byte_size_;
  c->leaf_dtype_ = leaf_dtype_;
  c->leaf_shape_ = leaf_shape_;
  c->leaf_ = leaf_;
  c->steps_ = steps_;
  c->permutation_ = permutation_;
  c->depth_ = depth_;
  return c;
}

bool Constant::label_is_plain() const {
  return shape_ == (permutation_.empty() ? leaf_shape_ : permuted(leaf_shape_, permutation_));
}

std::shared_ptr<Constant> Constant::extendable() const {
  if (label_is_plain()) return copy();
  if (permutation_.empty() && steps_.empty()) {
    auto c = copy();
    c->leaf_shape_ = shape_;
    return c;
  }
  if (permutation_.empty() && depth_ < kMaxSteps) {
    auto c = make(dtype_, shape_, NestedLeaf{shared_from_this()}, quantization_);
    c->depth_ = depth_ + 1;
    return c;
  }
  if (byte_size_ > kMaterializeBytes) return nullptr;
  // A copy has no cached bytes, which would outlive what is added to it.
  return owned(dtype_, shape_, bytes(), quantization_)->copy();
}

ConstantPtr Constant::reshaped(StaticShape shape) const {
  if (shape == shape_) return shared_from_this();
  if (bit_width(dtype_) != 0 && size_of(dtype_, shape) != byte_size_)
    throw MalformedInput(fmt::format("a constant of shape {} cannot have the shape {}",
                                     to_string(Shape::of(shape_)), to_string(Shape::of(shape))));
  auto c = copy();
  c->cache_ = cache_;
  c->shape_ = std::move(shape);
  return c;
}

ConstantPtr Constant::transposed(std::span<const int> permutation) const {
  if (byte_width(dtype_) == 0) return nullptr;
  auto c = extendable();
  if (!c) return nullptr;
  if (c->permutation_.empty()) {
    c->permutation_.assign(permutation.begin(), permutation.end());
  } else {
    std::vector<int> composed;
    for (int axis : permutation)
      composed.push_back(c->permutation_[static_cast<std::size_t>(axis)]);
    c->permutation_ = std::move(composed);
  }
  c->shape_ = permuted(c->leaf_shape_, c->permutation_);
  return c;
}

ConstantPtr Constant::bare_leaf() const {
  auto c = make(leaf_dtype_, leaf_shape_, leaf_, quantization_);
  c->depth_ = depth_;
  return c;
}

ConstantPtr Constant::sliced(int axis, std::int64_t begin, std::int64_t size) const {
  if (begin == 0 && size == shape_[static_cast<std::size_t>(axis)]) return shared_from_this();
  if (byte_width(dtype_) == 0 || (quantization_ && quantization_->scales.size() > 1))
    return nullptr;
  if (is_small()) return sliced_at_once(axis, begin, size);
  auto c = extendable();
  if (!c || c->depth_ >= kMaxSteps)
    return byte_size_ > kMaterializeBytes ? nullptr : sliced_at_once(axis, begin, size);
  const auto label_axis = static_cast<std::size_t>(axis);
  const int leaf_axis = c->permutation_.empty() ? axis : c->permutation_[label_axis];
  const auto at = static_cast<std::size_t>(leaf_axis);
  for (ElementwiseStep& step : c->steps_)
    if (step.other && step.other->shape()[at] != 1)
      step.other = step.other->sliced(leaf_axis, begin, size);
  if (!std::holds_alternative<SplatLeaf>(c->leaf_))
    c->leaf_ = SliceLeaf{c->bare_leaf(), leaf_axis, begin, size};
  ++c->depth_;
  c->leaf_shape_[at] = size;
  c->shape_[label_axis] = size;
  c->byte_size_ = size_of(dtype_, c->shape_);
  return c;
}

ConstantPtr Constant::sliced_at_once(int axis, std::int64_t begin, std::int64_t size) const {
  const std::vector<std::byte> all = bytes();
  StaticShape shape = shape_;
  const auto at = static_cast<std::size_t>(axis);
  std::size_t inner = static_cast<std::size_t>(byte_width(dtype_)), outer = 1;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (i != at) (i < at ? outer : inner) *= static_cast<std::size_t>(shape[i]);
  const std::size_t row = static_cast<std::size_t>(shape[at]) * inner;
  const std::size_t first = static_cast<std::size_t>(begin) * inner;
  const std::size_t run = static_cast<std::size_t>(size) * inner;
  std::vector<std::byte> some(outer * run);
  for (std::size_t i = 0; i < outer; ++i)
    std::copy_n(all.data() + i * row + first, run, some.data() + i * run);
  shape[at] = size;
  return owned(dtype_, std::move(shape), std::move(some), quantization_);
}

ConstantPtr Constant::elementwise(Op op, const Options& options, ConstantPtr other,
                                  bool other_first, DType result) const {
  if (byte_width(dtype_) == 0 || byte_width(result) == 0) return nullptr;
  if (other && (!other->is_small() || !broadcasts_into(other->shape(), shape_))) return nullptr;
  auto c = extendable();
  if (!c) return nullptr;
  if (other) {
    other = other->reshaped(padded_to_rank(other->shape(), c->shape_.size()));
    if (!c->permutation_.empty()) other = other->transposed(inverse(c->permutation_));
  }
  c->steps_.push_back({op, options, std::move(other), other_first, result});
  c->dtype_ = result;
  c->byte_size_ = size_of(result, c->shape_);
  c->quantization_ = nullptr;
  return c;
}

Type Constant::type() const { return {dtype_, Shape::of(shape_), quantization_}; }

std::int64_t Constant::elements() const {
  std::int64_t n = 1;
  for (std::int64_t d : shape_) n *= d;
  return n;
}

void Constant::for_each_tile(
    std::size_t budget,
    const std::function<void(std::uint64_t, std::span<const std::byte>)>& sink) const {
  if (cache_) {
    if (!cache_->empty()) sink(0, *cache_);
    return;
  }
  LeafReader reader(*this);
  if (permutation_.empty())
    stream_in_order(reader, budget, sink);
  else
    stream_transposed(reader, leaf_shape_, permutation_, byte_width(dtype_), budget, sink);
  reader.finish();
}

std::vector<std::byte> Constant::bytes() const {
  if (cache_) return *cache_;
  std::vector<std::byte> all(byte_size_);
  for_each_tile(byte_size_, [&](std::uint64_t offset, std::span<const std::byte> piece) {
    std::memcpy(all.data() + offset, piece.data(), piece.size());
  });
  return all;
}

std::span<const std::byte> Constant::small_bytes() const {
  if (!cache_) cache_ = std::make_shared<const std::vector<std::byte>>(bytes());
  return *cache_;
}

std::optional<std::vector<std::byte>> Constant::splat_element() const {
  if (auto* splat = std::get_if<SplatLeaf>(&leaf_); splat && steps_.empty()) return splat->element;
  const auto width = static_cast<std::size_t>(byte_width(dtype_));
  if (!is_small() || width == 0 || byte_size_ < width) return std::nullopt;
  const auto all = small_bytes();
  // Equal to itself moved by one element: all elements are equal.
  if (std::memcmp(all.data(), all.data() + width, all.size() - width) != 0) return std::nullopt;
  return std::vector<std::byte>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(width));
}

namespace {

bool same_segment(const FileSegment& a, const FileSegment& b) {
  return a.extent.file == b.extent.file && a.extent.offset == b.extent.offset &&
         a.extent.size == b.extent.size;
}

struct SameLeaf {
  bool operator()(const FileLeaf& a, const FileLeaf& b) const {
    return std::equal(a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
                      same_segment);
  }
  bool operator()(const MemoryLeaf& a, const MemoryLeaf& b) const {
    if (a.bytes.size() != b.bytes.size()) return false;
    if (a.bytes.data() == b.bytes.data()) return true;
    return a.bytes.size() <= kEagerBytes &&
           std::memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0;
  }
  bool operator()(const SplatLeaf& a, const SplatLeaf& b) const { return a.element == b.element; }
  bool operator()(const NestedLeaf& a, const NestedLeaf& b) const {
    return a.constant->identical(*b.constant);
  }
  bool operator()(const SliceLeaf& a, const SliceLeaf& b) const {
    return a.axis == b.axis && a.begin == b.begin && a.size == b.size &&
           a.constant->identical(*b.constant);
  }
  template <class A, class B>
  bool operator()(const A&, const B&) const {
    return false;
  }
};

struct HashLeaf {
  std::size_t operator()(const FileLeaf& leaf) const {
    std::size_t h = leaf.segments.size();
    for (const FileSegment& s : leaf.segments)
      h = h * 31 + std::hash<const void*>()(s.extent.file.get()) + s.extent.offset;
    return h;
  }
  std::size_t operator()(const MemoryLeaf& leaf) const {
    if (leaf.bytes.size() > kEagerBytes) return std::hash<const void*>()(leaf.bytes.data());
    return support::crc32c(0, leaf.bytes);
  }
  std::size_t operator()(const SplatLeaf& leaf) const { return support::crc32c(1, leaf.element); }
  std::size_t operator()(const NestedLeaf& leaf) const {
    return leaf.constant->identity_hash() + 1;
  }
  std::size_t operator()(const SliceLeaf& leaf) const {
    return leaf.constant->identity_hash() * 31 + static_cast<std::size_t>(leaf.begin);
  }
};

bool same_step(const ElementwiseStep& a, const ElementwiseStep& b) {
  if (a.op != b.op || a.other_first != b.other_first || a.result != b.result ||
      !(a.options == b.options) || !a.other != !b.other)
    return false;
  return !a.other || a.other->identical(*b.other);
}

}  // namespace

bool Constant::identical(const Constant& other) const {
  if (this == &other) return true;
  return dtype_ == other.dtype_ && shape_ == other.shape_ && quantization_ == other.quantization_ &&
         leaf_dtype_ == other.leaf_dtype_ && permutation_ == other.permutation_ &&
         steps_.size() == other.steps_.size() &&
         (steps_.empty() || leaf_shape_ == other.leaf_shape_) &&
         (permutation_.empty() || leaf_shape_ == other.leaf_shape_) &&
         std::equal(steps_.begin(), steps_.end(), other.steps_.begin(),
                    [](const auto& a, const auto& b) { return same_step(a, b); }) &&
         std::visit(SameLeaf(), leaf_, other.leaf_);
}

std::size_t Constant::identity_hash() const {
  if (!hash_) {
    std::size_t h = std::visit(HashLeaf(), leaf_) * 31 + static_cast<std::size_t>(dtype_);
    for (std::int64_t d : shape_) h = h * 1099511628211u + static_cast<std::size_t>(d);
    for (int axis : permutation_) h = h * 31 + static_cast<std::size_t>(axis);
    for (const ElementwiseStep& s : steps_) h = h * 31 + static_cast<std::size_t>(s.op);
    hash_ = h;
  }
  return *hash_;
}

namespace {

template <class Out, class T>
std::vector<Out> convert(std::span<const std::byte> bytes) {
  std::vector<Out> values(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    T element;
    std::memcpy(&element, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<Out>(element);
  }
  return values;
}

template <class Out>
std::vector<Out> values_as(const Constant& constant) {
  const std::vector<std::byte> bytes = constant.bytes();
  switch (constant.dtype()) {
    case DType::FLOAT32:
      return convert<Out, float>(bytes);
    case DType::FLOAT64:
      return convert<Out, double>(bytes);
    case DType::FLOAT16:
      return convert<Out, Eigen::half>(bytes);
    case DType::BFLOAT16:
      return convert<Out, Eigen::bfloat16>(bytes);
    case DType::INT8:
      return convert<Out, std::int8_t>(bytes);
    case DType::INT16:
      return convert<Out, std::int16_t>(bytes);
    case DType::INT32:
      return convert<Out, std::int32_t>(bytes);
    case DType::INT64:
      return convert<Out, std::int64_t>(bytes);
    case DType::UINT8:
    case DType::BOOL:
      return convert<Out, std::uint8_t>(bytes);
    case DType::UINT16:
      return convert<Out, std::uint16_t>(bytes);
    case DType::UINT32:
      return convert<Out, std::uint32_t>(bytes);
    case DType::UINT64:
      return convert<Out, std::uint64_t>(bytes);
    default:
      throw MalformedInput(
          fmt::format("a constant of {} has no numeric elements", short_name(constant.dtype())));
  }
}

}  // namespace

std::vector<std::int64_t> integer_values(const Constant& constant) {
  return values_as<std::int64_t>(constant);
}
std::vector<double> real_values(const Constant& constant) { return values_as<double>(constant); }

}  // namespace litecast::ir
