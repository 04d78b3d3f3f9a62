// How a lazy constant is computed piece by piece.
#pragma once

#include "ir/constant.h"

namespace litecast::ir {

using TileSink = std::function<void(std::uint64_t offset, std::span<const std::byte>)>;

// Reads the elements of a constant before its transpose, with its steps applied, strictly in
// order; checksums are verified as their segments end.
class LeafReader {
 public:
  explicit LeafReader(const Constant& constant);
  ~LeafReader();

  std::int64_t elements() const { return elements_; }
  int element_bytes() const { return byte_width(constant_.dtype_); }
  // The next `count` elements, valid until the next call. `count` ≥ 1 and within what is left.
  std::span<const std::byte> next(std::int64_t count);
  // Called when all was read: checks what only shows at the end.
  void finish();

 private:
  void read_leaf(std::int64_t count);
  void read_file(const FileLeaf& leaf, std::span<std::byte> out);
  void read_slice(const SliceLeaf& leaf, std::span<std::byte> out);
  // Reads and forgets elements of the constant of which this is a slice.
  void skip(std::int64_t count);
  void apply(const ElementwiseStep& step, DType from, std::int64_t first, std::int64_t count);

  const Constant& constant_;
  std::int64_t elements_;
  std::int64_t position_ = 0;
  std::vector<std::byte> buffer_;
  std::unique_ptr<LeafReader> nested_;
  std::size_t segment_ = 0;  // of a file: the one being read
  std::uint64_t segment_position_ = 0;
  std::uint32_t crc_ = 0;
};

// The bytes as `reader` gives them.
void stream_in_order(LeafReader& reader, std::size_t budget, const TileSink& sink);
// transpose(reader's elements in `shape`, permutation): reads boxes in order, writes runs.
void stream_transposed(LeafReader& reader, const StaticShape& shape,
                       std::span<const int> permutation, int element_bytes, std::size_t budget,
                       const TileSink& sink);

}  // namespace litecast::ir
