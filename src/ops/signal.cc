// Fourier transforms.
#include "ops/conv_limits.h"
#include "ops/families.h"

namespace litecast::ops {
namespace {

using Kind = LimitViolation::Kind;
using ir::Dim;
using ir::Shape;

bool is_power_of_two(std::int64_t n) { return n > 0 && (n & (n - 1)) == 0; }

Results infer_rfft2d(const OpView& node, ir::DimContext& dims) {
  const auto lengths = shape_from_operand(node, 1, dims);
  if (!lengths) return tl::unexpected(lengths.error());
  const Shape length = ranked_or_unknown(*lengths, 2, dims);
  bool fits = length.rank() == 2;
  for (const Dim n : length.dims()) fits = fits && (!n.is_constant() || is_power_of_two(n.value()));
  if (!fits) {
    return violation(
        Kind::option, 1,
        fmt::format("RFFT2D takes two lengths that are powers of two, not {}", to_string(length)));
  }
  const Shape& x = node.shape(0);
  if (!x.is_ranked()) return one_result(DType::COMPLEX64, x);
  std::vector<Dim> sizes(x.dims().begin(), x.dims().end() - 2);
  // The other half of the spectrum of real numbers is its mirror image.
  sizes.insert(sizes.end(), {length[0], floordiv(length[1], 2) + Dim(1)});
  return one_result(DType::COMPLEX64, Shape(std::move(sizes)));
}

// Five multiplications and additions a point and level are usual.
std::int64_t rfft2d_macs(const OpView& node) {
  const auto& sizes = node.results[0].shape;
  const std::int64_t points = sizes.elements().value();
  std::int64_t levels = 1;
  for (std::int64_t n = sizes[-1].value() * sizes[-2].value(); n > 1; n /= 2) ++levels;
  return saturating_product({points, levels, 5});
}

}  // namespace

std::span<const OpInfo> signal_family() {
  static const OpInfo family[] = {
      {.op = Op::RFFT2D,
       .operands = {{.name = "x", .dtypes = {DType::FLOAT32}, .min_rank = 2},
                    {.name = "fft_length", .dtypes = {DType::INT32}, .min_rank = 1, .max_rank = 1}},
       .infer = infer_rfft2d,
       .min_runtime = {"2.5.0"},
       .macs = rfft2d_macs},
  };
  return family;
}

}  // namespace litecast::ops
