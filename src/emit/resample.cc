#include "emit/resample.h"

#include <cmath>
#include <numbers>

#include "emit/matmul.h"
#include "emit/precision.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

constexpr std::int64_t kMaxWeights = std::int64_t{1} << 24;

ResampleMatrix zeros(std::int64_t in, std::int64_t out) {
  if (in < 1 || out < 1 || in > kMaxWeights / out)
    throw Unsupported("an image to resize is empty or too large");
  return {out, in, std::vector<float>(static_cast<std::size_t>(in * out))};
}

float& at(ResampleMatrix& m, std::int64_t out, std::int64_t in) {
  return m.weights[static_cast<std::size_t>(out * m.in + in)];
}

// Input places for each output place; TensorFlow computes it in f32.
float scale_of(std::int64_t in, std::int64_t out, bool align_corners) {
  return align_corners && out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                                  : static_cast<float>(in) / static_cast<float>(out);
}

// Where an output place lies among the input places. Pixels have their centres at one half; `shift`
// is what that moves the input's places by.
float source_of(std::int64_t place, float scale, Sampling sampling, float shift) {
  const auto position = static_cast<float>(place);
  return sampling == Sampling::half_pixel_centers ? (position + 0.5F) * scale - shift
                                                  : position * scale;
}

// Keys' cubic for |x| ≤ 1 and for 1 ≤ |x| ≤ 2.
double cubic_near(double x, double a) { return ((a + 2) * x - (a + 3)) * x * x + 1; }
double cubic_far(double x, double a) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; }

double sinc(double x) {
  return std::abs(x) < 1e-8 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}
template <int Radius>
double lanczos(double x) {
  x = std::abs(x);
  return x > Radius ? 0 : sinc(x) * sinc(x / Radius);
}
double gaussian(double x) {
  constexpr double kRadius = 1.5, kSigma = kRadius / 3;
  x = std::abs(x);
  return x >= kRadius ? 0 : std::exp(-x * x / (2 * kSigma * kSigma));
}
double box(double x) {
  x = std::abs(x);
  return x < 0.5 ? 1 : x == 0.5 ? 0.5 : 0;
}
double triangle(double x) {
  x = std::abs(x);
  return x < 1 ? 1 - x : 0;
}
double keys_cubic(double x) {
  x = std::abs(x);
  return x >= 2 ? 0 : x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : ((1.5 * x - 2.5) * x) * x + 1;
}
double mitchell_cubic(double x) {
  x = std::abs(x);
  if (x >= 2) return 0;
  if (x >= 1) return (((-7.0 / 18) * x + 2) * x - 10.0 / 3) * x + 16.0 / 9;
  return (((7.0 / 6) * x - 2) * x) * x + 8.0 / 9;
}

}  // namespace

ResampleMatrix bilinear_matrix(std::int64_t in, std::int64_t out, Sampling sampling) {
  const float scale = scale_of(in, out, sampling == Sampling::align_corners);
  ResampleMatrix m = zeros(in, out);
  for (std::int64_t o = 0; o < out; ++o) {
    const float source = source_of(o, scale, sampling, 0.5F);
    const float floor = std::floor(source), part = source - floor;
    const auto lower = std::max<std::int64_t>(static_cast<std::int64_t>(floor), 0);
    const auto upper = std::min<std::int64_t>(static_cast<std::int64_t>(std::ceil(source)), in - 1);
    at(m, o, lower) += 1 - part;
    at(m, o, upper) += part;
  }
  return m;
}

ResampleMatrix transposed(const ResampleMatrix& matrix) {
  ResampleMatrix m = zeros(matrix.out, matrix.in);
  for (std::int64_t o = 0; o < matrix.out; ++o)
    for (std::int64_t i = 0; i < matrix.in; ++i)
      at(m, i, o) = matrix.weights[static_cast<std::size_t>(o * matrix.in + i)];
  return m;
}

std::vector<std::int64_t> nearest_places(std::int64_t in, std::int64_t out, Sampling sampling) {
  const bool align = sampling == Sampling::align_corners;
  const float scale = scale_of(in, out, align);
  std::vector<std::int64_t> places;
  for (std::int64_t o = 0; o < out; ++o) {
    const float source = source_of(o, scale, sampling, 0);
    const float place = align ? std::round(source) : std::floor(source);
    places.push_back(std::clamp<std::int64_t>(static_cast<std::int64_t>(place), 0, in - 1));
  }
  return places;
}

ResampleMatrix bicubic_matrix(std::int64_t in, std::int64_t out, Sampling sampling) {
  // TensorFlow looks the weights up in a table of this many steps between two pixels.
  constexpr int kSteps = 1024;
  bool half_pixel = sampling == Sampling::half_pixel_centers;
  double a = half_pixel ? -0.5 : -0.75;
  float scale = scale_of(in, out, sampling == Sampling::align_corners);
  ResampleMatrix m = zeros(in, out);
  for (std::int64_t o = 0; o < out; ++o) {
    float source = source_of(o, scale, sampling, 0.5F);
    auto first = static_cast<std::int64_t>(std::floor(source));
    double offset = std::round((source - static_cast<float>(first)) * kSteps) / kSteps;
    const double weights[] = {cubic_far(1 + offset, a), cubic_near(offset, a),
                              cubic_near(1 - offset, a), cubic_far(2 - offset, a)};
    double sum = 0;
    for (int i = 0; i < 4; ++i) {
      std::int64_t place = first - 1 + i;
      bool inside = place >= 0 && place < in;
      if (half_pixel && !inside) continue;
      sum += weights[i];
      at(m, o, std::clamp<std::int64_t>(place, 0, in - 1)) += static_cast<float>(weights[i]);
    }
    // Places outside do not count with half-pixel centres, so the rest is scaled up.
    if (half_pixel && sum != 0)
      for (std::int64_t i = 0; i < in; ++i) at(m, o, i) = static_cast<float>(at(m, o, i) / sum);
  }
  return m;
}

ResampleMatrix area_matrix(std::int64_t in, std::int64_t out, bool align_corners) {
  float scale = scale_of(in, out, align_corners);
  ResampleMatrix m = zeros(in, out);
  for (std::int64_t o = 0; o < out; ++o) {
    float begin = static_cast<float>(o) * scale, end = static_cast<float>(o + 1) * scale;
    auto last = static_cast<std::int64_t>(std::ceil(end));
    for (auto i = static_cast<std::int64_t>(std::floor(begin)); i < last; ++i) {
      float covered =
          std::min(end, static_cast<float>(i + 1)) - std::max(begin, static_cast<float>(i));
      at(m, o, std::clamp<std::int64_t>(i, 0, in - 1)) += covered / scale;
    }
  }
  return m;
}

SpanKernel span_kernel(std::string_view name) {
  static constexpr std::pair<std::string_view, SpanKernel> kKernels[] = {
      {"lanczos1", {1, lanczos<1>}},
      {"lanczos3", {3, lanczos<3>}},
      {"lanczos5", {5, lanczos<5>}},
      {"gaussian", {1.5, gaussian}},
      {"box", {1, box}},
      {"triangle", {1, triangle}},
      {"keyscubic", {2, keys_cubic}},
      {"mitchellcubic", {2, mitchell_cubic}}};
  for (const auto& [known, kernel] : kKernels)
    if (known == name) return kernel;
  throw Unsupported(fmt::format("unknown resampling kernel \"{}\"", name));
}

ResampleMatrix span_matrix(std::int64_t in, std::int64_t out, double scale, double translation,
                           const SpanKernel& kernel, bool antialias) {
  if (!(scale > 0)) throw Unsupported("an image is scaled by a factor that is not positive");
  double inverse = 1 / scale;
  double width = antialias ? std::max(inverse, 1.0) : 1.0;
  ResampleMatrix m = zeros(in, out);
  for (std::int64_t o = 0; o < out; ++o) {
    double center = (static_cast<double>(o) + 0.5) * inverse - translation * inverse;
    if (center < 0 || center > static_cast<double>(in)) continue;
    double reach = kernel.radius * width, limit = static_cast<double>(in - 1);
    auto first = static_cast<std::int64_t>(std::clamp(std::ceil(center - reach - 0.5), 0.0, limit));
    auto last = static_cast<std::int64_t>(std::clamp(std::floor(center + reach - 0.5), 0.0, limit));
    std::vector<double> weights;
    double sum = 0;
    for (std::int64_t i = first; i <= last; ++i) {
      weights.push_back(kernel.weight((static_cast<double>(i) + 0.5 - center) / width));
      sum += weights.back();
    }
    if (std::abs(sum) < 1e-30) continue;
    for (std::int64_t i = first; i <= last; ++i)
      at(m, o, i) = static_cast<float>(weights[static_cast<std::size_t>(i - first)] / sum);
  }
  return m;
}

Value* resample(Emitter& e, Value* x, const ResampleMatrix& rows, const ResampleMatrix& columns) {
  auto constant = [&](const ResampleMatrix& m) { return f32_tensor(e, {m.out, m.in}, m.weights); };
  // Columns first: [N, H, W, C] → [N, H, C, out W] → [N, C, out W, out H] → [N, out H, out W, C].
  Value* y = einsum(e, "nhwc,ow->nhco", {x, constant(columns)});
  y = einsum(e, "nhco,ph->ncop", {y, constant(rows)});
  constexpr int kBack[] = {0, 3, 2, 1};
  return transpose(e, y, kBack);
}

}  // namespace litecast::emit
