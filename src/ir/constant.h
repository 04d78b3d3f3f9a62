// An immutable tensor whose bytes may be anywhere: in a file, in somebody's memory, owned, one
// element repeated, or computed from another constant when they are asked for (lazily). A large
// weight is never resident as a whole: `for_each_tile` streams it.
//
// A lazy constant has one canonical form:  label(transpose(step_n(… step_1(leaf))))
// where each step is elementwise (the other operand, if any, is small and broadcasts), the label is
// a shape of equally many elements, and the leaf may be another constant without a transpose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "ir/op.h"
#include "ir/options.h"
#include "ir/type.h"
#include "support/file.h"

namespace litecast::ir {

class Constant;
using ConstantPtr = std::shared_ptr<const Constant>;
using StaticShape = std::vector<std::int64_t>;

// Constants up to this many bytes are computed at once; larger ones stay lazy where they can.
inline constexpr std::uint64_t kEagerBytes = std::uint64_t{64} * 1024;

// A run of a file that holds consecutive elements. The checksum is compared when the run has been
// read whole; `name` is what an error calls it.
struct FileSegment {
  support::Extent extent;
  std::optional<std::uint32_t> masked_crc32c;
  std::string name;
};
struct FileLeaf {
  std::vector<FileSegment> segments;
};
struct MemoryLeaf {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;
};
struct SplatLeaf {
  std::vector<std::byte> element;
};
// Read in its own order: never one with a transpose.
struct NestedLeaf {
  ConstantPtr constant;
};
// Some of the indices of an axis of `constant`, which is read in its own order, as above.
struct SliceLeaf {
  ConstantPtr constant;
  int axis;
  std::int64_t begin, size;
};
using Leaf = std::variant<FileLeaf, MemoryLeaf, SplatLeaf, NestedLeaf, SliceLeaf>;

// One elementwise op on the tensor so far. `other` null: unary. `other_first`: op(other, tensor).
struct ElementwiseStep {
  Op op;
  Options options;
  ConstantPtr other;
  bool other_first = false;
  DType result;
};

class Constant : public std::enable_shared_from_this<Constant> {
 public:
  // ---- making; the sizes must fit the shape (checked: MalformedInput) ----
  static ConstantPtr owned(DType dtype, StaticShape shape, std::vector<std::byte> bytes,
                           const Quantization* quantization = nullptr);
  static ConstantPtr view(DType dtype, StaticShape shape, std::span<const std::byte> bytes,
                          std::shared_ptr<const void> owner,
                          const Quantization* quantization = nullptr);
  static ConstantPtr file(DType dtype, StaticShape shape, std::vector<FileSegment> segments,
                          const Quantization* quantization = nullptr);
  static ConstantPtr splat(DType dtype, StaticShape shape, std::vector<std::byte> element);
  template <class T>
  static ConstantPtr of(DType dtype, const StaticShape& shape, std::span<const T> values) {
    auto bytes = std::as_bytes(values);
    return owned(dtype, shape, {bytes.begin(), bytes.end()});
  }

  // ---- deriving; null where the canonical form cannot express it and the bytes are too many to be
  // computed at once ----
  // The same elements under another shape; always possible.
  ConstantPtr reshaped(StaticShape shape) const;
  ConstantPtr transposed(std::span<const int> permutation) const;
  // The indices [begin, begin + size) of an axis; they must be within it.
  ConstantPtr sliced(int axis, std::int64_t begin, std::int64_t size) const;
  // `other` (null: unary) must be small and broadcast into this shape.
  ConstantPtr elementwise(Op op, const Options& options, ConstantPtr other, bool other_first,
                          DType result) const;

  // ---- reading ----
  DType dtype() const { return dtype_; }
  const StaticShape& shape() const { return shape_; }
  const Quantization* quantization() const { return quantization_; }
  Type type() const;
  std::int64_t elements() const;
  // STRING constants hold the runtime's layout: int32 count, count + 1 int32 offsets, characters.
  std::uint64_t byte_size() const { return byte_size_; }
  bool is_small() const { return byte_size_ <= kEagerBytes; }
  // All bytes, row-major, little-endian. Cached when small, otherwise computed at each call.
  std::vector<std::byte> bytes() const;
  // The bytes of a small constant, computed once; valid as long as this constant.
  std::span<const std::byte> small_bytes() const;
  // Hands out all bytes in pieces of about `budget` bytes, each once, in any order, by the offset
  // of the piece. Checksums are verified on the way (MalformedInput).
  void for_each_tile(
      std::size_t budget,
      const std::function<void(std::uint64_t offset, std::span<const std::byte>)>& sink) const;
  // The value of every element, when it is known cheaply that all are equal.
  std::optional<std::vector<std::byte>> splat_element() const;

  // Cheap: same leaf and same way from it. Never true for different bytes.
  bool identical(const Constant& other) const;
  // Equal whenever `identical` is true; cheap.
  std::size_t identity_hash() const;

 private:
  Constant() = default;
  friend class LeafReader;

  static std::shared_ptr<Constant> make(DType dtype, StaticShape shape, Leaf leaf,
                                        const Quantization* quantization);
  // A copy to be changed into another constant.
  std::shared_ptr<Constant> copy() const;
  // Whether the label is the shape that the transpose gives.
  bool label_is_plain() const;
  // An equal constant on which a further step or transpose can be put; null when there is none.
  std::shared_ptr<Constant> extendable() const;
  // What is read, without steps, transpose and label.
  ConstantPtr bare_leaf() const;
  ConstantPtr sliced_at_once(int axis, std::int64_t begin, std::int64_t size) const;

  DType dtype_ = DType::FLOAT32;
  StaticShape shape_;  // the label
  const Quantization* quantization_ = nullptr;
  std::uint64_t byte_size_ = 0;

  DType leaf_dtype_ = DType::FLOAT32;
  StaticShape leaf_shape_;  // the shape in which the steps are applied
  Leaf leaf_;
  std::vector<ElementwiseStep> steps_;
  std::vector<int> permutation_;  // of leaf_shape_; empty: none
  int depth_ = 0;                 // of nested leaves

  mutable std::shared_ptr<const std::vector<std::byte>> cache_;
  mutable std::optional<std::size_t> hash_;
};

// Reading small constants as numbers; any integer or float type is converted.
std::vector<std::int64_t> integer_values(const Constant& constant);
std::vector<double> real_values(const Constant& constant);

}  // namespace litecast::ir
