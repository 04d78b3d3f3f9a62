#include "emit/max_places.h"

#include <numeric>

#include "emit/arith.h"
#include "emit/gather.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

constexpr std::int64_t kMostNumbered = std::int64_t{1} << 24;

// The sizes of what is numbered at once: all samples, or one of them.
ir::StaticShape numbered_sizes(const Value* x, bool of_all_samples) {
  const int rank = rank_of(x);
  ir::StaticShape sizes;
  for (int axis = 0; axis < rank; ++axis) {
    const Dim size = axis == 0 && !of_all_samples ? Dim(1) : x->shape()[axis];
    if (!size.is_constant())
      throw Unsupported("places of maxima in images of free size",
                        "fix height, width and channels");
    sizes.push_back(size.value());
  }
  return sizes;
}

}  // namespace

Value* element_numbers(Emitter& e, const Value* x, bool counts_batch) {
  if (rank_of(x) == 0) throw Unsupported("places of maxima in a scalar");
  const Dim batch = x->shape()[0];
  const auto dims = numbered_sizes(x, counts_batch && batch.is_constant());
  std::int64_t count = 1;
  for (std::int64_t dim : dims) {
    if (dim > kMostNumbered / std::max<std::int64_t>(count, 1))
      throw Unsupported("places of maxima among more than 16 million elements");
    count *= dim;
  }
  std::vector<std::int32_t> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  Value* known = e.constant(
      ir::Constant::of<std::int32_t>(DType::INT32, dims, std::span<const std::int32_t>(numbers)));
  if (!counts_batch || batch.is_constant()) return known;
  std::vector<Dim> sample(dims.size(), Dim(1));
  sample[0] = batch;
  Value* first = mul(e, iota(e, batch), e.scalar_i32(count));
  return add(e, known, reshape(e, first, Shape(std::move(sample))));
}

Value* max_places(Emitter& e, Value* x, const Sizes& window_size, const Window& window,
                  bool counts_batch) {
  Value* data = pad_for_window(e, x, window_size, window, lowest(e, x->dtype()));
  Value* numbers = element_numbers(e, x, counts_batch);
  numbers = pad_for_window(e, numbers, window_size, window, nullptr);
  Value *best = nullptr, *where = nullptr;
  for (const Sizes& offset : window_offsets(window_size)) {
    Value* tap = window_tap(e, data, window_size, window, offset);
    Value* number = window_tap(e, numbers, window_size, window, offset);
    if (!best) {
      best = tap;
      where = number;
      continue;
    }
    where = select(e, binary(e, Op::GREATER, tap, best), number, where);
    best = binary(e, Op::MAXIMUM, best, tap);
  }
  return broadcast_to(e, where, best->shape());
}

}  // namespace litecast::emit
