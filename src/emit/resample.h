// Resizing of images by methods that the runtime has no kernel for: each output row is a fixed
// mixture of input rows, each column one of columns, so they are products with constant matrices.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// weights[out][in]: how much of each input place goes into an output place.
struct ResampleMatrix {
  std::int64_t out;
  std::int64_t in;
  std::vector<float> weights;  // row-major
};

enum class Sampling { legacy, align_corners, half_pixel_centers };

ResampleMatrix bilinear_matrix(std::int64_t in, std::int64_t out, Sampling sampling);
ResampleMatrix bicubic_matrix(std::int64_t in, std::int64_t out, Sampling sampling);
ResampleMatrix area_matrix(std::int64_t in, std::int64_t out, bool align_corners);

// Of tf.raw_ops.ScaleAndTranslate: lanczos1, lanczos3, lanczos5, gaussian, box, triangle,
// keyscubic, mitchellcubic. Throws Unsupported for another name.
struct SpanKernel {
  double radius;
  double (*weight)(double x);
};
SpanKernel span_kernel(std::string_view name);
ResampleMatrix span_matrix(std::int64_t in, std::int64_t out, double scale, double translation,
                           const SpanKernel& kernel, bool antialias);

// What an output place takes, given back to the input places: the gradient of a resampling.
ResampleMatrix transposed(const ResampleMatrix& matrix);

// The input place that stands for each output place where nothing is mixed.
std::vector<std::int64_t> nearest_places(std::int64_t in, std::int64_t out, Sampling sampling);

// x[N, H, W, C] (f32) with its rows and columns mixed.
Value* resample(Emitter& e, Value* x, const ResampleMatrix& rows, const ResampleMatrix& columns);

}  // namespace litecast::emit
