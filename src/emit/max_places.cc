#include "emit/max_places.h"

#include <numeric>

#include "emit/arith.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

constexpr std::int64_t kMostNumbered = std::int64_t{1} << 24;

}  // namespace

Value* element_numbers(Emitter& e, const Value* x, bool counts_batch) {
  auto dims = static_dims_or_throw(x, "a tensor in which places of maxima are numbered");
  if (!counts_batch) dims[0] = 1;
  std::int64_t count = 1;
  for (std::int64_t dim : dims) {
    if (dim > kMostNumbered / std::max<std::int64_t>(count, 1))
      throw Unsupported("places of maxima among more than 16 million elements");
    count *= dim;
  }
  std::vector<std::int32_t> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return e.constant(
      ir::Constant::of<std::int32_t>(DType::INT32, dims, std::span<const std::int32_t>(numbers)));
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
