#include "emit/fourier.h"

#include <bit>
#include <cmath>
#include <numbers>

#include "emit/arith.h"
#include "emit/conv.h"
#include "emit/free_fourier.h"
#include "emit/matmul.h"
#include "emit/precision.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

constexpr std::int64_t kMaxLength = 1 << 20;
// A transform of at most this length is one product with a matrix, a longer one is split in two.
constexpr std::int64_t kDirectLength = 64;
constexpr std::int64_t kMaxPrime = 4096;

bool is_free(const Value* x) { return rank_of(x) > 0 && !x->shape()[-1].is_constant(); }

std::int64_t length_of(const Value* x) {
  if (rank_of(x) < 1) throw Unsupported("a Fourier transform of a scalar");
  std::int64_t n = x->shape()[-1].value();
  if (n < 1 || n > kMaxLength)
    throw Unsupported(fmt::format("a Fourier transform of length {}", n));
  return n;
}

// The real and the imaginary part of the matrix e^(−2πi·row·column/n).
struct Roots {
  Value* cosine;
  Value* sine;  // negative
};

Roots roots(Emitter& e, std::int64_t rows, std::int64_t columns, std::int64_t n) {
  std::vector<float> cosine, sine;
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t column = 0; column < columns; ++column) {
      // The remainder keeps the angle small and so exact.
      double angle =
          -2 * std::numbers::pi * static_cast<double>(row * column % n) / static_cast<double>(n);
      cosine.push_back(static_cast<float>(std::cos(angle)));
      sine.push_back(static_cast<float>(std::sin(angle)));
    }
  return {f32_tensor(e, {rows, columns}, cosine), f32_tensor(e, {rows, columns}, sine)};
}

Shape with_last(const Value* x, std::initializer_list<std::int64_t> last) {
  auto dims = x->shape().dims();
  dims.pop_back();
  dims.insert(dims.end(), last.begin(), last.end());
  return Shape(std::move(dims));
}

Value* last_slice(Emitter& e, Value* x, std::int64_t begin, std::int64_t size) {
  std::vector<std::int64_t> begins(static_cast<std::size_t>(x->shape().rank()), 0);
  begins.back() = begin;
  auto sizes = x->shape().dims();
  sizes.back() = Dim(size);
  return slice(e, x, begins, sizes);
}

Value* reversed(Emitter& e, Value* x) {
  return e.add(Op::REVERSE_V2, {x, e.i32({x->shape().rank() - 1})}, tflite::ReverseV2OptionsT{});
}

Value* negated(Emitter& e, Value* x) { return unary(e, Op::NEG, x); }

ComplexParts kernel_rfft(Emitter& e, Value* x, std::int64_t n) {
  Value* spectrum = e.add(Op::RFFT2D, {reshape(e, x, with_last(x, {1, n})), e.i32({1, n})},
                          tflite::Rfft2dOptionsT{});
  Shape shape = with_last(x, {n / 2 + 1});
  return {reshape(e, e.add(Op::REAL, {spectrum}), shape),
          reshape(e, e.add(Op::IMAG, {spectrum}), shape)};
}

// x·(cosine + i·sine) over the last axis.
ComplexParts times_roots(Emitter& e, ComplexParts x, Roots matrix) {
  return bilinear(e, x, {matrix.cosine, matrix.sine},
                  [&](Value* a, Value* b) { return matmul(e, a, b, false, false); });
}

std::int64_t divisor_near_root(std::int64_t n) {
  for (auto d = static_cast<std::int64_t>(std::sqrt(static_cast<double>(n))); d > 1; --d)
    if (n % d == 0) return d;
  return 1;
}

Value* swap_last(Emitter& e, Value* x) {
  return transpose(e, x, last_axes_swapped(x->shape().rank()));
}

template <class F>
ComplexParts both(ComplexParts x, F f) {
  return {f(x.real), f(x.imag)};
}

// A matrix product needs two axes.
ComplexParts direct(Emitter& e, ComplexParts x, std::int64_t n, std::int64_t kept) {
  if (x.real->shape().rank() > 1) return times_roots(e, x, roots(e, n, kept, n));
  ComplexParts rows = both(x, [&](Value* v) { return reshape(e, v, Shape{1, n}); });
  return both(times_roots(e, rows, roots(e, n, kept, n)),
              [&](Value* v) { return reshape(e, v, Shape{kept}); });
}

ComplexParts mixed(Emitter& e, ComplexParts x);

// Cooley and Tukey: n = a·b; transforms of length a over the slow index, turned by e^(−2πi·jk/n),
// then transforms of length b.
ComplexParts split_transform(Emitter& e, ComplexParts x, std::int64_t a, std::int64_t b) {
  Shape shape = x.real->shape();
  // […, a, b] → […, b, a]: index n1·b + n2.
  auto y = both(x, [&](Value* v) { return swap_last(e, reshape(e, v, with_last(v, {a, b}))); });
  y = mixed(e, y);  // […, b (n2), a (k1)]
  Roots turn = roots(e, b, a, a * b);
  y = multiply(e, y, {turn.cosine, turn.sine});
  y = mixed(e, both(y, [&](Value* v) { return swap_last(e, v); }));  // […, a (k1), b (k2)]
  // Frequency k1 + a·k2.
  return both(y, [&](Value* v) { return reshape(e, swap_last(e, v), shape); });
}

ComplexParts mixed(Emitter& e, ComplexParts x) {
  std::int64_t n = length_of(x.real);
  std::int64_t divisor = n <= kDirectLength ? 1 : divisor_near_root(n);
  if (divisor == 1 && n > kMaxPrime)
    throw Unsupported(
        fmt::format("a Fourier transform of the length {}, which has no small factors", n));
  return divisor == 1 ? direct(e, x, n, n) : split_transform(e, x, divisor, n / divisor);
}

// A real signal's spectrum holds every frequency and its mirror image: […, n/2 + 1] → […, n].
// `sign` −1 where the mirrored half is negated.
Value* mirrored(Emitter& e, Value* half, std::int64_t n, int sign) {
  std::int64_t count = n - (n / 2 + 1);
  if (count == 0) return half;
  Value* tail = reversed(e, last_slice(e, half, 1, count));
  return concat(e, {half, sign < 0 ? negated(e, tail) : tail}, half->shape().rank() - 1);
}

bool is_zero_throughout(const Value* x) {
  if (!x->is_constant()) return false;
  auto element = x->constant()->splat_element();
  return element && std::all_of(element->begin(), element->end(),
                                [](std::byte b) { return b == std::byte{0}; });
}

// By two real transforms: F(re + i·im) = F(re) + i·F(im).
ComplexParts fft_by_real(Emitter& e, ComplexParts x, std::int64_t n) {
  ComplexParts re = rfft(e, x.real);
  ComplexParts whole_re = {mirrored(e, re.real, n, 1), mirrored(e, re.imag, n, -1)};
  if (is_zero_throughout(x.imag)) return whole_re;
  ComplexParts im = rfft(e, x.imag);
  ComplexParts whole_im = {mirrored(e, im.real, n, 1), mirrored(e, im.imag, n, -1)};
  return {sub(e, whole_re.real, whole_im.imag), add(e, whole_re.imag, whole_im.real)};
}

bool is_power_of_two(std::int64_t n) { return std::has_single_bit(static_cast<std::uint64_t>(n)); }

ComplexParts forward(Emitter& e, ComplexParts x) {
  if (is_free(x.real)) return free_fft(e, x, x.real->shape()[-1]);
  std::int64_t n = length_of(x.real);
  if (n == 1) return x;
  return is_power_of_two(n) && n > kDirectLength ? fft_by_real(e, x, n) : mixed(e, x);
}

// 1/n
Value* share(Emitter& e, const Value* x) {
  if (!is_free(x)) return f32(e, 1 / static_cast<double>(length_of(x)));
  return div(e, f32(e, 1), cast(e, dim_value(e, x->shape()[-1]), DType::FLOAT32));
}

// Weights of an inverse real transform: x[t] = Σ_k w_k (re_k·cos − im_k·sin) / n, w doubling the
// frequencies that have a mirror image.
ComplexParts weighted(Emitter& e, ComplexParts x, std::int64_t n) {
  std::vector<float> weights(static_cast<std::size_t>(n / 2 + 1), 2.0F / static_cast<float>(n));
  weights.front() = 1.0F / static_cast<float>(n);
  if (n % 2 == 0) weights.back() = weights.front();
  Value* w = f32_tensor(e, {n / 2 + 1}, weights);
  return both(x, [&](Value* v) { return mul(e, v, w); });
}

}  // namespace

Value* with_length(Emitter& e, Value* x, Dim wanted) {
  if (rank_of(x) > 0 && x->shape()[-1] == wanted) return x;
  if (is_free(x) || !wanted.is_constant())
    throw Unsupported("a Fourier transform that cuts or pads an axis of free size",
                      "fix the size of the axis, or leave fft_length out");
  const std::int64_t n = length_of(x), size = wanted.value();
  if (n > size) return last_slice(e, x, 0, size);
  std::vector<std::array<std::int64_t, 2>> pads(static_cast<std::size_t>(x->shape().rank()),
                                                {0, 0});
  pads.back() = {0, size - n};
  return pad(e, x, pads, nullptr);
}

ComplexParts rfft(Emitter& e, Value* x) {
  if (is_free(x)) return free_fft_of_real(e, x, ir::floordiv(x->shape()[-1], 2) + 1);
  std::int64_t n = length_of(x), kept = n / 2 + 1;
  if (n > 1 && is_power_of_two(n)) return kernel_rfft(e, x, n);
  if (n <= kDirectLength) {
    Value* rows = x->shape().rank() > 1 ? x : reshape(e, x, Shape{1, n});
    Roots matrix = roots(e, n, kept, n);
    Shape shape = with_last(x, {kept});
    return {reshape(e, matmul(e, rows, matrix.cosine, false, false), shape),
            reshape(e, matmul(e, rows, matrix.sine, false, false), shape)};
  }
  ComplexParts whole = mixed(e, {x, mul(e, x, f32(e, 0))});
  return both(whole, [&](Value* v) { return last_slice(e, v, 0, kept); });
}

ComplexParts fft(Emitter& e, ComplexParts x, bool inverse) {
  if (!inverse) return forward(e, x);
  // The inverse is the conjugate of the transform of the conjugate, over n.
  Value* factor = share(e, x.real);
  ComplexParts y = forward(e, {x.real, negated(e, x.imag)});
  return {mul(e, y.real, factor), mul(e, y.imag, negated(e, factor))};
}

Value* irfft(Emitter& e, ComplexParts x, Dim length) {
  if (!length.is_constant()) {
    const Dim kept = ir::floordiv(length, 2) + 1;
    return free_irfft(e, both(x, [&](Value* v) { return with_length(e, v, kept); }), length);
  }
  const std::int64_t n = length.value();
  if (n < 1 || n > kMaxLength)
    throw Unsupported(fmt::format("a Fourier transform of length {}", n));
  std::int64_t kept = n / 2 + 1;
  x = both(x, [&](Value* v) { return with_length(e, v, kept); });
  if (n <= kDirectLength) {
    ComplexParts w = weighted(e, x, n);
    ComplexParts rows = both(w, [&](Value* v) {
      return v->shape().rank() > 1 ? v : reshape(e, v, Shape{1, kept});
    });
    Roots matrix = roots(e, kept, n, n);
    Value* y = add(e, matmul(e, rows.real, matrix.cosine, false, false),
                   matmul(e, rows.imag, matrix.sine, false, false));
    return reshape(e, y, with_last(x.real, {n}));
  }
  ComplexParts whole = {mirrored(e, x.real, n, 1), mirrored(e, x.imag, n, -1)};
  return fft(e, whole, true).real;
}

}  // namespace litecast::emit
