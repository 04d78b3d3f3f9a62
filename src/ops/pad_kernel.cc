#include "ops/pad_kernel.h"

namespace litecast::ops {
namespace {

// A part of one axis of a mirrored tensor.
struct Part {
  std::int64_t from;  // the first element
  std::int64_t to;
  std::int64_t size;
  int direction;
};

std::vector<Part> mirrored_parts(std::int64_t size, std::int64_t before, std::int64_t after,
                                 bool reflect) {
  const std::int64_t skip = reflect ? 1 : 0;
  std::vector<Part> parts = {{0, before, size, 1}};
  if (before > 0) parts.push_back({before - 1 + skip, 0, before, -1});
  if (after > 0) parts.push_back({size - 1 - skip, before + size, after, -1});
  return parts;
}

}  // namespace

bool pad(const HostTensor& x, const std::vector<std::int64_t>& pads, const HostTensor* value,
         HostTensor& out) {
  const Strided inner = row_major(x.shape);
  Strided outer = row_major(out.shape);
  Move move(value ? std::vector{&x, value} : std::vector{&x}, out);
  if (value != nullptr)
    move.copy(1, out.shape, {std::vector<std::int64_t>(out.shape.size(), 0)}, outer);
  for (std::size_t i = 0; i < x.shape.size(); ++i) outer.base += pads[2 * i] * outer.strides[i];
  move.copy(0, x.shape, inner, outer);
  return move.finish();
}

bool mirror_pad(const HostTensor& x, const std::vector<std::int64_t>& pads, bool reflect,
                HostTensor& out) {
  const Strided inner = row_major(x.shape), outer = row_major(out.shape);
  const std::size_t rank = x.shape.size();
  std::vector<std::vector<Part>> parts;
  for (std::size_t i = 0; i < rank; ++i)
    parts.push_back(mirrored_parts(x.shape[i], pads[2 * i], pads[2 * i + 1], reflect));
  Move move({&x}, out);
  std::vector<std::size_t> choice(rank, 0);
  for (;;) {
    ir::StaticShape shape;
    Strided from, to;
    for (std::size_t i = 0; i < rank; ++i) {
      const Part& part = parts[i][choice[i]];
      shape.push_back(part.size);
      from.strides.push_back(part.direction * inner.strides[i]);
      from.base += part.from * inner.strides[i];
      to.strides.push_back(outer.strides[i]);
      to.base += part.to * outer.strides[i];
    }
    move.copy(0, shape, from, to);
    std::size_t i = 0;
    while (i < rank && ++choice[i] == parts[i].size()) choice[i++] = 0;
    if (i == rank) return move.finish();
  }
}

}  // namespace litecast::ops
