// A tensor in memory while an op is being folded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ir/constant.h"

namespace litecast::ops {

struct HostTensor {
  ir::DType dtype = ir::DType::FLOAT32;
  ir::StaticShape shape;
  std::vector<std::byte> bytes;
  bool present = true;  // false: an optional operand that is absent

  template <class T>
  std::span<const T> data() const {
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  template <class T>
  std::span<T> data() {
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  std::int64_t elements() const {
    std::int64_t n = 1;
    for (auto d : shape) n *= d;
    return n;
  }
};

}  // namespace litecast::ops
