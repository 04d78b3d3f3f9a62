// Ops that trade sizes of spatial axes for channels or batches.
#include "ops/dtype_sets.h"
#include "ops/families.h"
#include "ops/pad_kernel.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using Kind = LimitViolation::Kind;
using ir::Dim;
using ir::Shape;
using Sizes = std::vector<std::int64_t>;

// `size` / `parts`; a violation when it is known not to divide.
Expected<Dim> divided(const OpView& node, Dim size, Dim parts) {
  if (const auto exact = exact_div(size, parts)) return *exact;
  if (parts == Dim(0) || (size.is_constant() && parts.is_constant())) {
    return violation(Kind::shape, 0,
                     fmt::format("{} cannot split {} elements into blocks of {}", ir::name(node.op),
                                 to_string(size), to_string(parts)));
  }
  return floordiv(size, parts);
}

// ---- SPACE_TO_DEPTH, DEPTH_TO_SPACE ----

std::int64_t block_size(const OpView& node) {
  return node.op == Op::SPACE_TO_DEPTH ? node.as<tflite::SpaceToDepthOptionsT>().block_size
                                       : node.as<tflite::DepthToSpaceOptionsT>().block_size;
}

tl::unexpected<LimitViolation> bad_block(const OpView& node) {
  return violation(Kind::option, -1,
                   fmt::format("{} takes a positive block size", ir::name(node.op)));
}

Results infer_space_to_depth(const OpView& node, ir::DimContext& dims) {
  const std::int64_t block = block_size(node);
  if (block <= 0) return bad_block(node);
  const Shape& x = node.shape(0);
  if (!x.is_ranked()) return moved_result(node, 0, unknown_shape(dims, 4));
  const auto height = divided(node, x[1], block), width = divided(node, x[2], block);
  if (!height) return tl::unexpected(height.error());
  if (!width) return tl::unexpected(width.error());
  return moved_result(node, 0, Shape{x[0], *height, *width, x[3] * Dim(block) * Dim(block)});
}

Results infer_depth_to_space(const OpView& node, ir::DimContext& dims) {
  const std::int64_t block = block_size(node);
  if (block <= 0) return bad_block(node);
  const Shape& x = node.shape(0);
  if (!x.is_ranked()) return moved_result(node, 0, unknown_shape(dims, 4));
  const auto depth = divided(node, x[3], Dim(block) * Dim(block));
  if (!depth) return tl::unexpected(depth.error());
  return moved_result(node, 0, Shape{x[0], x[1] * Dim(block), x[2] * Dim(block), *depth});
}

// Copies `x`, seen as `split`, with its axes in another order.
bool permuted(const HostTensor& x, const Sizes& split, const std::vector<std::size_t>& axes,
              HostTensor& out) {
  const Sizes strides = row_major_strides(split);
  Sizes shape;
  Strided from;
  for (const std::size_t axis : axes) {
    shape.push_back(split[axis]);
    from.strides.push_back(strides[axis]);
  }
  Move move({&x}, out);
  move.copy(0, shape, from, row_major(shape));
  return move.finish();
}

bool fold_space_to_depth(const OpView& node, std::span<const HostTensor> in,
                         std::span<HostTensor> out) {
  const std::int64_t b = block_size(node);
  const Sizes& y = out[0].shape;
  return permuted(in[0], {y[0], y[1], b, y[2], b, in[0].shape[3]}, {0, 1, 3, 2, 4, 5}, out[0]);
}

bool fold_depth_to_space(const OpView& node, std::span<const HostTensor> in,
                         std::span<HostTensor> out) {
  const std::int64_t b = block_size(node);
  const Sizes& x = in[0].shape;
  return permuted(in[0], {x[0], x[1], x[2], b, b, out[0].shape[3]}, {0, 1, 3, 2, 4, 5}, out[0]);
}

// ---- SPACE_TO_BATCH_ND, BATCH_TO_SPACE_ND ----

// Block sizes and borders (paddings or crops) of the spatial axes.
struct Blocks {
  std::vector<Dim> block;
  std::vector<Dim> borders;
  Dim product() const {
    Dim n = 1;
    for (const Dim b : block) n = n * b;
    return n;
  }
  Dim border(std::size_t axis) const { return borders[2 * axis] + borders[2 * axis + 1]; }
};

// Nothing when one of them is not known.
Expected<std::optional<Blocks>> blocks_of(const OpView& node) {
  auto block = node.dims(1), borders = node.dims(2);
  if (!block || !borders) return std::optional<Blocks>{};
  const auto spatial = static_cast<std::size_t>(node.shape(0).rank() - 2);
  if (block->size() != spatial || borders->size() != 2 * spatial) {
    return violation(Kind::shape, 1,
                     fmt::format("{} takes blocks and borders of {} axes, not of {}",
                                 ir::name(node.op), spatial, block->size()));
  }
  for (const Dim b : *block)
    if (b.is_constant() && b.value() <= 0) return bad_block(node);
  for (const Dim b : *borders) {
    if (b.is_constant() && b.value() < 0)
      return violation(Kind::shape, 2,
                       fmt::format("{} takes borders of zero or more", ir::name(node.op)));
  }
  return Blocks{std::move(*block), std::move(*borders)};
}

Results infer_space_to_batch(const OpView& node, ir::DimContext& dims) {
  const Shape& x = node.shape(0);
  if (!x.is_ranked()) return moved_result(node, 0, x);
  const auto blocks = blocks_of(node);
  if (!blocks) return tl::unexpected(blocks.error());
  if (!*blocks) return moved_result(node, 0, unknown_shape(dims, x.rank(), "blocked"));
  std::vector<Dim> sizes = x.dims();
  sizes[0] = sizes[0] * (*blocks)->product();
  for (std::size_t i = 0; i < (*blocks)->block.size(); ++i) {
    const auto size = divided(node, sizes[i + 1] + (*blocks)->border(i), (*blocks)->block[i]);
    if (!size) return tl::unexpected(size.error());
    sizes[i + 1] = *size;
  }
  return moved_result(node, 0, Shape(std::move(sizes)));
}

Results infer_batch_to_space(const OpView& node, ir::DimContext& dims) {
  const Shape& x = node.shape(0);
  if (!x.is_ranked()) return moved_result(node, 0, x);
  const auto blocks = blocks_of(node);
  if (!blocks) return tl::unexpected(blocks.error());
  if (!*blocks) return moved_result(node, 0, unknown_shape(dims, x.rank(), "unblocked"));
  std::vector<Dim> sizes = x.dims();
  const auto batch = divided(node, sizes[0], (*blocks)->product());
  if (!batch) return tl::unexpected(batch.error());
  sizes[0] = *batch;
  for (std::size_t i = 0; i < (*blocks)->block.size(); ++i)
    sizes[i + 1] = sizes[i + 1] * (*blocks)->block[i] - (*blocks)->border(i);
  return moved_result(node, 0, Shape(std::move(sizes)));
}

// The sizes of a tensor seen as [n, (blocks, place in the block)…, c].
Sizes split_space(const Sizes& shape, const Sizes& block) {
  Sizes split = {shape[0]};
  for (std::size_t i = 0; i < block.size(); ++i)
    split.insert(split.end(), {shape[i + 1] / block[i], block[i]});
  split.push_back(shape.back());
  return split;
}

// The axes of split space in the order of batches: (block…, n, blocks…, c).
std::vector<std::size_t> batch_order(std::size_t spatial) {
  std::vector<std::size_t> axes;
  for (std::size_t i = 0; i < spatial; ++i) axes.push_back(2 * i + 2);
  axes.push_back(0);
  for (std::size_t i = 0; i < spatial; ++i) axes.push_back(2 * i + 1);
  axes.push_back(2 * spatial + 1);
  return axes;
}

bool fold_space_to_batch(const OpView& node, std::span<const HostTensor> in,
                         std::span<HostTensor> out) {
  if (node.in(0)->type().quantization != nullptr) return false;  // padded with its zero point
  const Sizes block = integers_of(in[1]), borders = integers_of(in[2]);
  Sizes pads = {0, 0};
  pads.insert(pads.end(), borders.begin(), borders.end());
  pads.insert(pads.end(), {0, 0});
  HostTensor padded{in[0].dtype, in[0].shape, {}};
  for (std::size_t i = 0; i < padded.shape.size(); ++i)
    padded.shape[i] += pads[2 * i] + pads[2 * i + 1];
  return pad(in[0], pads, nullptr, padded) &&
         permuted(padded, split_space(padded.shape, block), batch_order(block.size()), out[0]);
}

bool fold_batch_to_space(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const Sizes block = integers_of(in[1]), crops = integers_of(in[2]);
  const std::size_t spatial = block.size();
  HostTensor space{in[0].dtype, out[0].shape, {}};
  for (std::size_t i = 0; i < spatial; ++i) space.shape[i + 1] = in[0].shape[i + 1] * block[i];
  const Sizes split = split_space(space.shape, block);
  const std::vector<std::size_t> order = batch_order(spatial);
  std::vector<std::size_t> back(order.size());
  Sizes batches(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    back[order[i]] = i;
    batches[i] = split[order[i]];
  }
  if (!permuted(in[0], batches, back, space)) return false;
  Strided cropped = row_major(space.shape);
  for (std::size_t i = 0; i < spatial; ++i) cropped.base += crops[2 * i] * cropped.strides[i + 1];
  return fold_strided(space, cropped, out[0]);
}

}  // namespace

std::span<const OpInfo> space_batch_family() {
  constexpr DTypeSet depth = {DType::FLOAT32, DType::UINT8, DType::INT8, DType::INT32,
                              DType::INT64};
  const auto blocks_and_borders = [](const char* borders) {
    return std::vector<OperandSpec>{
        {.name = "x", .dtypes = kWords, .min_rank = 3, .max_rank = 4},
        {.name = "block_shape", .dtypes = {DType::INT32}, .min_rank = 1, .max_rank = 1},
        {.name = borders, .dtypes = {DType::INT32}, .min_rank = 2, .max_rank = 2}};
  };
  static const std::vector<VersionRule> batch_versions = {
      {first_is<DType::INT16>, 4},
      {[](const OpView& node) { return node.shape(0).is_ranked() && node.shape(0).rank() != 4; },
       3},
      {first_is<DType::INT8>, 2},
      {nullptr, 1}};
  static const OpInfo family[] = {
      {.op = Op::SPACE_TO_DEPTH,
       .operands = {{.name = "x", .dtypes = depth, .min_rank = 4, .max_rank = 4}},
       .infer = infer_space_to_depth,
       .fold = fold_space_to_depth,
       .versions = {{first_is<DType::INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"1.5.0", "1.14.0"}},
      {.op = Op::DEPTH_TO_SPACE,
       .operands = {{.name = "x", .dtypes = depth, .min_rank = 4, .max_rank = 4}},
       .infer = infer_depth_to_space,
       .fold = fold_depth_to_space,
       .versions = {{first_is<DType::INT8>, 2}, {nullptr, 1}},
       .min_runtime = {"2.1.0", "2.5.0"}},
      {.op = Op::SPACE_TO_BATCH_ND,
       .operands = blocks_and_borders("paddings"),
       .infer = infer_space_to_batch,
       .fold = fold_space_to_batch,
       .versions = batch_versions,
       .min_runtime = {"1.6.0", "1.14.0", "2.3.0", "2.12.0"}},
      {.op = Op::BATCH_TO_SPACE_ND,
       .operands = blocks_and_borders("crops"),
       .infer = infer_batch_to_space,
       .fold = fold_batch_to_space,
       .versions = batch_versions,
       .min_runtime = {"1.6.0", "1.14.0", "2.3.0", "2.12.0"}},
  };
  return family;
}

}  // namespace litecast::ops
