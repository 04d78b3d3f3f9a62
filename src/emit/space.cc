#include "emit/space.h"

#include "emit/precision.h"
#include "emit/shape.h"
#include "emit/window.h"

namespace litecast::emit {
namespace {

Dim divided(Dim size, std::int64_t by) {
  if (size.is_constant() && size.value() % by != 0)
    throw Unsupported(
        fmt::format("a size of {} does not divide by the block of {}", size.value(), by));
  return floordiv(size, by);
}

void check(const Value* x, const std::vector<std::int64_t>& block, const Pads& pads) {
  if (!x->shape().is_ranked() || x->shape().rank() <= static_cast<int>(block.size()) ||
      pads.size() != block.size())
    throw Unsupported("block sizes and paddings do not fit the tensor's rank");
  for (std::int64_t size : block) option_int(size, "a block size");
}

// The kernels know [N, H, W, C] with two blocks and [N, W, C] with one.
bool has_kernel(const Value* x, const std::vector<std::int64_t>& block) {
  return (x->shape().rank() == 4 && block.size() == 2) ||
         (x->shape().rank() == 3 && block.size() == 1);
}

Value* kernel(Emitter& e, Op op, Value* x, const std::vector<std::int64_t>& block, const Pads& pads,
              ir::Options options) {
  if (!has_kernel(x, block)) return nullptr;
  std::vector<Dim> flat;
  for (const auto& pad : pads) flat.insert(flat.end(), pad.begin(), pad.end());
  Value* pads_value = reshape(e, shape_value(e, flat), Shape{Dim(std::int64_t(pads.size())), 2});
  return e.try_add(op, {x, e.i32(block), pads_value}, std::move(options));
}

Value* pad_spatial(Emitter& e, Value* x, const Pads& pads) {
  Pads all(static_cast<std::size_t>(x->shape().rank()), {Dim(0), Dim(0)});
  std::copy(pads.begin(), pads.end(), all.begin() + 1);
  return pad_by(e, x, all, nullptr);
}

Value* crop_spatial(Emitter& e, Value* x, const Pads& crops) {
  std::vector<std::int64_t> begin(static_cast<std::size_t>(x->shape().rank()), 0);
  std::vector<Dim> size = x->shape().dims();
  bool any = false;
  for (std::size_t i = 0; i < crops.size(); ++i) {
    if (!crops[i][0].is_constant()) throw Unsupported("a crop that is not known");
    begin[i + 1] = crops[i][0].value();
    size[i + 1] = size[i + 1] - crops[i][0] - crops[i][1];
    any = any || size[i + 1] != x->shape().dims()[i + 1];
  }
  return any ? slice(e, x, begin, size) : x;
}

// [N, S1, …, R…] → [N, S1/b1, b1, …, R…] → [b1, …, N, S1/b1, …, R…] → merged.
Value* blocks_to_batch(Emitter& e, Value* x, const std::vector<std::int64_t>& block) {
  const auto& dims = x->shape().dims();
  std::size_t count = block.size();
  std::vector<Dim> split = {dims[0]}, merged = {dims[0]};
  std::vector<int> blocks, others = {0};
  for (std::size_t i = 0; i < count; ++i) {
    merged.push_back(divided(dims[i + 1], block[i]));
    merged[0] = merged[0] * block[i];
    split.push_back(merged.back());
    split.push_back(block[i]);
    others.push_back(static_cast<int>(2 * i + 1));
    blocks.push_back(static_cast<int>(2 * i + 2));
  }
  for (std::size_t i = count + 1; i < dims.size(); ++i) {
    others.push_back(static_cast<int>(split.size()));
    split.push_back(dims[i]);
    merged.push_back(dims[i]);
  }
  blocks.insert(blocks.end(), others.begin(), others.end());
  return reshape(e, transpose(e, reshape(e, x, Shape(split)), blocks), Shape(merged));
}

Value* batch_to_blocks(Emitter& e, Value* x, const std::vector<std::int64_t>& block) {
  const auto& dims = x->shape().dims();
  auto count = static_cast<int>(block.size());
  std::vector<Dim> split(block.begin(), block.end()), merged = {dims[0]};
  for (std::int64_t size : block) merged[0] = divided(merged[0], size);
  split.push_back(merged[0]);
  split.insert(split.end(), dims.begin() + 1, dims.end());
  std::vector<int> permutation = {count};
  for (int i = 0; i < count; ++i) {
    permutation.push_back(count + 1 + i);
    permutation.push_back(i);
    merged.push_back(dims[static_cast<std::size_t>(i) + 1] * block[static_cast<std::size_t>(i)]);
  }
  for (auto i = static_cast<std::size_t>(count) + 1; i < dims.size(); ++i) {
    permutation.push_back(static_cast<int>(i) + count);
    merged.push_back(dims[i]);
  }
  return reshape(e, transpose(e, reshape(e, x, Shape(split)), permutation), Shape(merged));
}

}  // namespace

Value* space_to_batch(Emitter& e, Value* x, const std::vector<std::int64_t>& block,
                      const Pads& pads) {
  check(x, block, pads);
  if (Value* y = kernel(e, Op::SPACE_TO_BATCH_ND, x, block, pads, tflite::SpaceToBatchNDOptionsT{}))
    return y;
  return blocks_to_batch(e, pad_spatial(e, x, pads), block);
}

Value* batch_to_space(Emitter& e, Value* x, const std::vector<std::int64_t>& block,
                      const Pads& crops) {
  check(x, block, crops);
  if (Value* y =
          kernel(e, Op::BATCH_TO_SPACE_ND, x, block, crops, tflite::BatchToSpaceNDOptionsT{}))
    return y;
  return crop_spatial(e, batch_to_blocks(e, x, block), crops);
}

Value* space_to_depth(Emitter& e, Value* x, std::int64_t block) {
  check(x, {block, block}, Pads(2));
  if (x->shape().rank() != 4) throw Unsupported("space_to_depth takes 4 axes");
  tflite::SpaceToDepthOptionsT options;
  options.block_size = option_int(block, "the block size");
  if (Value* y = e.try_add(Op::SPACE_TO_DEPTH, {x}, std::move(options))) return y;
  constexpr int kOrder[] = {0, 1, 3, 2, 4, 5};
  Dim n = x->shape()[0], c = x->shape()[3];
  Dim h = divided(x->shape()[1], block), w = divided(x->shape()[2], block);
  Value* split = reshape(e, x, Shape{n, h, block, w, block, c});
  return reshape(e, transpose(e, split, kOrder), Shape{n, h, w, c * block * block});
}

Value* depth_to_space(Emitter& e, Value* x, std::int64_t block) {
  check(x, {block, block}, Pads(2));
  if (x->shape().rank() != 4) throw Unsupported("depth_to_space takes 4 axes");
  tflite::DepthToSpaceOptionsT options;
  options.block_size = option_int(block, "the block size");
  if (Value* y = e.try_add(Op::DEPTH_TO_SPACE, {x}, std::move(options))) return y;
  constexpr int kOrder[] = {0, 1, 3, 2, 4, 5};
  Dim n = x->shape()[0], h = x->shape()[1], w = x->shape()[2];
  Dim c = divided(divided(x->shape()[3], block), block);
  Value* split = reshape(e, x, Shape{n, h, w, block, block, c});
  return reshape(e, transpose(e, split, kOrder), Shape{n, h * block, w * block, c});
}

}  // namespace litecast::emit
