// Copying between strided arrays: what every op that only moves elements is made of.
#pragma once

#include <vector>

#include "ops/infer.h"
#include "ops/kernel.h"

namespace litecast::ops {

// The type of a result that holds elements of `type`: its dtype, and its quantization where that is
// the same for all elements.
ir::Type moved(const ir::Type& type, ir::Shape shape);
// Inference's answer for an op with one such result, of elements of operand `index`.
Results moved_result(const OpView& node, int index, ir::Shape shape);

// How one side of a copy is walked: the element to begin with, and how far apart neighbours along
// each axis are, in elements. A distance may be 0 (an element is repeated) or negative (reversed).
struct Strided {
  std::vector<std::int64_t> strides;
  std::int64_t base = 0;
};

// A whole tensor of that shape, row by row.
Strided row_major(const ir::StaticShape& shape);

// Moves elements of `sources` into `out`, whatever their type: those below a byte are unpacked,
// strings are stood for by their numbers. All have one dtype, that of `out`.
class Move {
 public:
  Move(const std::vector<const HostTensor*>& sources, HostTensor& out);

  // For each index of `shape`: the element of the source there becomes that of `out`. All places
  // must be inside (the caller has checked the sizes).
  void copy(std::size_t source, const ir::StaticShape& shape, const Strided& from,
            const Strided& to);
  // Gives `out` its bytes. False when the elements could not be read or are too many.
  bool finish();

 private:
  void read(const HostTensor& source);
  bool write_strings();
  void write_packed();

  HostTensor& out_;
  int width_ = 0;  // bytes of an element while it is moved
  bool valid_ = true;
  std::vector<std::span<const std::byte>> words_;
  std::vector<std::vector<std::byte>> unpacked_;
  std::vector<std::string_view> strings_;  // of all sources
  std::vector<std::byte> result_;
};

// `source` seen through `from` fills `out`.
bool fold_strided(const HostTensor& source, const Strided& from, HostTensor& out);

}  // namespace litecast::ops
