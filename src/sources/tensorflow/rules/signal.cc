#include "emit/complex.h"
#include "emit/fourier.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

using emit::ComplexParts;

// The last `axes` sizes that fft_length asks for.
std::vector<Dim> lengths(RuleContext& c, std::size_t axes) {
  auto sizes = c.known_dims(1);
  if (!sizes) throw Unsupported("fft_length is only known at run time", "make it a constant");
  if (sizes->size() != axes)
    throw Unsupported("fft_length needs an entry for each transformed axis");
  for (const Dim size : *sizes)
    if (size.is_constant() && size.value() < 1)
      throw Unsupported("a Fourier transform of length 0");
  return *std::move(sizes);
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

bool is_power_of_two(Dim n) {
  return n.is_constant() && n.value() > 0 && (n.value() & (n.value() - 1)) == 0;
}

bool is_one(Dim n) { return n == Dim(1); }

// The whole transform in the runtime's kernel, which takes two axes, and cuts them or pads them
// with zeros itself.
Value* kernel_rfft(RuleContext& c, Value* x, const std::vector<Dim>& sizes) {
  if (sizes.size() == 2)
    return c.e.add(Op::RFFT2D, {x, emit::shape_value(c.e, sizes)}, tflite::Rfft2dOptionsT{});
  std::vector<Dim> dims = x->shape().dims(), spectrum = dims;
  spectrum.back() = Dim(sizes[0].value() / 2 + 1);
  dims.insert(dims.end() - 1, Dim(1));
  Value* y =
      c.e.add(Op::RFFT2D, {emit::reshape(c.e, x, Shape(dims)), c.e.i32({1, sizes[0].value()})},
              tflite::Rfft2dOptionsT{});
  return emit::reshape(c.e, y, Shape(spectrum));
}

template <int Axes>
void rfft(RuleContext& c) {
  Value* x = c.input(0);
  if (x->dtype() != DType::FLOAT32)
    throw Unsupported("a Fourier transform of float64", "compute in float32 (tf.cast)");
  check_rank(x, Axes);
  auto sizes = lengths(c, Axes);
  if (Axes <= 2 && std::all_of(sizes.begin(), sizes.end(), is_power_of_two) &&
      !is_one(sizes.back()))
    return c.output(kernel_rfft(c, x, sizes));
  ComplexParts y = emit::rfft(c.e, emit::with_length(c.e, x, sizes.back()));
  for (int axis = 2; axis <= Axes; ++axis)
    y = along(c, y, axis, [&](ComplexParts z) {
      const Dim size = sizes[static_cast<std::size_t>(Axes - axis)];
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
      const Dim size = sizes[static_cast<std::size_t>(Axes - axis)];
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

// Which axes are transformed, counted from the end, with their lengths.
struct Transformed {
  std::vector<int> axes;
  std::vector<Dim> sizes;
};

Transformed transformed_axes(RuleContext& c) {
  const int rank = emit::rank_of(c.input(0));
  Transformed t;
  for (std::int64_t axis : c.constant_integers(2, "the axes of a transform"))
    t.axes.push_back(rank - emit::axis_of(axis, rank));
  if (t.axes.empty()) throw Unsupported("a Fourier transform along no axis");
  t.sizes = lengths(c, t.axes.size());
  return t;
}

// All but the last `left_out` of the axes.
ComplexParts fft_along(RuleContext& c, ComplexParts x, const Transformed& t, std::size_t left_out,
                       bool inverse) {
  for (std::size_t i = 0; i + left_out < t.axes.size(); ++i)
    x = along(c, x, t.axes[i], [&](ComplexParts z) {
      z = {emit::with_length(c.e, z.real, t.sizes[i]), emit::with_length(c.e, z.imag, t.sizes[i])};
      return emit::fft(c.e, z, inverse);
    });
  return x;
}

template <bool Inverse>
void fft_nd(RuleContext& c) {
  const Transformed t = transformed_axes(c);
  ComplexParts x = emit::complex_parts(c.e, c.input(0));
  c.output(emit::make_complex(c.e, fft_along(c, x, t, 0, Inverse)));
}

// Real numbers stand on one side of the transform along the last axis.
void rfft_nd(RuleContext& c) {
  const Transformed t = transformed_axes(c);
  Value* x = emit::cast(c.e, c.input(0), DType::FLOAT32);
  ComplexParts y = along(c, {x, x}, t.axes.back(), [&](ComplexParts z) {
    return emit::rfft(c.e, emit::with_length(c.e, z.real, t.sizes.back()));
  });
  c.output(emit::make_complex(c.e, fft_along(c, y, t, 1, false)));
}

void irfft_nd(RuleContext& c) {
  const Transformed t = transformed_axes(c);
  ComplexParts x = fft_along(c, emit::complex_parts(c.e, c.input(0)), t, 1, true);
  x = along(c, x, t.axes.back(), [&](ComplexParts z) {
    Value* real = emit::irfft(c.e, z, t.sizes.back());
    return ComplexParts{real, real};
  });
  c.output(x.real);
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
    {"FFTND", fft_nd<false>},
    {"IFFT", fft<1, true>},
    {"IFFT2D", fft<2, true>},
    {"IFFT3D", fft<3, true>},
    {"IFFTND", fft_nd<true>},
    {"IRFFT", irfft<1>},
    {"IRFFT2D", irfft<2>},
    {"IRFFT3D", irfft<3>},
    {"IRFFTND", irfft_nd},
    {"Imag", imag},
    {"RFFT", rfft<1>},
    {"RFFT2D", rfft<2>},
    {"RFFT3D", rfft<3>},
    {"RFFTND", rfft_nd},
    {"Real", real},
};

}  // namespace

std::span<const Rule> signal() { return kSignalRules; }

}  // namespace litecast::tensorflow::rules
