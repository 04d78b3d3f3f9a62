#include "ops/kernel.h"

#include <cstring>

namespace litecast::ops {

std::vector<std::int64_t> row_major_strides(const ir::StaticShape& shape) {
  std::vector<std::int64_t> strides(shape.size());
  std::int64_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

std::vector<std::int64_t> broadcast_strides(const ir::StaticShape& shape,
                                            const ir::StaticShape& out) {
  const std::vector<std::int64_t> own = row_major_strides(shape);
  std::vector<std::int64_t> strides(out.size(), 0);
  const std::size_t missing = out.size() - shape.size();
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] != 1) strides[i + missing] = own[i];
  return strides;
}

BroadcastRuns::BroadcastRuns(const ir::StaticShape& out,
                             std::span<const ir::StaticShape* const> operands) {
  std::vector<std::vector<std::int64_t>> strides;
  for (const auto* shape : operands) strides.push_back(broadcast_strides(*shape, out));
  for (std::size_t axis = 0; axis < out.size(); ++axis) {
    Axis inner{out[axis]};
    for (std::size_t k = 0; k < operands.size(); ++k) inner.strides[k] = strides[k][axis];
    if (!axes_.empty() && goes_on(axes_.back(), inner)) {
      inner.size *= axes_.back().size;
      axes_.back() = inner;
    } else {
      axes_.push_back(inner);
    }
    done_ = done_ || inner.size == 0;
  }
  run_.count = 1;
  if (axes_.empty()) return;
  run_.count = axes_.back().size;
  run_.step = axes_.back().strides;
  axes_.pop_back();
}

bool BroadcastRuns::goes_on(const Axis& outer, const Axis& inner) {
  for (std::size_t k = 0; k < outer.strides.size(); ++k)
    if (outer.strides[k] != inner.strides[k] * inner.size) return false;
  return true;
}

bool BroadcastRuns::next(BroadcastRun& run) {
  if (done_) return false;
  run = run_;
  run_.out += run_.count;
  for (std::size_t axis = axes_.size(); axis-- > 0;) {
    Axis& a = axes_[axis];
    const bool within = ++a.index < a.size;
    const std::int64_t move = within ? 1 : 1 - a.size;
    for (std::size_t k = 0; k < a.strides.size(); ++k) run_.at[k] += a.strides[k] * move;
    if (within) return true;
    a.index = 0;
  }
  done_ = true;
  return true;
}

AxisSplit split_at(const ir::StaticShape& shape, int axis) {
  AxisSplit split;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const auto place = static_cast<std::int64_t>(i) - axis;
    (place < 0 ? split.outer : place == 0 ? split.size : split.inner) *= shape[i];
  }
  return split;
}

std::vector<std::int64_t> integers_of(const HostTensor& tensor) {
  std::vector<std::int64_t> values;
  with_integer(tensor.dtype, [&]<class T>(Element<T>) {
    for (const T value : tensor.data<T>()) values.push_back(static_cast<std::int64_t>(value));
    return true;
  });
  return values;
}

std::optional<std::vector<std::string_view>> strings_of(const HostTensor& tensor) {
  const auto words = tensor.data<std::int32_t>();
  if (tensor.dtype != DType::STRING || words.empty() || words[0] < 0) return std::nullopt;
  const auto count = static_cast<std::size_t>(words[0]);
  if (words.size() < count + 2) return std::nullopt;
  const auto* characters = reinterpret_cast<const char*>(tensor.bytes.data());
  std::vector<std::string_view> strings;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t begin = words[1 + i], end = words[2 + i];
    if (begin < 0 || end < begin || end > static_cast<std::int64_t>(tensor.bytes.size()))
      return std::nullopt;
    strings.emplace_back(characters + begin, static_cast<std::size_t>(end - begin));
  }
  return strings;
}

}  // namespace litecast::ops
