#include "sources/tensorflow/fingerprint.h"

#include <bit>
#include <cstring>
#include <utility>

namespace litecast::tensorflow {
namespace {

constexpr std::uint64_t k0 = 0xc3a5c85c97cb3127;
constexpr std::uint64_t k1 = 0xb492b66fbe98f273;
constexpr std::uint64_t k2 = 0x9ae16a3b2f90404f;

template <class T>
std::uint64_t fetch(const char* p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}
std::uint64_t fetch64(const char* p) { return fetch<std::uint64_t>(p); }
std::uint64_t fetch32(const char* p) { return fetch<std::uint32_t>(p); }

std::uint64_t shift_mix(std::uint64_t value) { return value ^ (value >> 47); }

std::uint64_t mix(std::uint64_t u, std::uint64_t v, std::uint64_t multiplier) {
  const std::uint64_t a = shift_mix((u ^ v) * multiplier);
  return shift_mix((v ^ a) * multiplier) * multiplier;
}

std::uint64_t up_to_16(const char* s, std::uint64_t length) {
  const std::uint64_t multiplier = k2 + length * 2;
  if (length >= 8) {
    const std::uint64_t a = fetch64(s) + k2;
    const std::uint64_t b = fetch64(s + length - 8);
    return mix(std::rotr(b, 37) * multiplier + a, (std::rotr(a, 25) + b) * multiplier, multiplier);
  }
  if (length >= 4) return mix(length + (fetch32(s) << 3), fetch32(s + length - 4), multiplier);
  if (length == 0) return k2;
  const auto at = [&](std::uint64_t i) { return std::uint32_t{static_cast<unsigned char>(s[i])}; };
  const std::uint32_t y = at(0) + (at(length >> 1) << 8);
  const std::uint32_t z = static_cast<std::uint32_t>(length) + (at(length - 1) << 2);
  return shift_mix(y * k2 ^ z * k0) * k2;
}

std::uint64_t up_to_32(const char* s, std::uint64_t length) {
  const std::uint64_t multiplier = k2 + length * 2;
  const std::uint64_t a = fetch64(s) * k1;
  const std::uint64_t b = fetch64(s + 8);
  const std::uint64_t c = fetch64(s + length - 8) * multiplier;
  const std::uint64_t d = fetch64(s + length - 16) * k2;
  return mix(std::rotr(a + b, 43) + std::rotr(c, 30) + d, a + std::rotr(b + k2, 18) + c,
             multiplier);
}

std::uint64_t up_to_64(const char* s, std::uint64_t length) {
  const std::uint64_t multiplier = k2 + length * 2;
  const std::uint64_t a = fetch64(s) * k2;
  const std::uint64_t b = fetch64(s + 8);
  const std::uint64_t c = fetch64(s + length - 8) * multiplier;
  const std::uint64_t d = fetch64(s + length - 16) * k2;
  const std::uint64_t y = std::rotr(a + b, 43) + std::rotr(c, 30) + d;
  const std::uint64_t z = mix(y, a + std::rotr(b + k2, 18) + c, multiplier);
  const std::uint64_t e = fetch64(s + 16) * multiplier;
  const std::uint64_t f = fetch64(s + 24);
  const std::uint64_t g = (y + fetch64(s + length - 32)) * multiplier;
  const std::uint64_t h = (z + fetch64(s + length - 24)) * multiplier;
  return mix(std::rotr(e + f, 43) + std::rotr(g, 30) + h, e + std::rotr(f + a, 18) + g, multiplier);
}

struct Pair {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

Pair hash_32_bytes(const char* s, std::uint64_t a, std::uint64_t b) {
  const std::uint64_t z = fetch64(s + 24);
  a += fetch64(s);
  b = std::rotr(b + a + z, 21);
  const std::uint64_t c = a;
  a += fetch64(s + 8);
  a += fetch64(s + 16);
  b += std::rotr(a, 44);
  return {a + z, b + c};
}

// 56 bytes of state, stirred with 64 bytes of input at a time.
struct LongState {
  std::uint64_t x = 81;
  std::uint64_t y = 81 * k1 + 113;
  std::uint64_t z = shift_mix((81 * k1 + 113) * k2 + 113) * k2;
  Pair v, w;

  // The last block has another multiplier and weighs v and w nine times.
  void stir(const char* s, std::uint64_t multiplier, std::uint64_t weight) {
    x = std::rotr(x + y + v.first + fetch64(s + 8), 37) * multiplier;
    y = std::rotr(y + v.second + fetch64(s + 48), 42) * multiplier;
    x ^= w.second * weight;
    y += v.first * weight + fetch64(s + 40);
    z = std::rotr(z + w.first, 33) * multiplier;
    v = hash_32_bytes(s, v.second * multiplier, x + w.first);
    w = hash_32_bytes(s + 32, z + w.second, y + fetch64(s + 16));
    std::swap(z, x);
  }
};

std::uint64_t beyond_64(const char* s, std::uint64_t length) {
  LongState state;
  state.x = state.x * k2 + fetch64(s);
  const char* const end = s + (length - 1) / 64 * 64;
  const char* const last_64 = s + length - 64;
  for (; s != end; s += 64) state.stir(s, k1, 1);
  const std::uint64_t multiplier = k1 + ((state.z & 0xff) << 1);
  state.w.first += (length - 1) & 63;
  state.v.first += state.w.first;
  state.w.first += state.v.first;
  state.stir(last_64, multiplier, 9);
  return mix(mix(state.v.first, state.w.first, multiplier) + shift_mix(state.y) * k0 + state.z,
             mix(state.v.second, state.w.second, multiplier) + state.x, multiplier);
}

}  // namespace

std::uint64_t fingerprint64(std::string_view text) {
  if (text.size() <= 16) return up_to_16(text.data(), text.size());
  if (text.size() <= 32) return up_to_32(text.data(), text.size());
  if (text.size() <= 64) return up_to_64(text.data(), text.size());
  return beyond_64(text.data(), text.size());
}

}  // namespace litecast::tensorflow
