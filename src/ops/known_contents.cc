#include "ops/known_contents.h"

#include <limits>

#include "ops/kernel.h"

namespace litecast::ops {

namespace {

// Beyond this a product of two constants could leave 64 bits.
constexpr std::int64_t kLargest = std::int64_t{1} << 31;

bool is_modest(ir::Dim dim) {
  return !dim.is_constant() || (-kLargest <= dim.value() && dim.value() <= kLargest);
}

bool is_positive_constant(ir::Dim dim) { return dim.is_constant() && dim.value() > 0; }

}  // namespace

Contents contents_in_range(std::vector<ir::Dim> contents, DType dtype) {
  if (dtype == DType::BOOL) return contents;
  const bool known = with_integer(dtype, [&]<class T>(Element<T>) {
    return std::all_of(contents.begin(), contents.end(), [](ir::Dim dim) {
      return !dim.is_constant() || std::in_range<T>(dim.value());
    });
  });
  if (!known) return std::nullopt;
  return contents;
}

Contents map_contents(const OpView& node, UnaryDim f) {
  const auto x = node.dims(0);
  if (!x) return std::nullopt;
  std::vector<ir::Dim> result;
  for (const ir::Dim dim : *x) {
    if (!is_modest(dim)) return std::nullopt;
    const auto value = f(dim);
    if (!value) return std::nullopt;
    result.push_back(*value);
  }
  return contents_in_range(std::move(result), node.dtype(0));
}

Contents zip_contents(const OpView& node, BinaryDim f) {
  const auto a = node.dims(0), b = node.dims(1);
  if (!a || !b) return std::nullopt;
  const auto joined = ir::broadcast(node.shape(0), node.shape(1));
  if (!joined || !node.shape(0).is_static() || !node.shape(1).is_static()) return std::nullopt;
  const ir::StaticShape out = joined->static_dims();
  const ir::StaticShape a_shape = node.shape(0).static_dims(),
                        b_shape = node.shape(1).static_dims();
  std::int64_t count = 1;
  for (const auto size : out) {
    if (size > kMaxContents) return std::nullopt;
    count *= size;
    if (count > kMaxContents) return std::nullopt;
  }
  std::vector<ir::Dim> result;
  bool known = true;
  for_each_broadcast<2>(out, {&a_shape, &b_shape}, [&](auto, std::int64_t i, std::int64_t j) {
    const ir::Dim x = (*a)[static_cast<std::size_t>(i)], y = (*b)[static_cast<std::size_t>(j)];
    const auto value = known && is_modest(x) && is_modest(y) ? f(x, y) : std::nullopt;
    known = value.has_value();
    if (known) result.push_back(*value);
  });
  if (!known) return std::nullopt;
  return contents_in_range(std::move(result), node.dtype(0));
}

std::optional<ir::Dim> dim_add(ir::Dim a, ir::Dim b) { return a + b; }
std::optional<ir::Dim> dim_sub(ir::Dim a, ir::Dim b) { return a - b; }
std::optional<ir::Dim> dim_mul(ir::Dim a, ir::Dim b) { return a * b; }

std::optional<ir::Dim> dim_floor_div(ir::Dim a, ir::Dim b) {
  if (!is_positive_constant(b)) return std::nullopt;
  return floordiv(a, b);
}

std::optional<ir::Dim> dim_floor_mod(ir::Dim a, ir::Dim b) {
  if (!is_positive_constant(b)) return std::nullopt;
  return floormod(a, b);
}

std::optional<ir::Dim> dim_div(ir::Dim a, ir::Dim b) {
  if (!is_non_negative(a)) return std::nullopt;
  return dim_floor_div(a, b);
}

std::optional<ir::Dim> dim_max(ir::Dim a, ir::Dim b) { return ir::max(a, b); }
std::optional<ir::Dim> dim_min(ir::Dim a, ir::Dim b) { return ir::min(a, b); }
std::optional<ir::Dim> dim_neg(ir::Dim a) { return ir::Dim(0) - a; }

std::optional<ir::Dim> dim_abs(ir::Dim a) {
  if (a.is_constant()) return ir::Dim(std::abs(a.value()));
  if (!is_non_negative(a)) return std::nullopt;
  return a;
}

std::optional<ir::Dim> dim_square_difference(ir::Dim a, ir::Dim b) { return (a - b) * (a - b); }

}  // namespace litecast::ops
