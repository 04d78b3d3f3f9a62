#include "ops/packed_integers.h"

namespace litecast::ops {
namespace {

struct Place {
  std::size_t byte;
  int shift;
};

Place place_of(std::size_t index, int bits) {
  const std::size_t bit = index * static_cast<std::size_t>(bits);
  return {bit / 8, static_cast<int>(bit % 8)};
}

}  // namespace

std::vector<std::int8_t> unpacked(const HostTensor& tensor) {
  const int bits = ir::bit_width(tensor.dtype);
  const int sign = tensor.dtype == ir::DType::UINT4 ? 0 : 1 << (bits - 1);
  const auto count = std::min(static_cast<std::size_t>(tensor.elements()),
                              tensor.bytes.size() * 8 / static_cast<std::size_t>(bits));
  std::vector<std::int8_t> elements(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Place place = place_of(i, bits);
    const int low =
        (std::to_integer<int>(tensor.bytes[place.byte]) >> place.shift) & ((1 << bits) - 1);
    elements[i] = static_cast<std::int8_t>((low ^ sign) - sign);
  }
  return elements;
}

void pack(std::span<const std::int8_t> elements, HostTensor& tensor) {
  const int bits = ir::bit_width(tensor.dtype);
  tensor.bytes.assign((elements.size() * static_cast<std::size_t>(bits) + 7) / 8, std::byte{0});
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const Place place = place_of(i, bits);
    const int low = elements[i] & ((1 << bits) - 1);
    tensor.bytes[place.byte] |= static_cast<std::byte>(low << place.shift);
  }
}

}  // namespace litecast::ops
