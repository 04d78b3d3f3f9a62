#include "emit/complex.h"
#include "emit/fourier.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

using emit::ComplexParts;

// The last `axes` sizes that fft_length asks for.
std::vector<std::int64_t> lengths(RuleContext& c, int axes) {
  auto sizes = c.constant_integers(1, "fft_length");
  if (static_cast<int>(sizes.size()) != axes)
    throw Unsupported("fft_length needs an entry for each transformed axis");
  for (std::int64_t size : sizes)
    if (size < 1) throw Unsupported("a Fourier transform of length 0");
  return sizes;
}

void check_rank(const Value* x, int axes) {
  if (!x->shape().is_ranked() || x->shape().rank() < axes)
    throw Unsupported("a Fourier transform needs a tensor of known rank");
}

ComplexParts swapped(RuleContext& c, ComplexParts x, int axis) {
  int rank = x.real->shape().rank();
  std::vector<int> permutation;
  for (int i = 0; i < rank; ++i) permutation.push_back(i);
  std::swap(permutation[static_cast<std::size_t>(axis)], permutation.back());
  return {emit::transpose(c.e, x.real, permutation), emit::transpose(c.e, x.imag, permutation)};
}

// Calls `body` with `axis`, counted from the end, in the last place.
ComplexParts along(RuleContext& c, ComplexParts x, int axis_from_end,
                   const std::function<ComplexParts(ComplexParts)>& body) {
  int axis = x.real->shape().rank() - axis_from_end;
  return swapped(c, body(swapped(c, x, axis)), axis);
}

template <int Axes, bool Inverse>
void fft(RuleContext& c) {
  check_rank(c.input(0), Axes);
  ComplexParts x = emit::complex_parts(c.e, c.input(0));
  for (int axis = 1; axis <= Axes; ++axis)
    x = along(c, x, axis, [&](ComplexParts y) { return emit::fft(c.e, y, Inverse); });
  c.output(emit::make_complex(c.e, x));
}

bool is_power_of_two(std::int64_t n) { return n > 0 && (n & (n - 1)) == 0; }

// The whole transform in the runtime's kernel, which takes two axes.
Value* kernel_rfft(RuleContext& c, Value* x, const std::vector<std::int64_t>& sizes) {
  if (sizes.size() == 2) return c.e.add(Op::RFFT2D, {x, c.e.i32(sizes)}, tflite::Rfft2dOptionsT{});
  std::vector<Dim> dims = x->shape().dims(), spectrum = dims;
  spectrum.back() = Dim(sizes[0] / 2 + 1);
  dims.insert(dims.end() - 1, Dim(1));
  Value* y = c.e.add(Op::RFFT2D, {emit::reshape(c.e, x, Shape(dims)), c.e.i32({1, sizes[0]})},
                     tflite::Rfft2dOptionsT{});
  return emit::reshape(c.e, y, Shape(spectrum));
}

template <int Axes>
void rfft(RuleContext& c) {
  Value* x = emit::cast(c.e, c.input(0), DType::FLOAT32);
  check_rank(x, Axes);
  auto sizes = lengths(c, Axes);
  x = emit::with_length(c.e, x, sizes.back());
  if (Axes <= 2 && std::all_of(sizes.begin(), sizes.end(), is_power_of_two) && sizes.back() > 1) {
    bool whole = Axes == 1 || x->shape()[-2] == Dim(sizes[0]);
    if (whole) return c.output(kernel_rfft(c, x, sizes));
  }
  ComplexParts y = emit::rfft(c.e, x);
  for (int axis = 2; axis <= Axes; ++axis)
    y = along(c, y, axis, [&](ComplexParts z) {
      std::int64_t size = sizes[static_cast<std::size_t>(Axes - axis)];
      z = {emit::with_length(c.e, z.real, size), emit::with_length(c.e, z.imag, size)};
      return emit::fft(c.e, z, false);
    });
  c.output(emit::make_complex(c.e, y));
}

template <int Axes>
void irfft(RuleContext& c) {
  check_rank(c.input(0), Axes);
  auto sizes = lengths(c, Axes);
  ComplexParts x = emit::complex_parts(c.e, c.input(0));
  for (int axis = Axes; axis > 1; --axis)
    x = along(c, x, axis, [&](ComplexParts z) {
      std::int64_t size = sizes[static_cast<std::size_t>(Axes - axis)];
      z = {emit::with_length(c.e, z.real, size), emit::with_length(c.e, z.imag, size)};
      return emit::fft(c.e, z, true);
    });
  c.output(emit::irfft(c.e, x, sizes.back()));
}

void make_complex(RuleContext& c) {
  if (c.attr_type("Tout") != DType::COMPLEX64)
    throw Unsupported("complex128 has no kernels in the runtime", "compute in complex64");
  c.output(emit::make_complex(c.e, {c.input(0), c.input(1)}));
}

bool is_double(const Value* x) { return x->dtype() == DType::COMPLEX128; }

// The kernels take double precision apart, but do nothing else with it.
void real(RuleContext& c) {
  Value* x = c.input(0);
  c.output(is_double(x) ? c.e.add(Op::REAL, {x}) : emit::complex_parts(c.e, x).real);
}

void imag(RuleContext& c) {
  Value* x = c.input(0);
  c.output(is_double(x) ? c.e.add(Op::IMAG, {x}) : emit::complex_parts(c.e, x).imag);
}

void conj(RuleContext& c) {
  if (!emit::is_complex(c.input(0))) return c.output(c.input(0));
  ComplexParts x = emit::complex_parts(c.e, c.input(0));
  c.output(emit::make_complex(c.e, {x.real, emit::unary(c.e, Op::NEG, x.imag)}));
}

// Parts that are at hand give the length without being put together first.
void complex_abs(RuleContext& c) {
  Value* x = c.input(0);
  bool apart = x->producer() && x->producer()->op() == Op::BITCAST;
  if (!apart) return c.output(c.e.add(Op::COMPLEX_ABS, {x}));
  auto [re, im] = emit::complex_parts(c.e, x);
  Value* squares = emit::add(c.e, emit::mul(c.e, re, re), emit::mul(c.e, im, im));
  c.output(emit::unary(c.e, Op::SQRT, squares));
}

void angle(RuleContext& c) {
  ComplexParts x = emit::complex_parts(c.e, c.input(0));
  c.output(c.e.add(Op::ATAN2, {x.imag, x.real}, tflite::ATan2OptionsT{}));
}

constexpr Rule kSignalRules[] = {
    {"Angle", angle},
    {"BatchFFT", fft<1, false>},
    {"BatchFFT2D", fft<2, false>},
    {"BatchFFT3D", fft<3, false>},
    {"BatchIFFT", fft<1, true>},
    {"BatchIFFT2D", fft<2, true>},
    {"BatchIFFT3D", fft<3, true>},
    {"Complex", make_complex},
    {"ComplexAbs", complex_abs},
    {"Conj", conj},
    {"FFT", fft<1, false>},
    {"FFT2D", fft<2, false>},
    {"FFT3D", fft<3, false>},
    {"IFFT", fft<1, true>},
    {"IFFT2D", fft<2, true>},
    {"IFFT3D", fft<3, true>},
    {"IRFFT", irfft<1>},
    {"IRFFT2D", irfft<2>},
    {"IRFFT3D", irfft<3>},
    {"Imag", imag},
    {"RFFT", rfft<1>},
    {"RFFT2D", rfft<2>},
    {"RFFT3D", rfft<3>},
    {"Real", real},
};

}  // namespace

std::span<const Rule> signal() { return kSignalRules; }

}  // namespace litecast::tensorflow::rules
