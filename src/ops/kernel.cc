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
