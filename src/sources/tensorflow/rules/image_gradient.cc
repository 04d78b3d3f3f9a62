// Gradients of resized images: what each pixel of the result was made of is given back.
#include "emit/precision.h"
#include "emit/resample.h"
#include "emit/segment.h"
#include "sources/tensorflow/rules/resize_attributes.h"

namespace litecast::tensorflow::rules {
namespace {

struct GradientSizes {
  std::int64_t in_height, in_width;    // of the image that was resized
  std::int64_t out_height, out_width;  // of what it was resized to, the gradients' own
};

GradientSizes sizes_of(const Value* gradients, Dim height, Dim width) {
  const Shape& out = gradients->shape();
  if (!out.is_ranked() || out.rank() != 4) throw Unsupported("an image batch has 4 axes");
  for (Dim size : {height, width, out[1], out[2]})
    if (!size.is_constant())
      throw Unsupported("the gradient of a resized image needs known sizes",
                        "fix the sizes of the image");
  return {height.value(), width.value(), out[1].value(), out[2].value()};
}

GradientSizes sizes_by_image(RuleContext& c) {
  const Shape& image = c.input(1)->shape();
  if (!image.is_ranked() || image.rank() != 4) throw Unsupported("an image batch has 4 axes");
  return sizes_of(c.input(0), image[1], image[2]);
}

using Matrix = emit::ResampleMatrix (*)(std::int64_t in, std::int64_t out, emit::Sampling);

template <Matrix matrix>
void resampled(RuleContext& c) {
  const GradientSizes s = sizes_by_image(c);
  const emit::Sampling sampling = sampling_of(c);
  Value* dy = emit::cast(c.e, c.input(0), DType::FLOAT32);
  Value* dx = emit::resample(c.e, dy, emit::transposed(matrix(s.in_height, s.out_height, sampling)),
                             emit::transposed(matrix(s.in_width, s.out_width, sampling)));
  c.output(emit::cast(c.e, dx, c.input(1)->dtype()));
}

void scale_and_translate_grad(RuleContext& c) {
  const GradientSizes s = sizes_by_image(c);
  const SpanAttributes span = span_attributes(c);
  c.output(emit::resample(
      c.e, c.input(0),
      emit::transposed(emit::span_matrix(s.in_height, s.out_height, span.scale[0], span.shift[0],
                                         span.kernel, span.antialias)),
      emit::transposed(emit::span_matrix(s.in_width, s.out_width, span.scale[1], span.shift[1],
                                         span.kernel, span.antialias))));
}

// Each pixel was taken from one: the gradients of those that were taken from the same are a
// segment.
void nearest(RuleContext& c) {
  const auto size = c.constant_integers(1, "the size of the image");
  if (size.size() != 2) throw Unsupported("a size needs two entries");
  Value* dy = c.input(0);
  const GradientSizes s = sizes_of(dy, size[0], size[1]);
  const emit::Sampling sampling = sampling_of(c);
  const auto rows = emit::nearest_places(s.in_height, s.out_height, sampling);
  const auto columns = emit::nearest_places(s.in_width, s.out_width, sampling);
  std::vector<std::int64_t> ids;
  for (std::int64_t row : rows)
    for (std::int64_t column : columns) ids.push_back(row * s.in_width + column);
  const Dim batch = dy->shape()[0], channels = dy->shape()[3];
  constexpr int kFirst[] = {1, 2, 0, 3}, kBack[] = {2, 0, 1, 3};
  Value* pixels = emit::reshape(c.e, emit::transpose(c.e, dy, kFirst),
                                Shape{s.out_height * s.out_width, batch, channels});
  Value* sums = emit::unsorted_segment(c.e, Op::UNSORTED_SEGMENT_SUM, pixels, c.e.i32(ids),
                                       c.e.scalar_i32(s.in_height * s.in_width));
  sums = emit::reshape(c.e, sums, Shape{s.in_height, s.in_width, batch, channels});
  c.output(emit::transpose(c.e, sums, kBack));
}

constexpr Rule kImageGradientRules[] = {
    {"ResizeBicubicGrad", resampled<emit::bicubic_matrix>},
    {"ResizeBilinearGrad", resampled<emit::bilinear_matrix>},
    {"ResizeNearestNeighborGrad", nearest},
    {"ScaleAndTranslateGrad", scale_and_translate_grad},
};

}  // namespace

std::span<const Rule> image_gradient() { return kImageGradientRules; }

}  // namespace litecast::tensorflow::rules
