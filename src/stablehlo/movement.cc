// Elements that only get other places.
#include "stablehlo/lowerings.h"
#include "stablehlo/operand_values.h"

namespace litecast::stablehlo {
namespace {

Values reshape(Lowerer& l, const Node& node) {
  return {l.reshape(node.operand(0), sizes_of(node.result()))};
}

Values transpose(Lowerer& l, const Node& node) {
  Sizes permutation = known(node, 1, "axes");
  for (std::int64_t& axis : permutation) axis = front_axis(axis, rank_of(node.operand(0)));
  return {l.transpose(node.operand(0), permutation)};
}

Values concatenation(Lowerer& l, const Node& node) {
  const auto& o = node.options_as<tflite::ConcatenationOptionsT>();
  const auto axis = static_cast<int>(front_axis(o.axis, rank_of(node.result())));
  const Values parts(node.operands().begin(), node.operands().end());
  return {activated(l, o.fused_activation_function, l.concatenate(parts, axis))};
}

Values pack(Lowerer& l, const Node& node) {
  const auto axis = static_cast<int>(
      front_axis(node.options_as<tflite::PackOptionsT>().axis, rank_of(node.result())));
  Sizes sizes = sizes_of(node.result());
  sizes[static_cast<std::size_t>(axis)] = 1;
  Values parts;
  for (Value* part : node.operands()) parts.push_back(l.reshape(part, sizes));
  return {l.concatenate(parts, axis)};
}

Values broadcast_to(Lowerer& l, const Node& node) {
  return {l.broadcast(node.operand(0), node.result()->shape())};
}

Values fill(Lowerer& l, const Node& node) {
  return {l.broadcast(node.operand(1), node.result()->shape())};
}

Values tile(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  const Sizes multiples = known(node, 1, "multiples");
  Sizes sizes, axes;
  for (std::size_t i = 0; i < multiples.size(); ++i) {
    if (multiples[i] != 1) sizes.push_back(multiples[i]);
    axes.push_back(static_cast<std::int64_t>(sizes.size()));
    sizes.push_back(sizes_of(x)[i]);
  }
  if (sizes.size() == multiples.size()) return {x};
  return {l.reshape(l.broadcast_along(x, sizes, axes), sizes_of(node.result()))};
}

Values pad(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  const Sizes pads = known(node, 1, "paddings");
  Value* value = node.operand(2) ? l.reshape(node.operand(2), {}) : l.scalar(x->dtype(), 0);
  Sizes low, high;
  for (std::size_t i = 0; i < pads.size(); i += 2) {
    low.push_back(pads[i]);
    high.push_back(pads[i + 1]);
  }
  return {l.pad(x, value, low, high, Sizes(low.size(), 0))};
}

// Along each axis the places that the mirrored elements come from.
Values mirror_pad(Lowerer& l, const Node& node) {
  const bool repeats_edge =
      node.options_as<tflite::MirrorPadOptionsT>().mode == tflite::MirrorPadMode::SYMMETRIC;
  Value* x = node.operand(0);
  const Sizes pads = known(node, 1, "paddings");
  for (int axis = 0; axis < rank_of(node.operand(0)); ++axis) {
    const auto at = static_cast<std::size_t>(axis);
    const std::int64_t low = pads[2 * at], high = pads[2 * at + 1], size = sizes_of(x)[at];
    if (low == 0 && high == 0) continue;
    Sizes places;
    for (std::int64_t i = -low; i < size + high; ++i) {
      std::int64_t place = i;
      if (i < 0) place = -i - (repeats_edge ? 1 : 0);
      if (i >= size) place = 2 * size - i - (repeats_edge ? 1 : 2);
      places.push_back(place);
    }
    x = l.take(x, axis, places);
  }
  return {x};
}

// The format has no REVERSE of StableHLO.
Values reverse(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  for (const std::int64_t axis : known_axes(node, 1)) {
    Sizes places(static_cast<std::size_t>(sizes_of(x)[static_cast<std::size_t>(axis)]));
    for (std::size_t i = 0; i < places.size(); ++i)
      places[i] = static_cast<std::int64_t>(places.size() - 1 - i);
    x = l.take(x, static_cast<int>(axis), places);
  }
  return {x};
}

Values depth_to_space(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  const std::int64_t block = node.options_as<tflite::DepthToSpaceOptionsT>().block_size;
  const Sizes s = sizes_of(x);
  Value* parted = l.reshape(x, {s[0], s[1], s[2], block, block, s[3] / (block * block)});
  return {l.reshape(l.transpose(parted, {0, 1, 3, 2, 4, 5}), sizes_of(node.result()))};
}

Values space_to_depth(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  const std::int64_t block = node.options_as<tflite::SpaceToDepthOptionsT>().block_size;
  const Sizes s = sizes_of(x);
  Value* parted = l.reshape(x, {s[0], s[1] / block, block, s[2] / block, block, s[3]});
  return {l.reshape(l.transpose(parted, {0, 1, 3, 2, 4, 5}), sizes_of(node.result()))};
}

// Blocks of the padded spatial axes go to the front of the batch.
Values space_to_batch(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  const Sizes blocks = known(node, 1, "blocks"), pads = known(node, 2, "paddings");
  const std::size_t spatial = blocks.size();
  Sizes low(sizes_of(x).size(), 0), high = low;
  for (std::size_t i = 0; i < spatial; ++i) {
    low[i + 1] = pads[2 * i];
    high[i + 1] = pads[2 * i + 1];
  }
  x = l.pad(x, l.scalar(x->dtype(), 0), low, high, Sizes(low.size(), 0));
  const Sizes padded = sizes_of(x);
  Sizes parts = {padded[0]}, order, places;
  for (std::size_t i = 0; i < spatial; ++i) {
    places.push_back(static_cast<std::int64_t>(parts.size()));
    parts.insert(parts.end(), {padded[i + 1] / blocks[i], blocks[i]});
    order.push_back(static_cast<std::int64_t>(parts.size()) - 1);
  }
  order.push_back(0);
  order.insert(order.end(), places.begin(), places.end());
  for (std::size_t i = spatial + 1; i < padded.size(); ++i) {
    order.push_back(static_cast<std::int64_t>(parts.size()));
    parts.push_back(padded[i]);
  }
  return {l.reshape(l.transpose(l.reshape(x, parts), order), sizes_of(node.result()))};
}

Values batch_to_space(Lowerer& l, const Node& node) {
  Value* x = node.operand(0);
  const Sizes blocks = known(node, 1, "blocks"), crops = known(node, 2, "crops");
  const Sizes s = sizes_of(x);
  const std::size_t spatial = blocks.size();
  std::int64_t batch = s[0];
  for (const std::int64_t block : blocks) batch /= block;
  Sizes parts = blocks, order = {static_cast<std::int64_t>(spatial)}, joined = {batch};
  parts.push_back(batch);
  for (std::size_t i = 0; i < spatial; ++i) {
    order.insert(order.end(),
                 {static_cast<std::int64_t>(parts.size()), static_cast<std::int64_t>(i)});
    parts.push_back(s[i + 1]);
    joined.push_back(s[i + 1] * blocks[i]);
  }
  for (std::size_t i = spatial + 1; i < s.size(); ++i) {
    order.push_back(static_cast<std::int64_t>(parts.size()));
    parts.push_back(s[i]);
    joined.push_back(s[i]);
  }
  x = l.reshape(l.transpose(l.reshape(x, parts), order), joined);
  Sizes start(joined.size(), 0), limit = joined;
  for (std::size_t i = 0; i < spatial; ++i) {
    start[i + 1] = crops[2 * i];
    limit[i + 1] -= crops[2 * i + 1];
  }
  return {l.slice(x, start, limit, Sizes(start.size(), 1))};
}

}  // namespace

std::span<const Lowering> movement_lowerings() {
  static constexpr Lowering kTable[] = {
      {Op::BATCH_TO_SPACE_ND, batch_to_space},
      {Op::BROADCAST_TO, broadcast_to},
      {Op::CONCATENATION, concatenation},
      {Op::DEPTH_TO_SPACE, depth_to_space},
      {Op::EXPAND_DIMS, reshape},
      {Op::FILL, fill},
      {Op::MIRROR_PAD, mirror_pad},
      {Op::PACK, pack},
      {Op::PAD, pad},
      {Op::PADV2, pad},
      {Op::RESHAPE, reshape},
      {Op::REVERSE_V2, reverse},
      {Op::SPACE_TO_BATCH_ND, space_to_batch},
      {Op::SPACE_TO_DEPTH, space_to_depth},
      {Op::SQUEEZE, reshape},
      {Op::TILE, tile},
      {Op::TRANSPOSE, transpose},
  };
  return kTable;
}

}  // namespace litecast::stablehlo
